package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/sync"
)

func TestSize(t *testing.T) {
	for _, test := range []struct {
		bytes int64
		want  string
	}{
		{0, "0 B"}, {1, "1 B"}, {999, "999 B"}, {1000, "1.0 KB"}, {1024, "1.0 KB"}, {5017, "4.9 KB"}, {10188, "9.9 KB"}, {10239, "10 KB"},
		{14 << 10, "14 KB"}, {1000 << 10, "1.0 MB"}, {14 << 20, "14 MB"}, {3 << 30, "3.0 GB"}, {5 << 40, "5.0 TB"}, {5000 << 40, "5000 TB"},
	} {
		if got := size(test.bytes); got != test.want {
			t.Errorf("size(%d) = %q, want %q", test.bytes, got, test.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Hour, "0 s"}, {0, "0 s"}, {999 * time.Millisecond, "0 s"}, {59 * time.Second, "59 s"}, {time.Minute, "1 min"},
		{time.Hour - 1, "59 min"}, {time.Hour, "1.0 h"}, {90 * time.Minute, "1.5 h"}, {48*time.Hour - 1, "48.0 h"},
		{48 * time.Hour, "2 days"}, {400 * 24 * time.Hour, "400 days"},
	} {
		if got := span(test.d); got != test.want {
			t.Errorf("span(%v) = %q, want %q", test.d, got, test.want)
		}
	}
}

func TestShownName(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"2025-10-03-200812-supply-round-1.txt", "2025-10-03-200812-supply-round-1.txt"},
		{"two words'.txt", "two words'.txt"},
		{"ünï-日本.txt", "ünï-日本.txt"},
		{"a\nb.txt", `"a\nb.txt"`},
		{"\x1b[31mred", `"\x1b[31mred"`},
		{"\u202egpj.exe", `"\u202egpj.exe"`},
		{"zero\u200bwidth", `"zero\u200bwidth"`},
		{"\xff.txt", `"\xff.txt"`},
		{`quo"te`, `"quo\"te"`},
	} {
		if got := shownName(test.name); got != test.want {
			t.Errorf("shownName(%q) = %s, want %s", test.name, got, test.want)
		}
	}
}

// FuzzPlain holds plain to its promise: one line, and nothing that speaks to a
// terminal or turns the line around.
func FuzzPlain(f *testing.F) {
	f.Add("🔄 Sync check ⚠️ at 20:15")
	f.Add("a\nb\x1b[2Jc\u202ed\u2066e\u2028f\u009b1m\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := plain(text)
		if strings.ContainsAny(got, "\n\r\x1b\u009b\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\u200e\u200f") {
			t.Errorf("plain(%q) = %q", text, got)
		}
		if plain(got) != got {
			t.Errorf("plain(%q) = %q, which is not plain", text, got)
		}
	})
}

func TestPlainKeeps(t *testing.T) {
	for _, text := range []string{"⚠️ ♻️ ✍️ 📥 Müller (4.9 KB): “a”", ""} {
		if got := plain(text); got != text {
			t.Errorf("plain(%q) = %q", text, got)
		}
	}
}

func TestRejectedText(t *testing.T) {
	for _, test := range []struct {
		file   string
		line   int
		reason string
		detail string
		want   string
	}{
		{"a.txt", 0, "no player", "", "a.txt: no player"},
		{"a.txt", 2, "too short", "", "a.txt, line 2: too short"},
		{"a\n.txt", 0, "exit status 1", "first\nlast \x1b[0m\n", `"a\n.txt": exit status 1 ("last \x1b[0m")`},
	} {
		if got := rejectedText(test.file, test.line, test.reason, test.detail); got != test.want {
			t.Errorf("rejectedText = %s, want %s", got, test.want)
		}
	}
}

// TestPicture draws days of 24, 23 and 25 hours.
func TestPicture(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for _, date := range []time.Time{
		time.Date(2025, 10, 3, 0, 0, 0, 0, zone), time.Date(2026, 3, 29, 0, 0, 0, 0, zone), time.Date(2025, 10, 26, 0, 0, 0, 0, zone),
	} {
		day := engine.Day{From: date, To: date.AddDate(0, 0, 1)}
		if got, want := picture(day), "00 "+strings.Repeat("·", pictureWidth)+" 24"; got != want {
			t.Errorf("no checks: %s", got)
		}
		at := func(t time.Time) engine.Step { return engine.Step{At: t} }
		day.Steps = []engine.Step{at(day.From)}
		for range 20 {
			day.Steps = append(day.Steps, at(day.To.Add(-time.Nanosecond)))
		}
		if got, want := picture(day), "00 ▁"+strings.Repeat("·", pictureWidth-2)+"█ 24"; got != want {
			t.Errorf("%s: %s, want %s", date.Format(time.DateOnly), got, want)
		}
	}
}

