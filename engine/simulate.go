package engine

import (
	"time"

	"github.com/smartsync/smartsync/rules"
)

// Day is the checks that a schedule makes on one local date.
type Day struct {
	From, To time.Time // the date's first instant and the next date's
	Steps    []Step    // the checks in [From, To), oldest first
	Arrivals []Arrival // the arrivals in [From, To), sorted
}

// Simulate returns the checks of n dates of at's zone, the first being at's: where
// schedules of other zones are compared, their days are the same. The date before
// is run first, from its own first instant and in fresh state, so that the first
// date starts in the state that a real one would.
func (p Plot) Simulate(at time.Time, n int) []Day {
	days := make([]Day, n)
	for i := range days {
		days[i] = Day{From: rules.Midnight(at, i), To: rules.Midnight(at, i+1)}
		for _, a := range p.Arrivals {
			if !a.At.Before(days[i].From) && a.At.Before(days[i].To) {
				days[i].Arrivals = append(days[i].Arrivals, a)
			}
		}
	}
	i := 0
	p.Replay(rules.Midnight(at, -1), func(s Step) bool {
		for i < n && !s.At.Before(days[i].To) {
			i++
		}
		if i < n && !s.At.Before(days[i].From) {
			days[i].Steps = append(days[i].Steps, s)
		}
		return i < n
	})
	return days
}

// FixedChecks returns how many checks polling every interval makes in the day.
func (d Day) FixedChecks(interval time.Duration) int {
	return int((d.To.Sub(d.From) + interval - 1) / interval)
}

// LongestWait returns the longest wait that a check of the day decided on.
func (d Day) LongestWait() time.Duration {
	longest := time.Duration(0)
	for _, s := range d.Steps {
		longest = max(longest, s.Decision.Next.Sub(s.At))
	}
	return longest
}

// MeanLatency returns the mean wait of the arrivals that the day's checks found;
// ok is false when they found none.
func (d Day) MeanLatency() (mean time.Duration, ok bool) {
	n := 0
	for _, s := range d.Steps {
		for _, a := range s.Arrived {
			mean += s.At.Sub(a.At)
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return mean / time.Duration(n), true
}
