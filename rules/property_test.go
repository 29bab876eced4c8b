package rules_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/smartsync/smartsync/rules"
)

// oddZones are zones whose clocks do what others do not: change at midnight, by
// half an hour or by two hours, skip a whole day, change around Ramadan, stand
// off by minutes.
var oddZones = []string{
	"America/Havana", "Asia/Beirut", "America/Sao_Paulo", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia",
	"Africa/Casablanca", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Asia/Tehran", "Africa/Monrovia",
	"Europe/Paris", "Europe/Dublin", "Pacific/Kwajalein", "Pacific/Kiritimati", "UTC",
}

// drawMoment picks a zone and a moment of 1990 to 2040, most often one near
// which the zone's clock changes.
func drawMoment(t *rapid.T) (*time.Location, time.Time) {
	name := rapid.SampledFrom(oddZones).Draw(t, "zone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	if name == "Pacific/Apia" && rapid.Bool().Draw(t, "skipped day") {
		return zone, time.Date(2011, 12, 29, 12, 0, 0, 0, time.UTC)
	}
	at := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 50*365).Draw(t, "day"))
	if _, end := at.In(zone).ZoneBounds(); !end.IsZero() && rapid.IntRange(0, 3).Draw(t, "at a change") > 0 {
		at = end.UTC().Truncate(24 * time.Hour)
	}
	return zone, at
}

// drawSchedule makes a schedule, and its model from two weeks before to three
// weeks after the moment.
func drawSchedule(t *rapid.T, ruleText string) (*rules.Schedule, *model, time.Time) {
	zone, at := drawMoment(t)
	m := newModel(at.AddDate(0, 0, -15), 37, zone, drawWindows(t, at))
	text := m.yaml(ruleText)
	schedule, faults := rules.Compile(specOf(t, text), zone, false) // it may have windows that others hide
	if len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, text)
	}
	return schedule, m, at
}

// TestWindowProperty holds every minute of days around odd moments against the
// model, and the stretches of each date.
func TestWindowProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		schedule, m, at := drawSchedule(t, "      - {interval: 5m}\n")
		for i := m.index(at.AddDate(0, 0, -3)); i < m.index(at.AddDate(0, 0, 4)); i++ {
			if got := schedule.Window(m.at(i)); got != m.window(i) {
				t.Fatalf("%s: %s, want %s", m.at(i).In(schedule.Zone()), got, m.window(i))
			}
		}
		for n := -3; n < 4; n++ {
			noon := at.AddDate(0, 0, n).Add(12 * time.Hour)
			stretches := schedule.Day(noon)
			if first := stretches[0].At; !first.Equal(rules.Midnight(noon.In(schedule.Zone()), 0)) {
				t.Fatalf("%s: the day begins at %s", noon, first)
			}
			for k, s := range stretches {
				if s.Window != m.window(m.index(s.At)) || k > 0 && s.Window == m.window(m.index(s.At)-1) {
					t.Fatalf("%s: no stretch of %s begins", s.At, s.Window)
				}
			}
		}
	})
}

// TestOpeningProperty counts the openings of a window that nothing hides: one a
// local date, whatever the clock does, unless a gap swallows the whole window.
func TestOpeningProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, at := drawMoment(t)
		from := rapid.IntRange(0, minutesADay-1).Draw(t, "from")
		length := rapid.IntRange(121, minutesADay-121).Draw(t, "length") // longer than the longest gap
		m := newModel(at.AddDate(0, 0, -3), 10, zone, []modelWindow{{name: "w", from: from, to: from + length}})
		schedule, faults := rules.Compile(specOf(t, m.yaml("      - {interval: 5m}\n")), zone, false)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		opened := map[string]int{}
		for i := 1; i < len(m.walls); i++ {
			if schedule.Window(m.at(i)) == "w" && schedule.Window(m.at(i-1)) != "w" {
				opened[m.at(i).In(zone).Format(time.DateOnly)]++
			}
		}
		for n := -1; n < 5; n++ {
			// A gap may push an opening past midnight, so the date is that of the opening.
			date := at.AddDate(0, 0, n).Format(time.DateOnly)
			if zone.String() == "Pacific/Apia" || zone.String() == "Pacific/Kwajalein" || zone.String() == "Pacific/Kiritimati" {
				continue // dates that do not exist
			}
			if opened[date] != 1 {
				t.Fatalf("%s from %s in %s: %d openings", date, clockText(from), zone, opened[date])
			}
		}
	})
}