func TestAlike(t *testing.T) {
	start := time.Date(2025, 10, 3, 0, 0, 0, 0, time.UTC)
	step := func(n int, change func(*engine.Step)) engine.Step {
		at := start.Add(time.Duration(n) * time.Hour)
		s := engine.Step{At: at, Decision: rules.Decision{Window: "day", Rule: 1, Line: 7, Next: at.Add(time.Hour)}}
		change(&s)
		return s
	}
	for name, change := range map[string]func(*engine.Step){
		"a find":         func(s *engine.Step) { s.Arrived = append(s.Arrived, engine.Arrival{}) },
		"another rule":   func(s *engine.Step) { s.Decision.Rule = 2 },
		"another line":   func(s *engine.Step) { s.Decision.Line = 8 },
		"another window": func(s *engine.Step) { s.Decision.Window = "night" },
		"another wait":   func(s *engine.Step) { s.Decision.Next = s.Decision.Next.Add(1) },
	} {
		same := func(*engine.Step) {}
		steps := []engine.Step{step(0, same), step(1, same), step(2, change), step(3, same)}
		if n := alike(steps); n != 2 {
			t.Errorf("%s: %d alike, want 2", name, n)
		}
	}
}

func TestResult(t *testing.T) {
	for _, test := range []struct {
		out  sourceOutput
		want string
	}{
		{sourceOutput{}, "ok, nothing new"},
		{sourceOutput{Found: 3, Misses: 0}, "ok, 3 new"},
		{sourceOutput{Misses: 1}, "ok, nothing new, 1 miss"},
		{sourceOutput{Misses: 12}, "ok, nothing new, 12 misses"},
		{sourceOutput{LastError: "no route\x1b[2J"}, "failed: no route [2J"},
		{sourceOutput{LastError: "no route", Errors: 1}, "failed: no route"},
		{sourceOutput{LastError: "no route", Errors: 4}, "failed, 4 in a row: no route"},
	} {
		if got := test.out.result(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.out, got, test.want)
		}
	}
}

// TestWithChecks mixes what the daemon remembers with checks that it did not make.
func TestWithChecks(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2025, 10, 3, 20, minute, 0, 0, time.UTC) }
	daemon := store.SourceState{LastCheck: at(10), LastFound: at(5), LastError: "lost", Errors: 2, Misses: 3}
	checks := []store.Check{{Ended: at(20)}, {Ended: at(15), Found: 4}, {Ended: at(10), Error: "lost"}, {Ended: at(5), Found: 9}}
	got := withChecks(daemon, checks)
	want := store.SourceState{LastCheck: at(20), LastFound: at(15), Errors: 2, Misses: 3}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := withChecks(daemon, checks[2:]); got != daemon {
		t.Errorf("the daemon's own checks change its state to %+v", got)
	}
}

func TestReportLine(t *testing.T) {
	start := time.Date(2025, 10, 3, 20, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		report sync.Report
		want   string
	}{
		{sync.Report{}, "0 files listed, nothing new"},
		{sync.Report{Listed: 1, Pending: 1}, "1 file listed, nothing new, 1 still being written"},
		{sync.Report{Listed: 9, Found: make([]sync.Found, 3), Bytes: 5017, Imported: 1, Kept: 1, Duplicates: 1, Skipped: 2, Started: start, Ended: start.Add(2340 * time.Millisecond)},
			"9 files listed, 3 new (4.9 KB), 1 imported, 1 kept, 1 duplicate, 2 skipped in 2.3 s"},
	} {
		if got := reportLine(test.report); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestLongReport names some files of many, and counts the rest.
func TestLongReport(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out}
	report := sync.Report{Listed: 100, Found: make([]sync.Found, 50), Rejected: make([]sync.Rejection, 50), Failed: make([]sync.Fault, shownFaults+1)}
	a.printReports([]outcome{{source: config.Source{Name: "game"}, report: report}}, reportLine)
	for _, want := range []string{"game: 100 files listed, 50 new (0 B), 50 rejected, 21 failed\n",
		"  rejected 30 more: smartsync files --status rejected lists them\n", "  failed 1 more: the next check tries them again\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if got, want := strings.Count(out.String(), "\n"), 1+2*(shownFaults+1); got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}
