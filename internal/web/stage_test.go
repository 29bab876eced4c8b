package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/etlegacy"
	"github.com/smartsync/smartsync/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "correct-horse-battery-staple"

// evening is a Friday's in Paris, after four files of two matches.
var evening = time.Date(2025, 10, 3, 18, 45, 0, 0, time.UTC)

// stage is a Server over a real store, at a moment that stands still.
type stage struct {
	*Server
	t    testing.TB
	http *httptest.Server
	log  strings.Builder

	mu     sync.Mutex
	poked  []string
	refuse error
	plan   []Source
	zoned  *time.Location
}

// shippedSchedule is the project's own, with the source named.
func shippedSchedule(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../../schedule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newStage serves what schedule says; change may be nil.
func newStage(t testing.TB, schedule string, change func(*Options)) *stage {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), filepath.Join(dir, "smartsync.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t}
	s.take(schedule)
	o := Options{Store: st, Plan: s, Poker: s, Meter: NewMeter("1.2.3"), Log: slog.New(slog.NewTextHandler(&s.log, nil)),
		LogFile: filepath.Join(dir, "smart_sync.log"), Version: "1.2.3"}
	if change != nil {
		change(&o)
	}
	s.Server = New(o)
	s.Server.now = func() time.Time { return evening }
	s.http = httptest.NewUnstartedServer(s.Handler())
	s.http.Start()
	t.Cleanup(func() {
		s.http.CloseClientConnections()
		s.http.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// take puts the schedule's plan in force.
func (s *stage) take(schedule string) {
	s.t.Helper()
	c, err := config.Parse(filepath.Join(s.t.TempDir(), "schedule.yaml"), []byte(schedule), func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	s.plan, s.zoned = nil, c.Zone
	for _, source := range c.Sources {
		s.plan = append(s.plan, Source{source.Name, source.Schedule, source.Zone})
	}
}

// Zone is the stage's as a Plan.
func (s *stage) Zone() *time.Location { return s.zoned }

// Sources is the stage's as a Plan.
func (s *stage) Sources() []Source { return s.plan }

// Plot is the stage's as a Plan.
func (s *stage) Plot(ctx context.Context, name string) (engine.Plot, error) {
	source, _ := s.Server.source(name)
	files, err := s.o.Store.Arrivals(ctx, name)
	plot := engine.Plot{Schedule: source.Schedule, Source: name}
	for _, f := range files {
		at, ok := engine.StampOf(f.Path, source.Zone)
		if !ok {
			at = f.Modified
		}
		plot.Arrivals = append(plot.Arrivals, engine.Arrival{At: at, Name: f.Path})
	}
	engine.SortArrivals(plot.Arrivals)
	return plot, err
}

// Poke is the stage's as a Poker.
func (s *stage) Poke(_ context.Context, source string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse == nil {
		s.poked = append(s.poked, source)
	}
	return s.refuse
}

// must fails the test for an error.
func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// fill stores the evening of the example's files: their ledger, checks and state.
func (s *stage) fill(source string) {
	s.t.Helper()
	names, err := filepath.Glob("../../examples/gamestats/*.txt")
	s.must(err)
	var items []store.Item
	for _, name := range names {
		text, err := os.ReadFile(name)
		s.must(err)
		items = append(items, s.item(filepath.Base(name), text))
	}
	s.commit(source, items...)
	for minute := range 45 {
		at := evening.Add(time.Duration(minute-45) * time.Minute)
		c := store.Check{Source: source, Started: at, Ended: at.Add(800 * time.Millisecond), Listed: 5}
		switch {
		case minute%9 == 4:
			c.Found, c.Imported, c.Bytes = 1, 1, 1200
		case minute == 42:
			c.Error = "connect to game.example.org: connection refused"
		}
		s.record(c)
	}
	s.must(s.o.Store.SaveState(s.t.Context(), store.SourceState{
		Source: source, Misses: 4, MissesTotal: 4, LastCheck: evening.Add(-time.Minute), LastFound: evening.Add(-5 * time.Minute),
		Window: "prime time", Rule: 3, Line: 32, Reason: "session might be ending", Next: evening.Add(9 * time.Minute),
	}))
}

func (s *stage) record(c store.Check) {
	s.t.Helper()
	_, err := s.o.Store.RecordCheck(s.t.Context(), c)
	s.must(err)
}

// item is a stats file as it is committed; one that is none is kept.
func (s *stage) item(name string, text []byte) store.Item {
	sum := sha256.Sum256(text)
	it := store.Item{Key: store.Key{Path: name, Size: int64(len(text)), Modified: evening.Unix() - 600}, SHA256: hex.EncodeToString(sum[:]), Local: "x/" + hex.EncodeToString(sum[:8]), Status: store.Kept}
	if round, err := etlegacy.Parse(name, text); err == nil {
		it.Status, it.Round, it.Content = store.Imported, round, text
	}
	return it
}

func (s *stage) commit(source string, items ...store.Item) {
	s.t.Helper()
	_, err := s.o.Store.Commit(s.t.Context(), source, paris(s.t), evening.Add(-9*time.Minute), items)
	s.must(err)
}

func paris(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// answer is what a request brought.
type answer struct {
	code   int
	body   string
	header http.Header
}

// ask sends a request; headers are pairs. Host: sets the host.
func (s *stage) ask(method, path, body string, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, strings.NewReader(body))
	s.must(err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	return s.do(client, r)
}

func (s *stage) do(client *http.Client, r *http.Request) answer {
	s.t.Helper()
	resp, err := client.Do(r)
	s.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	s.must(err)
	return answer{resp.StatusCode, string(text), resp.Header}
}

// get asks as a browser does.
func (s *stage) get(path string, headers ...string) answer {
	s.t.Helper()
	return s.ask("GET", path, "", append([]string{"Accept", "text/html,*/*"}, headers...)...)
}

// want checks an answer's code, and that its body holds each text.
func (a answer) want(t testing.TB, code int, texts ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("code %d, want %d: %.300s", a.code, code, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("no %q in %.1200s", text, a.body)
		}
	}
}

// browser returns a client that keeps cookies.
func (s *stage) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	s.must(err)
	client := &http.Client{Jar: jar}
	s.t.Cleanup(client.CloseIdleConnections)
	return client
}

func (s *stage) post(client *http.Client, path string, form url.Values, headers ...string) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), "POST", s.http.URL+path, strings.NewReader(form.Encode()))
	s.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.do(client, r)
}

// withToken is a change of a stage's options.
func withToken(o *Options) { o.Token = token }

// many is a schedule of sources that all go by the shipped windows.
func many(t testing.TB, names ...string) string {
	_, windows, _ := strings.Cut(shippedSchedule(t), "\nwindows:")
	var b strings.Builder
	b.WriteString("timezone: Europe/Paris\nsources:\n")
	for _, name := range names {
		fmt.Fprintf(&b, "  %s: {url: in}\n", name)
	}
	return b.String() + "windows:" + windows
}
