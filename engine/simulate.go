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

// Simulate returns the checks of the date on which at lies in the schedule's
// zone. The date before is run first, from its own first instant and in fresh
// state, so that the day starts in the state that a real one would. Arrivals are
// sorted.
func Simulate(schedule *rules.Schedule, source string, at time.Time, arrivals []Arrival) Day {
	at = at.In(schedule.Zone())
	day := Day{From: rules.Midnight(at, 0), To: rules.Midnight(at, 1)}
	for _, a := range arrivals {
		if !a.At.Before(day.From) && a.At.Before(day.To) {
			day.Arrivals = append(day.Arrivals, a)
		}
	}
	Replay(schedule, source, rules.Midnight(at, -1), arrivals, func(s Step) bool {
		if !s.At.Before(day.To) {
			return false
		}
		if !s.At.Before(day.From) {
			day.Steps = append(day.Steps, s)
		}
		return true
	})
	return day
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
