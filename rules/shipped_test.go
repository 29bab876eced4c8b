package rules_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// plainTable is the shipped schedule as its operator would do it by hand: look
// at the clock on the wall every minute, and remember when the last check was
// and what it brought.
type plainTable struct {
	zone   *time.Location
	window string
	misses int
}

func (p *plainTable) clock(t time.Time) int {
	local := t.In(p.zone)
	return local.Hour()*100 + local.Minute()
}

// wait returns the minutes to the next check; 0 is "until 19:30".
func (p *plainTable) wait(t time.Time, found int) int {
	window := "off-hours"
	if c := p.clock(t); c >= 1930 && c < 2000 {
		window = "ramp-up"
	} else if c >= 2000 && c < 2300 {
		window = "prime time"
	}
	if window != p.window {
		p.window, p.misses = window, 0
	}
	if p.misses++; found > 0 {
		p.misses = 0
	}
	switch {
	case window == "ramp-up":
		return 5
	case window == "prime time" && (found > 0 || p.misses == 1):
		return 1
	case window == "prime time" && p.misses < 10:
		return 10
	case window == "prime time":
		return 30
	case found > 0:
		return 5
	case p.misses < 6:
		return 10
	}
	return 0
}

// next walks the minutes after a check at t.
func (p *plainTable) next(t time.Time, wait int) time.Time {
	for n := 1; ; n++ {
		t = t.Add(time.Minute)
		if c := p.clock(t); n == wait || c == 1930 || c == 2000 {
			return t
		}
	}
}

// TestShippedTable follows the shipped schedule through quiet and busy days, and
// through both nights on which the clock changes, beside the plain table.
func TestShippedTable(t *testing.T) {
	zone := zoneOf(t, "Europe/Paris")
	schedule := compile(t, shipped(t), zone)
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name   string
		from   time.Time
		busy   func(local time.Time) bool
		checks int // of the second day
	}{
		{"quiet", time.Date(2025, 9, 30, 0, 0, 0, 0, zone), func(time.Time) bool { return false }, 25},
		{"spring", time.Date(2025, 3, 29, 0, 0, 0, 0, zone), func(time.Time) bool { return false }, 25},
		{"autumn", time.Date(2025, 10, 25, 0, 0, 0, 0, zone), func(time.Time) bool { return false }, 25},
		{"evening games", time.Date(2025, 10, 2, 0, 0, 0, 0, zone), func(l time.Time) bool { return l.Hour() >= 20 && l.Hour() < 22 && l.Minute()%10 == 0 }, 0},
		{"spring night games", time.Date(2025, 3, 29, 0, 0, 0, 0, zone), func(l time.Time) bool { return l.Hour() < 5 && l.Minute()%7 == 0 }, 0},
		{"autumn night games", time.Date(2025, 10, 25, 0, 0, 0, 0, zone), func(l time.Time) bool { return l.Hour() < 5 && l.Minute()%7 == 0 }, 0},
		{"at random", time.Date(2025, 10, 24, 0, 0, 0, 0, zone), func(time.Time) bool { return random.IntN(40) == 0 }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			plain := &plainTable{zone: zone}
			var state rules.State
			at, seen, second := c.from, c.from, 0
			for at.Before(c.from.AddDate(0, 0, 3)) {
				found := 0
				for ; !seen.After(at); seen = seen.Add(time.Minute) {
					if c.busy(seen.In(zone)) {
						found++
					}
				}
				var d rules.Decision
				state, d = schedule.Decide("game", state, rules.Outcome{At: at, Found: found})
				wait := plain.wait(at, found)
				want := plain.next(at, wait)
				if !d.Next.Equal(want) || d.Window != plain.window || state.Misses != plain.misses {
					t.Fatalf("%s, found %d: next %s in %q, misses %d; want %s in %q, misses %d", at.In(zone), found,
						d.Next, d.Window, state.Misses, want.In(zone), plain.window, plain.misses)
				}
				if d.Until != (wait == 0) {
					t.Fatalf("%s: until %v", at.In(zone), d.Until)
				}
				if at.In(zone).Day() == c.from.AddDate(0, 0, 1).Day() {
					second++
				}
				at = d.Next
			}
			if c.checks > 0 && second != c.checks {
				t.Errorf("%d checks on the second day, want %d", second, c.checks)
			}
		})
	}
}

// TestQuietDay writes a whole quiet day out.
func TestQuietDay(t *testing.T) {
	zone := zoneOf(t, "Europe/Paris")
	schedule := compile(t, shipped(t), zone)
	var state rules.State
	var got []string
	for at := time.Date(2025, 10, 1, 0, 0, 0, 0, zone); at.Day() == 1; {
		var d rules.Decision
		state, d = schedule.Decide("game", state, rules.Outcome{At: at})
		got = append(got, fmt.Sprintf("%s %s/%d misses %d", at.Format("15:04"), d.Window, d.Rule, state.Misses))
		at = d.Next
	}
	want := []string{
		"00:00 off-hours/2 misses 1", "00:10 off-hours/2 misses 2", "00:20 off-hours/2 misses 3", "00:30 off-hours/2 misses 4",
		"00:40 off-hours/2 misses 5", "00:50 off-hours/3 misses 6",
		"19:30 ramp-up/1 misses 1", "19:35 ramp-up/1 misses 2", "19:40 ramp-up/1 misses 3", "19:45 ramp-up/1 misses 4",
		"19:50 ramp-up/1 misses 5", "19:55 ramp-up/1 misses 6",
		"20:00 prime time/2 misses 1", "20:01 prime time/3 misses 2", "20:11 prime time/3 misses 3", "20:21 prime time/3 misses 4",
		"20:31 prime time/3 misses 5", "20:41 prime time/3 misses 6", "20:51 prime time/3 misses 7", "21:01 prime time/3 misses 8",
		"21:11 prime time/3 misses 9", "21:21 prime time/4 misses 10", "21:51 prime time/4 misses 11", "22:21 prime time/4 misses 12",
		"22:51 prime time/4 misses 13",
		"23:21 off-hours/2 misses 1", "23:31 off-hours/2 misses 2", "23:41 off-hours/2 misses 3", "23:51 off-hours/2 misses 4",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
