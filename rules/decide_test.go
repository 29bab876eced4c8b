package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// TestErrorWaits fails check after check.
func TestErrorWaits(t *testing.T) {
	windows := "windows:\n  - name: all day\n    rules: [{interval: 30s}]\n"
	for _, c := range []struct {
		text    string
		refused bool
		want    []time.Duration // minutes
	}{
		{windows, false, []time.Duration{5, 10, 20, 40, 60, 60}},
		{windows, true, []time.Duration{60, 60, 60}},
		{"on_error: 1m\nmax_error: 3m\n" + windows, false, []time.Duration{1, 2, 3, 3}},
		{"on_error: 2h\n" + windows, false, []time.Duration{120, 120, 120}},
		{"on_error: 1m\nmax_error: 1m\n" + windows, true, []time.Duration{1, 1}},
	} {
		schedule := compile(t, c.text, time.UTC)
		at, state := time.Unix(1e9, 0), rules.State{Misses: 4, MissesTotal: 4}
		for i, want := range c.want {
			var d rules.Decision
			state, d = schedule.Decide("game", state, rules.Outcome{At: at, Failed: true, Refused: c.refused})
			if got := d.Next.Sub(at); got != want*time.Minute {
				t.Errorf("%q: failure %d waits %v, want %v", c.text, i+1, got, want*time.Minute)
			}
			if d.Rule != 0 || state.Errors != i+1 || state.Misses != 4 || state.MissesTotal != 4 || !state.LastCheck.Equal(at) {
				t.Errorf("%q: rule %d, state %+v", c.text, d.Rule, state)
			}
			if want := fmt.Sprintf("check failed, %d in a row", i+1); d.Reason != want {
				t.Errorf("reason %q, want %q", d.Reason, want)
			}
			at = d.Next
		}
		if state, _ = schedule.Decide("game", state, rules.Outcome{At: at}); state.Errors != 0 || state.Misses != 5 {
			t.Errorf("after a check that worked: %+v", state)
		}
	}
	schedule := compile(t, windows, time.UTC)
	at := time.Unix(1e9, 0)
	if _, d := schedule.Decide("game", rules.State{Errors: 1 << 40}, rules.Outcome{At: at, Failed: true}); d.Next.Sub(at) != time.Hour {
		t.Errorf("after very many failures: %v", d.Next.Sub(at))
	}
}

// TestErrorRules shows that after a failed check only rules speak whose
// condition mentions errors.
func TestErrorRules(t *testing.T) {
	schedule := compile(t, `
windows:
  - name: all day
    rules:
      - {when: misses < 100, interval: 2m}
      - {when: errors > 2, interval: 7m, reason: still down}
      - {interval: 30m}
`, time.UTC)
	at := time.Unix(1e9, 0)
	for errors, want := range []time.Duration{5 * time.Minute, 10 * time.Minute, 7 * time.Minute, 7 * time.Minute} {
		_, d := schedule.Decide("game", rules.State{Errors: errors}, rules.Outcome{At: at, Failed: true})
		if d.Next.Sub(at) != want {
			t.Errorf("after %d failures: %v by rule %d, want %v", errors+1, d.Next.Sub(at), d.Rule, want)
		}
	}
	if _, d := schedule.Decide("game", rules.State{Errors: 9}, rules.Outcome{At: at}); d.Rule != 1 {
		t.Errorf("after a check that worked: rule %d", d.Rule)
	}
}

