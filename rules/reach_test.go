package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// TestReach tells conditions that can win from those that cannot.
func TestReach(t *testing.T) {
	for _, c := range []struct {
		conditions []string
		want       string // what is said of the last one; empty when it may win
	}{
		{[]string{"found > 0", "misses < 3", "misses < 10"}, ""},
		{[]string{"misses < 10", "misses < 3"}, "never reached"},
		{[]string{"misses < 10", "misses == 9"}, "never reached"},
		{[]string{"misses < 10", "misses == 10"}, ""},
		{[]string{"misses < 10", "misses < 3 and hour > 20"}, "never reached"},
		{[]string{"misses < 3 and hour > 20", "misses < 10"}, ""},
		{[]string{"found == 0", "found > 0", "misses > 3"}, "never reached"},
		{[]string{"found > 0", "found == 0 and errors == 0", "misses > 3"}, "never reached"},
		{[]string{"found > 0", "errors > 2"}, ""}, // asked after failures, where the first is not
		{[]string{"misses > 0", "errors > 2"}, ""},
		{[]string{"errors > 0", "errors > 2"}, "never reached"},
		{[]string{"weekday in ['sat', 'sun']", "weekday == 'sat'"}, "never reached"},
		{[]string{"weekday in ['sat', 'sun']", "weekday != 'sat'"}, ""},
		{[]string{"hour in 20..23", "hour >= 22"}, "never reached"},
		{[]string{"hour in 20..22", "hour >= 22"}, ""},
		{[]string{"hour > 23"}, "never holds"},
		{[]string{"found > 0 and misses > 0"}, "never holds"},  // a find ends the misses
		{[]string{"misses_total < misses and misses > 0"}, ""}, // beyond the table: not judged
		{[]string{"since_found > duration('1h')", "since_found > duration('2h')"}, ""},
		{[]string{"source == 'a'", "source == 'b'"}, ""},
		{[]string{"source != 'a'", "source == 'b'"}, "never reached"},
		{[]string{"source == 'a'", "source == 'a' and hour == 3"}, "never reached"},
		{[]string{"false"}, "never holds"},
		{[]string{"not (misses < 3 or misses > 5)", "misses == 4"}, "never reached"},
		{[]string{"imported > 0", "rejected > 0", "imported + rejected > 0"}, ""},
	} {
		var b strings.Builder
		b.WriteString("windows:\n  - name: all day\n    rules:\n")
		for _, when := range c.conditions {
			fmt.Fprintf(&b, "      - {when: %q, interval: 1m}\n", when)
		}
		b.WriteString("      - {interval: 1h}\n")
		_, faults := rules.Compile(specOf(t, b.String()), time.UTC, true)
		switch {
		case c.want == "" && len(faults) > 0:
			t.Errorf("%q: %v", c.conditions, faults)
		case c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Message, c.want) || faults[0].Line != 3+len(c.conditions)):
			t.Errorf("%q: %v, want %q in line %d", c.conditions, faults, c.want, 3+len(c.conditions))
		}
	}
}

// TestReachBounds compiles a window of very many rules, and soon.
func TestReachBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("windows:\n  - name: all day\n    rules:\n")
	for n := range 400 {
		fmt.Fprintf(&b, "      - {when: 'misses < %d and found < %d and hour in 0..%d', interval: 1m}\n", n+1, n+1, n%24)
	}
	b.WriteString("      - {interval: 1h}\n")
	start := time.Now()
	rules.Compile(specOf(t, b.String()), time.UTC, true)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%v", took)
	}
}

// TestCover finds moments that nothing rules, on the dates that are special too.
func TestCover(t *testing.T) {
	window := func(body string) string {
		return "  - {name: w" + fmt.Sprint(len(body)) + ", " + body + ", rules: [{interval: 5m}]}\n"
	}
	for text, want := range map[string]string{
		window("from: '08:00', to: '20:00'"):                                                               "nothing rules 00:00-08:00 on all days; 20:00-24:00 on all days",
		window("from: '20:00', to: '08:00'"):                                                               "nothing rules 08:00-20:00 on all days",
		window("from: '20:00', to: '08:00'") + window("from: '8:00', to: '20:00'"):                         "",
		window("days: [mon, tue, wed, thu, fri]") + window("days: [sat, sun]"):                             "",
		window("except: [2025-12-24]"):                                                                     "nothing rules 00:00-24:00 on wed",
		window("except: [2025-12-24]") + window("dates: [2025-12-24]"):                                     "",
		window("from: '12:00', to: '11:00', days: [fri]") + window("days: [mon, tue, wed, thu, sat, sun]"): "nothing rules 00:00-12:00 on fri",
		window("dates: [2001-01-01]"):                                                                      "nothing rules 00:00-24:00 on all days",
	} {
		_, faults := rules.Compile(specOf(t, "windows:\n"+text), time.UTC, true)
		if want == "" && len(faults) > 0 || want != "" && (len(faults) != 1 || !strings.HasPrefix(faults[0].Message, want+":")) {
			t.Errorf("%s%v, want %q", text, faults, want)
		}
	}
}
