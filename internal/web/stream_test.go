package web

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestEventsNeedTheToken asks for the stream as everybody may. Who is refused takes
// no place from those who are not.
func TestEventsNeedTheToken(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	address, stop := s.serve()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	open := func(name, value string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", address+"/events", nil)
		s.must(err)
		r.Header.Set("Accept", "text/event-stream")
		if name != "" {
			r.Header.Set(name, value)
		}
		resp, err := client.Do(r)
		s.must(err)
		return resp
	}
	strangers := map[string][2]string{
		"nobody":                       {"", ""},
		"a wrong token":                {"Authorization", "Bearer " + token + "x"},
		"a token in the wrong place":   {"X-Token", token},
		"a login that has ended":       {"Cookie", cookieName + "=" + s.session(evening.Add(-time.Second))},
		"a login with another's token": {"Cookie", cookieName + "=" + New(Options{Token: "another"}).session(evening.Add(time.Hour))},
	}
	for range 1 + maxClients/len(strangers) {
		for who, header := range strangers {
			resp := open(header[0], header[1])
			resp.Body.Close()
			if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" || resp.Header.Get("Content-Type") != "application/json" {
				t.Fatalf("%s: %d %v", who, resp.StatusCode, resp.Header)
			}
		}
	}
	var lines []*bufio.Scanner
	for who, header := range map[string][2]string{
		"the token": {"Authorization", "Bearer " + token},
		"a login":   {"Cookie", cookieName + "=" + s.session(evening.Add(time.Hour))},
	} {
		resp := open(header[0], header[1])
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("%s: %d %v", who, resp.StatusCode, resp.Header)
		}
		lines = append(lines, bufio.NewScanner(resp.Body))
	}
	s.o.Meter.Loaded(nil)
	for _, stream := range lines {
		for stream.Scan() && stream.Text() != "event: change" {
		}
		if stream.Text() != "event: change" {
			t.Errorf("a stream is told nothing: %v", stream.Err())
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// drip sends what is at once, then a byte after each short wait for an answer, until
// the other side hangs up; it returns all that was answered.
func drip(address, atOnce, slowly string) (answered string, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	var got strings.Builder
	buffer := make([]byte, 4096)
	for end := time.Now().Add(deadline); time.Now().Before(end); atOnce, slowly = slowly[:1], slowly[1:] {
		if _, err := conn.Write([]byte(atOnce)); err != nil {
			return got.String(), nil
		}
		if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
			return "", err
		}
		n, err := conn.Read(buffer)
		got.Write(buffer[:n])
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return got.String(), nil
		}
	}
	return "", errors.New("the connection is held still")
}

// TestDrippingClients sends requests that never end, a byte at a time: each byte is
// in time, and the whole is not.
func TestDrippingClients(t *testing.T) {
	t.Parallel() // it waits most of the time
	if testing.Short() {
		t.Skip("waits for a time limit of real sockets")
	}
	s := newStage(t, shippedSchedule(t), withToken)
	address, stop := s.serve()
	endless := strings.Repeat("x", 1<<12)
	var clients sync.WaitGroup
	for name, request := range map[string]struct{ atOnce, slowly string }{
		"a request line":   {"", "GET /" + endless},
		"a header":         {"GET /events HTTP/1.1\r\nHost: localhost\r\n", "X-Long: " + endless},
		"a known client's": {"GET /events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n", "X-Long: " + endless},
		"a body":           {fmt.Sprintf("POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\ntoken=", len(endless)), endless},
		"a second request": {"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\n", "X-Long: " + endless},
	} {
		clients.Go(func() {
			began := time.Now()
			answered, err := drip(strings.TrimPrefix(address, "http://"), request.atOnce, request.slowly)
			if took, most := time.Since(began), readTimeout+5*time.Second; err != nil || took > most {
				t.Errorf("%s: %v after %s, more than %s", name, err, took, most)
			}
			whole := strings.Count(request.atOnce, "\r\n\r\nGET") // requests that were asked to their end
			if n := strings.Count(answered, " 200 "); n != whole {
				t.Errorf("%s: %d answers, want %d: %.200q", name, n, whole, answered)
			}
		})
	}
	clients.Wait()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}
