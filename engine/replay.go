package engine

import (
	"time"

	"github.com/smartsync/smartsync/rules"
)

// Step is one check of a replay.
type Step struct {
	At       time.Time
	Arrived  []Arrival // what the check finds, oldest first
	State    rules.State
	Decision rules.Decision
}

// Replay runs a schedule over arrivals, which are sorted, as if it were run from
// from on in fresh state with its first check at from. Each check finds what
// arrived since the one before, from from on. It visits every check until visit
// returns false.
func Replay(schedule *rules.Schedule, source string, from time.Time, arrivals []Arrival, visit func(Step) bool) {
	next := 0
	for next < len(arrivals) && arrivals[next].At.Before(from) {
		next++
	}
	var state rules.State
	for at := from; ; {
		first := next
		for next < len(arrivals) && !arrivals[next].At.After(at) {
			next++
		}
		step := Step{At: at, Arrived: arrivals[first:next]}
		outcome := rules.Outcome{At: at, Found: next - first, Imported: next - first}
		for _, a := range step.Arrived {
			outcome.Files = append(outcome.Files, rules.FoundFile{Name: a.Name, Modified: a.At})
		}
		state, step.Decision = schedule.Decide(source, state, outcome)
		step.State = state
		if !visit(step) {
			return
		}
		at = step.Decision.Next
	}
}