// checkRules are the rules of each window in TestDecideProperty.
const checkRules = `      - {when: found > 3, until: w0}
      - {when: found > 2, interval: 7d}
      - {when: found > 1, interval: in_window}
      - {when: found > 0, interval: 7m}
      - {when: misses > 2, until: "02:30"}
      - {interval: 13m}
`

// TestDecideProperty follows a source through many checks beside the model.
func TestDecideProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		schedule, m, at := drawSchedule(t, checkRules)
		i, last := m.index(at), -1
		var state rules.State
		for range 40 {
			if i > m.index(at.AddDate(0, 0, 12)) {
				break
			}
			outcome := rules.Outcome{At: m.at(i), Found: rapid.SampledFrom([]int{0, 0, 0, 0, 1, 1, 2, 3, 4}).Draw(t, "found")}
			outcome.Failed = outcome.Found == 0 && rapid.IntRange(0, 9).Draw(t, "failed") == 0
			before := state
			after, d := schedule.Decide("game", before, outcome)
			again, same := schedule.Decide("game", before, outcome)
			if after != again || d.Next != same.Next || d.Rule != same.Rule {
				t.Fatalf("%s: %+v, then %+v", outcome.At, d, same)
			}
			state = after
			misses := expectedMisses(m, before, outcome, last, i)
			if state.Misses != misses {
				t.Fatalf("%s: misses %d, want %d", outcome.At.In(schedule.Zone()), state.Misses, misses)
			}
			if !d.Next.After(outcome.At) || d.Next.Sub(outcome.At) > rules.MaxWait {
				t.Fatalf("%s: next %s", outcome.At, d.Next)
			}
			if want := expectedNext(m, state, outcome, i); !d.Next.Equal(want) {
				t.Fatalf("%s, found %d, misses %d, failed %v: next %s by rule %d of %s, want %s", outcome.At.In(schedule.Zone()),
					outcome.Found, state.Misses, outcome.Failed, d.Next, d.Rule, d.Window, want.In(schedule.Zone()))
			}
			last, i = i, m.index(d.Next)
			if pause := rapid.IntRange(0, 20).Draw(t, "pause"); pause > 18 { // the machine slept
				i += pause * 90
			}
		}
	})
}

// expectedMisses is what the model says of the misses: they start again when the
// ruling window opened since the last check, in minute last, and only then.
func expectedMisses(m *model, before rules.State, outcome rules.Outcome, last, i int) int {
	misses := before.Misses
	if last < 0 || m.since(i) > last {
		misses = 0
	}
	switch {
	case outcome.Failed:
		return misses
	case outcome.Found > 0:
		return 0
	}
	return misses + 1
}

// expectedNext is what the model says of the next check after minute i.
func expectedNext(m *model, state rules.State, outcome rules.Outcome, i int) time.Time {
	var wait int
	found := outcome.Found
	switch {
	case outcome.Failed:
		wait = min(60, 5<<(state.Errors-1))
	case m.ruling[i] < 0:
		wait = 47
	case found > 3:
		if n := m.opening(i, i+7*minutesADay, func(w modelWindow) bool { return w.name == "w0" }); n > 0 {
			wait = n - i
		} else {
			wait = 7 * minutesADay
		}
	case found > 2:
		wait = 7 * minutesADay
	case found > 1:
		in := i - m.since(i)
		if in == 0 { // an interval of nothing is held at a second
			return m.at(i).Add(time.Second)
		}
		wait = min(in, 7*minutesADay)
	case found > 0:
		wait = 7
	case state.Misses > 2:
		wait = m.clock(i, 150) - i
	default:
		wait = 13
	}
	if n := m.opening(i, i+wait, func(w modelWindow) bool { return w.wake }); n > 0 {
		wait = n - i
	}
	return m.at(i + wait)
}
