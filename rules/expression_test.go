package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// TestExpressionBounds refuses expressions that would cost too much, before they
// cost anything.
func TestExpressionBounds(t *testing.T) {
	for name, c := range map[string]struct{ when, want string }{
		"long":          {"found > 0" + strings.Repeat(" ", 4096), "longer than 4096 characters"},
		"parentheses":   {strings.Repeat("(", 1_000_000), "longer than 4096 characters"},
		"deep":          {strings.Repeat("(", 2000) + "found" + strings.Repeat(")", 2000) + " > 0", ""},
		"deeper":        {strings.Repeat("(", 4000), "ends too early"},
		"nots":          {strings.Repeat("!", 4000) + "true", "has more than 500 parts"},
		"many nodes":    {"found > 0" + strings.Repeat(" or found > 0", 300), "has more than 500 parts"},
		"many brackets": {strings.Repeat("[", 4000), "ends too early"},
	} {
		_, faults := rules.Compile(specOf(t, conditionOf(c.when)), time.UTC, true)
		switch {
		case c.want == "" && len(faults) > 0:
			t.Errorf("%s: %.300v", name, faults)
		case c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Message, c.want)):
			t.Errorf("%s: %.300v, want %q", name, faults, c.want)
		}
	}
}

// FuzzExpression compiles any condition, and runs what compiles: nothing panics,
// and nothing takes long or much.
func FuzzExpression(f *testing.F) {
	for _, when := range []string{
		"found > 0", "misses in 1..5", `weekday == "mon"`, `since_found > duration("2h")`, "now.Hour() == 20", "any(found_files, .size > 1)",
		"found_files[3].size > 1", "found % misses == 0", "let x = 1; x > 0", `source matches "(a+)+$"`, "found ?? 1", "[1, 2][5] == 1", "{a: 1}.a == 1",
		"found_files[0:5] == []", "#.x", "$env", `len(filter(found_files, .name contains "x")) > 0`, "true ? found : 1", `"\u00e9" in ["é"]`, "2h", "-found ** 9 > 0",
		"find(found_files, true).size > 0", "abs(-1) == 1", "1..5", "found | abs() > 1", "if found > 0 { true } else { false }", "int(source) > 0",
	} {
		f.Add(when)
	}
	at := time.Date(2025, 10, 1, 20, 0, 0, 0, time.UTC)
	files := []rules.FoundFile{{Name: "a.txt", Size: 5, Modified: at}, {Name: "é", Size: -1}}
	f.Fuzz(func(t *testing.T, when string) {
		spec := &rules.Spec{Windows: []rules.WindowSpec{{
			Name: rules.Text{Place: rules.Place{Line: 1, Column: 1}, Value: "w"},
			Rules: []rules.RuleSpec{
				{
					When:     rules.Text{Place: rules.Place{Line: 2, Column: 1}, Value: when},
					Interval: rules.Text{Place: rules.Place{Line: 3, Column: 1}, Value: "1m"},
				},
				{Interval: rules.Text{Place: rules.Place{Line: 4, Column: 1}, Value: "1h"}},
			},
		}}}
		start := time.Now()
		schedule, faults := rules.Compile(spec, time.UTC, true)
		for _, fault := range faults {
			if fault.Line < 1 || fault.Message == "" || strings.Contains(fault.Message, "\n") || strings.Contains(fault.Message, "rules.") ||
				strings.Contains(fault.Message, "interface {}") {
				t.Errorf("%q: %+v", when, fault)
			}
		}
		if schedule != nil {
			for n := range 3 {
				_, d := schedule.Decide("game", rules.State{Misses: n}, rules.Outcome{At: at, Found: n, Files: files[:min(n, 2)]})
				if !d.Next.After(at) {
					t.Errorf("%q: next %s", when, d.Next)
				}
			}
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%q took %v", when, took)
		}
	})
}
