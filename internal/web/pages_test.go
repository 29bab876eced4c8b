package web

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// pagePaths are all pages.
var pagePaths = []string{"/", "/day", "/explain", "/files", "/players", "/log"}

func TestPages(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	s.must(os.WriteFile(s.o.LogFile, []byte("2025-10-03 20:41:10 - INFO - started\n2025-10-03 20:41:11 - WARNING - slow\n2025-10-03 20:41:12 - ERROR - lost\n"), 0o600))
	for path, want := range map[string][]string{
		"/":                            {"<h1>Now</h1>", `next check <span data-next="2025-10-03T18:54:00Z">at 20:54</span>`, "session might be ending", "prime time", "connection refused", "1 new", `<span class="badge ok">ok</span>`},
		"/day":                         {"Friday 3 October 2025", "45 made, of which 1 failed", "5 files arrived", "planned with what is known", "Too little is known yet", "prime time"},
		"/day?date=2025-10-02":         {"Thursday 2 October 2025", "0 made"},
		"/explain":                     {"session might be ending</bdi>: 10m", "rule 3", "misses &lt; 10", "holds, and wins", "since_found"},
		"/explain?misses=0&found=2":    {"active session</bdi>: 1m"},
		"/explain?at=2025-10-04T03:00": {"deep sleep", "off-hours"},
		"/files":                       {"2025-10-03-200812-etl_adlernest-round-1.txt", "imported", "4 imported", "1 kept"},
		"/files?status=rejected":       {"no such file in the ledger"},
		"/players":                     {"etl_adlernest", "The last session", "Leaders of 90 days", "DPM"},
		"/players?by=kd":               {`<option value="kd" selected>`},
		"/log":                         {`<div class="warning">2025-10-03 20:41:11 - WARNING - slow</div>`, `<div class="error">`},
		"/login":                       {"There is no token"},
	} {
		t.Run(path, func(t *testing.T) {
			got := s.get(path)
			got.want(t, http.StatusOK, want...)
			if kind := got.header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
				t.Errorf("content type %q", kind)
			}
		})
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log.String())
	}
}

// TestEmpty shows what there is before the first check.
func TestEmpty(t *testing.T) {
	s := newStage(t, many(t, "a", "b"), nil)
	for _, path := range pagePaths {
		s.get(path).want(t, http.StatusOK, "<h1>")
	}
	s.get("/").want(t, http.StatusOK, "first check to come", `<span class="badge new">new</span>`, "none yet")
	s.get("/log").want(t, http.StatusOK, "The log is empty")
	s.get("/day?source=b").want(t, http.StatusOK, "<option selected>b</option>")
}

func TestPagesRefuse(t *testing.T) {
	s := newStage(t, shippedSchedule(t), func(o *Options) { o.LogFile = "" })
	for path, code := range map[string]int{
		"/nowhere": 404, "/day?source=x": 404, "/day?date=yesterday": 400, "/day?date=9999-01-01": 400, "/explain?misses=-1": 400,
		"/explain?misses=1&found=1": 400, "/explain?at=noon": 400, "/explain?at=0001-01-01T00:00": 400, "/files?status=gone": 400, "/files?source=x": 400,
		"/files?limit=0": 400, "/files?name=" + strings.Repeat("x", 600): 400, "/players?by=luck": 400, "/players?source=x": 404, "/log": 404,
		"/static/nothing.js": 404, "/static/..%2fweb.go": 404, "/static/%5c..%5cweb.go": 404, "/static/style.css%00": 404,
	} {
		s.get(path).want(t, code, "<!DOCTYPE html>")
	}
	s.ask("GET", "/nowhere", "").want(t, 404, `{"error":"there is no such page"}`)
	s.ask("DELETE", "/", "").want(t, 404)
	s.ask("PUT", "/api/v1/status", "").want(t, 404)
}

// TestBrokenStore shows a clear answer and says the cause in the log alone.
func TestBrokenStore(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	s.must(s.o.Store.Close())
	for _, path := range []string{"/", "/day", "/explain", "/files", "/players", "/api/v1/status", "/api/v1/files"} {
		s.get(path).want(t, http.StatusInternalServerError, "the log tells why")
	}
	if n := strings.Count(s.log.String(), "cannot be shown"); n != 7 {
		t.Errorf("%d lines in the log: %s", n, s.log.String())
	}
	s.get("/readyz").want(t, http.StatusServiceUnavailable)
	s.get("/healthz").want(t, http.StatusOK, "ok")
	s.get("/metrics").want(t, http.StatusOK, "smartsync_store_readable 0")
}

const canary = `<script>alert("x")</script>`