// TestMisses folds outcomes into a state.
func TestMisses(t *testing.T) {
	schedule := compile(t, shipped(t), time.UTC)
	day := time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)
	type step struct {
		clock   string
		outcome rules.Outcome
		misses  int
		total   int
	}
	var state rules.State
	for _, s := range []step{
		{"18:00", rules.Outcome{}, 1, 1},
		{"19:00", rules.Outcome{Pending: 1}, 1, 1}, // a file is still being written: no miss
		{"19:10", rules.Outcome{}, 2, 2},
		{"19:20", rules.Outcome{Failed: true}, 2, 2}, // nor is a failure
		{"19:30", rules.Outcome{}, 1, 3},             // the window opened
		{"19:35", rules.Outcome{}, 2, 4},
		{"20:00", rules.Outcome{Failed: true}, 0, 4}, // opened, though the check failed
		{"20:05", rules.Outcome{}, 1, 5},
		{"20:06", rules.Outcome{Found: 1, Pending: 2}, 0, 0},
		{"20:07", rules.Outcome{}, 1, 1},
		{"22:59", rules.Outcome{}, 2, 2},
		{"23:00", rules.Outcome{}, 1, 3},
	} {
		clock, err := time.Parse("15:04", s.clock)
		if err != nil {
			t.Fatal(err)
		}
		s.outcome.At = day.Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
		if state, _ = schedule.Decide("game", state, s.outcome); state.Misses != s.misses || state.MissesTotal != s.total {
			t.Errorf("%s: misses %d, total %d; want %d, %d", s.clock, state.Misses, state.MissesTotal, s.misses, s.total)
		}
	}
	// The window opened a second after the last check.
	state = rules.State{Misses: 7, LastCheck: day.Add(20*time.Hour - time.Second)}
	if state, _ = schedule.Decide("game", state, rules.Outcome{At: day.Add(20 * time.Hour)}); state.Misses != 1 {
		t.Errorf("a second before: misses %d", state.Misses)
	}
	// It opened at the very moment of the last check, which counted in it.
	state = rules.State{Misses: 7, LastCheck: day.Add(20 * time.Hour)}
	if state, _ = schedule.Decide("game", state, rules.Outcome{At: day.Add(20*time.Hour + time.Second)}); state.Misses != 8 {
		t.Errorf("at the moment: misses %d", state.Misses)
	}
	// A day later the same window rules again, and it opened since.
	state.Misses = 7
	if state, _ = schedule.Decide("game", state, rules.Outcome{At: state.LastCheck.Add(24 * time.Hour)}); state.Misses != 1 {
		t.Errorf("a day later: misses %d", state.Misses)
	}
	// The clock was set back: nothing opened.
	state.Misses = 7
	if state, _ = schedule.Decide("game", state, rules.Outcome{At: state.LastCheck.Add(-time.Hour)}); state.Misses != 8 {
		t.Errorf("an hour back: misses %d", state.Misses)
	}
}

// TestWholeDay shows that midnight is no opening of a window that rules on.
func TestWholeDay(t *testing.T) {
	schedule := compile(t, "windows:\n  - name: all day\n    rules: [{interval: in_window}]\n", zoneOf(t, "America/Havana"))
	var state rules.State
	for n := range 20 {
		at := time.Date(2025, 3, 1+n, 12, 0, 0, 0, time.UTC)
		var d rules.Decision
		state, d = schedule.Decide("game", state, rules.Outcome{At: at})
		if state.Misses != n+1 || d.Next.Sub(at) != rules.MaxWait || d.Clamped == "" {
			t.Errorf("day %d: misses %d, %+v", n, state.Misses, d)
		}
	}
}

// TestJitter lengthens by a share that stays with the source.
func TestJitter(t *testing.T) {
	schedule := compile(t, "jitter: 50%\nwindows:\n  - name: all day\n    jitter: 20%\n    rules:\n"+
		"      - {when: found > 1, interval: 1h, jitter: 0%}\n      - {when: found > 0, interval: 1h, jitter: 100%}\n      - {interval: 1h}\n", time.UTC)
	at := time.Unix(1e9, 0)
	waits := func(found int) []time.Duration {
		var out []time.Duration
		for n := range 400 {
			source := fmt.Sprintf("game%d", n)
			_, d := schedule.Decide(source, rules.State{}, rules.Outcome{At: at, Found: found})
			_, again := schedule.Decide(source, rules.State{}, rules.Outcome{At: at.Add(time.Minute), Found: found})
			if d.Next.Sub(at) != again.Next.Sub(at.Add(time.Minute)) {
				t.Fatalf("%s: %v, then %v", source, d.Next.Sub(at), again.Next.Sub(at.Add(time.Minute)))
			}
			out = append(out, d.Next.Sub(at))
		}
		slices.Sort(out)
		return out
	}
	for found, most := range []time.Duration{12 * time.Minute, time.Hour, 0} {
		got := waits(found)
		least, middle, last := got[0]-time.Hour, got[200]-time.Hour, got[399]-time.Hour
		if least < 0 || last > most {
			t.Errorf("found %d: %v to %v more, at most %v", found, least, last, most)
		}
		if most > 0 && (least > most/10 || last < most*9/10 || middle < most*4/10 || middle > most*6/10) {
			t.Errorf("found %d: not spread: %v, %v, %v of %v", found, least, middle, last, most)
		}
	}
}

