package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// hook starts a server that takes messages as Discord does, and names it in
// $HOOK. Each request is a line of hook.log.
func hook(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 0, "hook")
	var mu sync.Mutex
	count := 0
	log, err := os.Create(ts.MkAbs("hook.log"))
	ts.Check(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		count++
		fmt.Fprintf(log, "%s %s %s\n", r.Method, r.URL, body)
		fmt.Fprintf(w, `{"id": "%d"}`, count)
	}))
	ts.Defer(func() {
		server.Close()
		_ = log.Close()
	})
	ts.Setenv("HOOK", server.URL+"/api/webhooks/1/S3cr3t")
	stageOf(ts).env.Setenv("HOOK", server.URL+"/api/webhooks/1/S3cr3t") // of what start runs
}

// played puts a round of the shipped examples into a folder, as one that ended a
// number of minutes ago in UTC: `played stats 1 20m`.
func played(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 3, "played FOLDER ROUND AGO")
	ago, err := time.ParseDuration(args[2])
	ts.Check(err)
	files, err := filepath.Glob(filepath.Join(ts.Getenv("ROOT"), "examples", "gamestats", "*-supply-round-"+args[1]+".txt"))
	ts.Check(err)
	content, err := os.ReadFile(files[0])
	ts.Check(err)
	stamp := time.Now().UTC().Add(-ago).Format("2006-01-02-150405")
	name := stamp + strings.TrimPrefix(filepath.Base(files[0]), filepath.Base(files[0])[:len(stamp)])
	text := args[2] + string(content) // the host is told apart, else it is a duplicate
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), name), []byte(text), 0o644))
}
