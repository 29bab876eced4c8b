package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

func TestExplain(t *testing.T) {
	paris := zoneOf(t, "Europe/Paris")
	s := compile(t, shipped(t), paris)
	at := time.Date(2025, 10, 3, 20, 13, 0, 0, paris)
	e := s.Explain("game", rules.State{Misses: 8, MissesTotal: 20}, rules.Outcome{At: at})

	if n := len(e.Windows); n != 2 || e.Windows[0].Holds || !e.Windows[1].Holds || e.Windows[1].When != "20:00-23:00" {
		t.Errorf("windows %+v", e.Windows)
	}
	if want := time.Date(2025, 10, 3, 20, 0, 0, 0, paris); !e.Opened.Equal(want) {
		t.Errorf("opened %s, want %s", e.Opened, want)
	}
	if want := time.Date(2025, 10, 3, 23, 0, 0, 0, paris); !e.Closes.Equal(want) {
		t.Errorf("closes %s, want %s", e.Closes, want)
	}
	var verdicts []string
	for _, r := range e.Rules {
		verdicts = append(verdicts, r.Verdict)
	}
	want := []string{"does not hold", "does not hold", "holds, and wins", "would hold, but an earlier rule wins"}
	if strings.Join(verdicts, "|") != strings.Join(want, "|") {
		t.Errorf("verdicts %q, want %q", verdicts, want)
	}
	if p := e.Rules[1].Parts; len(p) != 2 || p[0] != (rules.Part{Depth: 0, Text: "misses == 1", Value: "false"}) || p[1] != (rules.Part{Depth: 1, Text: "misses", Value: "8"}) {
		t.Errorf("parts of rule 2: %+v", p)
	}
	if d := s.Judge("game", rules.State{Misses: 8}, rules.Outcome{At: at}); !d.Next.Equal(e.Decision.Next) || d.Rule != 3 {
		t.Errorf("judged %+v, explained %+v", d, e.Decision)
	}

	change, ok := s.Outlook("game", rules.State{Misses: 8, LastCheck: at}, rules.Outcome{At: at})
	if !ok || change.Misses != 2 || change.Decision.Rule != 4 || change.At.Format("15:04") != "20:33" {
		t.Errorf("outlook %+v, %v; want rule 4 after 2 more misses, at 20:33", change, ok)
	}
}

func TestExplainParts(t *testing.T) {
	s := compile(t, conditionOf(`(found > 0 or any(found_files, .size > 10)) and since_found < duration("2h") and not (weekday in ["sat"])`), time.UTC)
	at := time.Date(2025, 10, 3, 12, 0, 0, 0, time.UTC)
	out := rules.Outcome{At: at, Found: 1, Files: []rules.FoundFile{{Name: "a.txt", Size: 3}}}
	e := s.Explain("game", rules.State{LastFound: at.Add(-time.Hour)}, out)
	got := map[string]string{}
	for _, p := range e.Rules[0].Parts {
		got[p.Text] = p.Value
	}
	for text, value := range map[string]string{
		"found > 0": "true", "found": "1", "since_found": "1h", "weekday": `"fri"`, `weekday in ["sat"]`: "false",
		`any(found_files, .size > 10)`: "false", "found_files": `["a.txt"]`, `since_found < duration("2h")`: "true",
	} {
		if got[text] != value {
			t.Errorf("%s is %q, want %q (all: %q)", text, got[text], value, got)
		}
	}
}

func TestExplainFailures(t *testing.T) {
	s := compile(t, `
windows:
  - name: all day
    rules:
      - {when: 'found_files[2].size > 1', interval: 1m}
      - {when: errors > 5, interval: 30m, reason: server is down}
      - {interval: forecast}
      - {interval: 'duration("1m") * (10 - misses)'}
default: {interval: 1h}
`, time.UTC)
	at := time.Date(2025, 10, 3, 12, 0, 0, 0, time.UTC)
	e := s.Explain("game", rules.State{Misses: 3}, rules.Outcome{At: at})
	for i, want := range []string{"fails, so it does not hold", "does not hold", "passed over: too little is known", "holds, and wins", "would hold"} {
		if !strings.HasPrefix(e.Rules[i].Verdict, want) {
			t.Errorf("rule %d: %q, want %q", i+1, e.Rules[i].Verdict, want)
		}
	}
	e = s.Explain("game", rules.State{Errors: 7}, rules.Outcome{At: at, Failed: true})
	if !e.Rules[1].Won || !strings.HasPrefix(e.Rules[3].Verdict, "not asked") {
		t.Errorf("after a failed check: %+v", e.Rules)
	}
	e = s.Explain("game", rules.State{Errors: 1}, rules.Outcome{At: at, Failed: true})
	for _, r := range e.Rules {
		if r.Won {
			t.Errorf("no rule speaks of one error, but %+v won", r)
		}
	}
}