// TestHostileText has markup wherever text comes from elsewhere: names of files,
// players and windows, reasons, errors, the log, what was asked for.
func TestHostileText(t *testing.T) {
	schedule := "sources: {game: {url: in}}\nwindows:\n  - name: '" + canary + "'\n    rules:\n      - {when: 'any(found_files, .name contains \"<b>\")', interval: 5m, reason: '" + canary + "'}\n      - {interval: 5m, reason: rest}\n"
	s := newStage(t, schedule, nil)
	s.fill("game")
	round, err := os.ReadFile("../../examples/gamestats/2025-10-03-200812-etl_adlernest-round-1.txt")
	s.must(err)
	lines := strings.Split(string(round), "\n")
	for i, line := range lines[1:] {
		if parts := strings.SplitN(line, `\`, 3); len(parts) == 3 {
			lines[i+1] = parts[0] + `\` + fmt.Sprintf(`<script>alert("x")</script>%d\`, i) + parts[2]
		}
	}
	items := []store.Item{s.item("2025-10-03-214012-etl_adlernest-round-1.txt", []byte(strings.Join(lines, "\n")))}
	if items[0].Status != store.Imported {
		t.Fatal("the hostile round is not imported")
	}
	bad := s.item(canary+".txt", []byte("bad"))
	bad.Status, bad.Line, bad.Reason = store.Rejected, 3, "no header: "+canary
	s.commit("game", append(items, bad)...)
	s.record(store.Check{Source: "game", Started: evening, Ended: evening.Add(time.Second), Error: "no " + canary})
	s.must(s.o.Store.SetDaemon(t.Context(), store.Daemon{PID: 1, Started: evening, Loaded: evening, ReloadError: canary}))
	s.must(s.o.Store.SaveState(t.Context(), store.SourceState{Source: "game", Errors: 1, LastError: canary, Reason: canary, LastCheck: evening.Add(-time.Hour), Next: evening}))
	s.must(os.WriteFile(s.o.LogFile, []byte("x - ERROR - "+canary+"\x1b[31m\n"), 0o600))
	query := "?name=" + "%3Cscript%3Ealert(%22x%22)%3C/script%3E"
	shown := 0
	for _, path := range append(pagePaths, "/files"+query, "/explain?at=%3Cscript%3Ealert(%22x%22)", "/login?to=%22%3E%3Cscript%3Ealert(%22x%22)", "/nowhere/%3Cscript%3Ealert(%22x%22)") {
		body := s.get(path).body
		if strings.Contains(body, "<script>") || strings.Contains(body, "\x1b") {
			t.Errorf("%s lets markup through: %s", path, body)
		}
		if strings.Contains(body, "&lt;script&gt;alert(") {
			shown++
		}
		if inline := regexp.MustCompile(`(?i)\son[a-z]+=|\sstyle=|javascript:|<style|<script(?: defer)?>|src="//|https?://`).FindString(body); inline != "" {
			t.Errorf("%s has %q", path, inline)
		}
	}
	if shown < 7 {
		t.Errorf("only %d pages show the hostile text: the test does not test", shown)
	}
	for _, path := range []string{"/api/v1/status", "/api/v1/files"} {
		if got := s.ask("GET", path, ""); strings.Contains(got.body, "<script>") || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

// TestPageWeight bounds what a page costs when there is much to show, with its
// style and script.
func TestPageWeight(t *testing.T) {
	s := newStage(t, strings.Replace(many(t, "a", "b", "c", "d", "e"), "interval: 10m", "interval: 20s", 1), nil)
	var items []store.Item
	for i := range 400 {
		at := evening.AddDate(0, 0, -i/8).Add(-time.Duration(i%8) * 11 * time.Minute)
		items = append(items, s.item(at.In(paris(t)).Format("2006-01-02-150405")+"-a-map-with-a-long-name-round-1.txt", fmt.Append(nil, i)))
	}
	for _, source := range []string{"a", "b", "c", "d", "e"} {
		s.commit(source, items...)
		for i := range 700 {
			at := evening.Add(time.Duration(i-700) * 30 * time.Second)
			s.record(store.Check{Source: source, Started: at, Ended: at.Add(time.Second), Found: i % 2, Error: strings.Repeat("e", i%40)})
		}
	}
	s.must(os.WriteFile(s.o.LogFile, []byte(strings.Repeat("2025-10-03 20:41:10 - INFO - 🔄 Sync check at 20:41:10 CEST (PRIME TIME) and more of it\n", 2000)), 0o600))
	shared := len(statics["style.css"]) + len(statics["app.js"]) + len(statics["icon.svg"])
	for _, path := range pagePaths {
		began := time.Now()
		body := s.get(path).body
		first := time.Since(began)
		if total := len(body) + shared; total >= 100_000 || len(body) < 1000 {
			t.Errorf("%s weighs %d bytes", path, total)
		}
		t.Logf("%-9s %6d bytes of HTML, %d with style and script, first answer in %s", path, len(body), len(body)+shared, first.Round(time.Millisecond))
	}
	s.get("/day?source=a").want(t, http.StatusOK, "Files expected in each half hour", "The busiest: ")
}

// TestManySources bounds what the page Now costs where there are many.
func TestManySources(t *testing.T) {
	var names []string
	for i := range 50 {
		names = append(names, fmt.Sprintf("game-server-number-%d", i))
	}
	s := newStage(t, many(t, names...), withToken)
	for _, name := range names {
		for i := range 10 {
			at := evening.Add(time.Duration(i-10) * time.Minute)
			s.record(store.Check{Source: name, Started: at, Ended: at, Found: 1, Bytes: 1200})
		}
		s.must(s.o.Store.SaveState(t.Context(), store.SourceState{Source: name, LastCheck: evening, Next: evening.Add(time.Minute), Rule: 3, Line: 32, Reason: "session might be ending"}))
	}
	page := s.get("/", "Authorization", "Bearer "+token).body
	if total := len(page) + len(statics["style.css"]) + len(statics["app.js"]) + len(statics["icon.svg"]); total >= 100_000 {
		t.Errorf("%d bytes", total)
	}
	if n := strings.Count(page, "<strong>1 new</strong>"); n != 2*len(names) {
		t.Errorf("%d checks shown, want 2 of each source", n)
	}
}

// TestTail reads the end of logs of all lengths.
func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for lines, want := range map[int]int{0: 0, 1: 1, 199: 199, 200: 200, 5000: 200} {
		var b strings.Builder
		for i := range lines {
			fmt.Fprintf(&b, "line %d\n", i)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := tail(path)
		if err != nil || len(got) != want || want > 0 && got[want-1].Text != fmt.Sprintf("line %d", lines-1) {
			t.Errorf("%d lines: %d, %v", lines, len(got), err)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x", 200_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := tail(path); err != nil || len(got) != 0 {
		t.Errorf("one long line: %d, %v", len(got), err)
	}
	if _, err := tail(path + ".none"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
