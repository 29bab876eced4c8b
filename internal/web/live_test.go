package web

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// deadline bounds every wait: the machine may be busy.
const deadline = 20 * time.Second

// serve runs a stage's server on a port of its own until the test ends.
func (s *stage) serve() (address string, stop func() error) {
	s.t.Helper()
	listener, err := Listen(s.t.Context(), "127.0.0.1:0")
	s.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, listener) }()
	s.t.Cleanup(cancel)
	return "http://" + listener.Addr().String(), func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(deadline):
			return errors.New("the server does not end")
		}
	}
}

// follow opens the stream of events.
func follow(t *testing.T, address string) (*http.Response, *bufio.Scanner) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return resp, bufio.NewScanner(resp.Body)
}

// TestEvents follows a check from its start to its decision.
func TestEvents(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	address, stop := s.serve()
	resp, lines := follow(t, address)
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); kind != "text/event-stream" || !lines.Scan() || lines.Text() != "retry: 5000" {
		t.Fatalf("%q begins with %q", kind, lines.Text())
	}
	checker := s.o.Meter.Checker(visits(func(context.Context) (engine.Result, error) {
		s.get("/").want(t, http.StatusOK, "checking now")
		return engine.Result{}, nil
	}), nil)
	if _, err := checker.Check(t.Context(), "game"); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() && lines.Text() != "event: change" {
	}
	if lines.Text() != "event: change" {
		t.Fatalf("the stream ended: %v", lines.Err())
	}
	if err := stop(); err != nil {
		t.Fatalf("with a stream open: %v", err)
	}
	for lines.Scan() { // to its end
	}
}

// TestEventsAreCapped opens more streams than there may be; each that ends makes
// room.
func TestEventsAreCapped(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	address, stop := s.serve()
	var open []*http.Response
	for range maxClients {
		resp, _ := follow(t, address)
		if open = append(open, resp); resp.StatusCode != http.StatusOK {
			t.Fatalf("stream %d: %d", len(open), resp.StatusCode)
		}
	}
	if more, _ := follow(t, address); more.StatusCode != http.StatusServiceUnavailable || more.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d", more.StatusCode)
	}
	for _, resp := range open {
		resp.Body.Close()
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if left := s.o.Meter.hub.join(); left == nil {
		t.Error("streams that ended have their places still")
	}
}

func TestListen(t *testing.T) {
	taken, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	if _, err := Listen(t.Context(), address); !errors.Is(err, ErrInUse) || err.Error() != "listen on "+address+" for the dashboard: another program listens there" {
		t.Errorf("a port in use: %v", err)
	}
	if _, err := Listen(t.Context(), "192.0.2.1:80"); err == nil || errors.Is(err, ErrInUse) {
		t.Errorf("an address of no one here: %v", err)
	}
}

