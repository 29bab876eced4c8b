package cli_test

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// takePort listens on a port until the script ends: `port` sets $ADDRESS.
func takePort(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 0, "port")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv("ADDRESS", listener.Addr().String())
}

var siteAddress = regexp.MustCompile(`Dashboard at (http://\S+),`)

// ask sends a request to the dashboard of the smartsync that runs as run, and wants
// a code and a body that matches: `ask GET /healthz 200 '^ok' [TOKEN]`.
func ask(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 4 || len(args) == 5, "ask METHOD PATH CODE REGEXP [TOKEN]")
	at := siteAddress.FindStringSubmatch(ts.ReadFile("run.err"))
	if at == nil {
		ts.Fatalf("no dashboard yet")
	}
	wanted, err := regexp.Compile(args[3])
	ts.Check(err)
	// What run counts follows what it logs by a moment: a GET is asked again.
	for end := time.Now().Add(deadline); ; {
		status, body := answer(ts, args, at[1]+args[1])
		if strings.HasPrefix(status, args[2]) && wanted.Match(body) {
			return
		}
		if args[0] != http.MethodGet || time.Now().After(end) {
			ts.Fatalf("%s %s: %s, %s", args[0], args[1], status, body)
		}
	}
}

// answer is what the page says to a request.
func answer(ts *testscript.TestScript, args []string, url string) (status string, body []byte) {
	r, err := http.NewRequest(args[0], url, nil)
	ts.Check(err)
	if len(args) == 5 {
		r.Header.Set("Authorization", "Bearer "+args[4])
	}
	client := &http.Client{Timeout: deadline, Transport: &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: 10 * time.Second}}
	resp, err := client.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	ts.Check(err)
	return resp.Status, body
}