// TestUntil sleeps to a clock time and to a window's opening.
func TestUntil(t *testing.T) {
	paris := zoneOf(t, "Europe/Paris")
	for _, c := range []struct {
		until, from, want string
		clamped           string
	}{
		{`"12:00"`, "2025-06-01T11:59:00+02:00", "2025-06-01T12:00:00+02:00", ""},
		{`"12:00"`, "2025-06-01T12:00:00+02:00", "2025-06-02T12:00:00+02:00", ""},
		{`"24:00"`, "2025-06-01T12:00:00+02:00", "2025-06-02T00:00:00+02:00", ""},
		{`"0:00"`, "2025-06-01T12:00:00+02:00", "2025-06-02T00:00:00+02:00", ""},
		{`"02:30"`, "2025-03-29T12:00:00+01:00", "2025-03-30T03:00:00+02:00", ""}, // does not exist
		{`"02:30"`, "2025-10-25T12:00:00+02:00", "2025-10-26T02:30:00+02:00", ""}, // the first of two
		{`"02:30"`, "2025-10-26T02:30:00+02:00", "2025-10-27T02:30:00+01:00", ""}, // and only that one
		{`"12:00"`, "2025-03-29T12:00:00+01:00", "2025-03-30T12:00:00+02:00", ""}, // 23 hours
		{"evening", "2025-06-01T12:00:00+02:00", "2025-06-02T19:00:00+02:00", ""}, // not at the weekend
		{"evening", "2025-06-02T18:59:59+02:00", "2025-06-02T19:00:00+02:00", ""},
		{"holiday", "2025-12-20T12:00:00+01:00", "2025-12-24T08:00:00+01:00", ""},
		{"holiday", "2025-06-01T12:00:00+02:00", "2025-06-06T18:00:00+02:00", `wakes for "weekend"`},
		{"weekend", "2025-06-02T12:00:00+02:00", "2025-06-06T18:00:00+02:00", ""},
	} {
		schedule := compile(t, `
windows:
  - {name: holiday, from: "08:00", to: "09:00", dates: [2025-12-24], rules: [{interval: 1m}]}
  - {name: weekend, from: "18:00", to: "18:30", days: [fri], wake: true, rules: [{interval: 1m}]}
  - {name: evening, from: "19:00", to: "20:00", days: [mon, wed], rules: [{interval: 1m}]}
  - name: rest
    rules: [{until: `+c.until+`}]
`, paris)
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: from.UTC()})
		if got := d.Next.Format(time.RFC3339); got != c.want || d.Clamped != c.clamped || !d.Until {
			t.Errorf("until %s from %s: %s, clamped %q; want %s, %q", c.until, c.from, got, d.Clamped, c.want, c.clamped)
		}
	}
}

// TestUntilFarAway sleeps at most a week.
func TestUntilFarAway(t *testing.T) {
	schedule := compile(t, `
windows:
  - {name: holiday, from: "08:00", to: "09:00", dates: [2025-12-24], rules: [{interval: 1m}]}
  - {name: rest, rules: [{until: holiday}]}
`, time.UTC)
	at := time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: at})
	if d.Next.Sub(at) != rules.MaxWait || d.Clamped != `"holiday" does not open within 7d` {
		t.Errorf("%+v", d)
	}
}

// TestDecideTogether decides from many goroutines at once: a schedule is safe to
// share.
func TestDecideTogether(t *testing.T) {
	schedule := compile(t, shipped(t), zoneOf(t, "Europe/Paris"))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			at := time.Date(2025, 1, 1+n, 0, 0, 0, 0, time.UTC)
			for range 200 {
				_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: at})
				if !d.Next.After(at) {
					t.Errorf("%s: next %s", at, d.Next)
				}
				at = at.Add(7 * time.Hour)
			}
		})
	}
	group.Wait()
}

// TestDecisionNames tells which rule spoke, and where it stands.
func TestDecisionNames(t *testing.T) {
	schedule := compile(t, "default: {interval: 9m}\nwindows:\n  - name: night\n    from: 22:00\n    to: 24:00\n    rules:\n      - {when: found > 0, interval: 1m}\n", time.UTC)
	at := time.Date(2025, 1, 1, 21, 55, 0, 0, time.UTC)
	_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: at})
	if d.Window != "default" || d.Rule != 0 || d.Line != 1 || d.Reason != "otherwise" || d.Next.Sub(at) != 9*time.Minute {
		t.Errorf("%+v", d)
	}
	_, d = schedule.Decide("game", rules.State{}, rules.Outcome{At: at.Add(time.Hour), Found: 1})
	if d.Window != "night" || d.Rule != 1 || d.Line != 7 || d.When != "found > 0" || !strings.Contains(d.Reason, "found > 0") {
		t.Errorf("%+v", d)
	}
}