// TestSlowClients opens connections that say nothing, or little: they are closed.
func TestSlowClients(t *testing.T) {
	t.Parallel() // it waits most of the time
	if testing.Short() {
		t.Skip("waits for a time limit of real sockets")
	}
	s := newStage(t, shippedSchedule(t), nil)
	address, stop := s.serve()
	for name, text := range map[string]string{
		"nothing":          "",
		"half a header":    "GET / HTTP/1.1\r\nHost: localhost\r\nX-",
		"too long headers": "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = conn.Write([]byte(text)) // it may be closed already
		if err := conn.SetReadDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		answer := make([]byte, 1024)
		n, err := conn.Read(answer)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			t.Errorf("%s holds a connection", name)
		}
		if strings.Contains(string(answer[:n]), " 200 ") {
			t.Errorf("%s is answered: %s", name, answer[:n])
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

// visits is a Checker.
type visits func(context.Context) (engine.Result, error)

func (v visits) Check(ctx context.Context, _ string) (engine.Result, error) { return v(ctx) }

func TestMeter(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	arrival := func(_, _ string, modified time.Time) time.Time { return modified }
	result, failure := engine.Result{}, error(nil)
	checker := s.o.Meter.Checker(visits(func(context.Context) (engine.Result, error) { return result, failure }), arrival)
	check := func() {
		got, err := checker.Check(t.Context(), "game")
		if len(got.Found) != len(result.Found) || !errors.Is(err, failure) {
			t.Errorf("passed on %+v, %v", got, err)
		}
	}
	check()
	result = engine.Result{Imported: 1, Rejected: 1, Found: []rules.FoundFile{{Name: "a", Modified: time.Now().Add(-40 * time.Second)}, {Name: "old", Modified: time.Now().Add(-48 * time.Hour)}}}
	check()
	failure = errors.New("no route")
	check()
	memory := s.o.Meter.Memory(s.o.Store)
	state := store.SourceState{Source: "game", Window: "prime time", Rule: 2, Errors: 1, LastCheck: evening, Next: evening.Add(time.Minute)}
	s.must(memory.SaveState(t.Context(), state))
	s.o.Meter.Loaded(errors.New("a fault"))
	page := s.get("/metrics")
	page.want(t, http.StatusOK,
		`smartsync_checks_total{result="nothing",source="game"} 1`, `smartsync_checks_total{result="found",source="game"} 1`, `smartsync_checks_total{result="failed",source="game"} 1`,
		`smartsync_files_total{outcome="found",source="game"} 4`, `smartsync_files_total{outcome="rejected",source="game"} 2`,
		`smartsync_arrival_latency_seconds_bucket{source="game",le="30"} 0`, `smartsync_arrival_latency_seconds_bucket{source="game",le="60"} 2`, `smartsync_arrival_latency_seconds_count{source="game"} 2`,
		`smartsync_check_duration_seconds_count{source="game"} 3`,
		`smartsync_decisions_total{rule="2",source="game",window="prime time"} 1`,
		`smartsync_last_reload_good 0`, `smartsync_consecutive_errors{source="game"} 1`, `smartsync_misses{source="game"} 0`, `smartsync_check_running{source="game"} 0`,
		`smartsync_next_check_timestamp_seconds{source="game"} 1.75951716e+09`, `smartsync_last_check_timestamp_seconds{source="game"} 1.7595171e+09`,
		`smartsync_build_info{version="1.2.3"} 1`, "go_goroutines", "process_")
	s.o.Meter.Loaded(nil)
	s.get("/metrics").want(t, http.StatusOK, `smartsync_last_reload_good 1`)
	if states, err := s.o.Store.States(t.Context()); err != nil || states["game"].Rule != 2 {
		t.Errorf("the state is not passed on: %+v, %v", states, err)
	}
}

// TestReloadTakesASource follows a plan that changes while pages are open.
func TestReloadTakesASource(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), nil)
	s.get("/").want(t, http.StatusOK, "game", "other")
	s.take(many(t, "other"))
	if got := s.get("/"); strings.Contains(got.body, "game") {
		t.Error("a source that left is shown")
	}
	s.get("/day?source=game").want(t, http.StatusNotFound)
	s.get("/?asked=game").want(t, http.StatusOK)
}

func BenchmarkNow(b *testing.B) {
	s := newStage(b, shippedSchedule(b), nil)
	s.fill("game")
	handler := s.Handler()
	for b.Loop() {
		r, err := http.NewRequest("GET", "http://localhost/", nil)
		s.must(err)
		handler.ServeHTTP(discard{http.Header{}}, r)
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func FuzzMoment(f *testing.F) {
	f.Add("2025-10-03T20:15")
	f.Add("2025-10-26T02:30:00+02:00")
	f.Add("noon")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parseMoment(text, paris(t))
		if err == nil && (at.Year() < 1999 || at.Year() > 2101) {
			t.Errorf("%q is %s", text, at)
		}
		if to := localPath(text); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
			t.Errorf("%q leads to %q", text, to)
		}
	})
}
