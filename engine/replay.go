package engine

import (
	"slices"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// Learner makes forecasts of arrivals, and learns as they are found.
type Learner interface {
	// Learn takes arrivals that were found, oldest first, and returns what they
	// foretell from at on, until the next call: nil while too little is known.
	Learn(found []Arrival, at time.Time) rules.Forecaster
}

// Step is one check of a replay.
type Step struct {
	At       time.Time
	Arrived  []Arrival // what the check finds, oldest first
	State    rules.State
	Decision rules.Decision
}

// Plot is what a replay runs: a schedule over a source's arrivals.
type Plot struct {
	Schedule *rules.Schedule
	Source   string
	Arrivals []Arrival // sorted by time
	Learner  Learner   // nil: rules that need a forecast are passed over
	History  []Arrival // sorted; the learner knows those of before the replay, and no check finds any
}

// Replay runs the plot as if it were run from from on in fresh state with its
// first check at from. Each check finds what arrived since the one before, from
// from on; what arrived earlier is history, which the learner knows and no check
// finds. It visits every check until visit returns false.
func (p Plot) Replay(from time.Time, visit func(Step) bool) {
	next := 0
	for next < len(p.Arrivals) && p.Arrivals[next].At.Before(from) {
		next++
	}
	learn := func([]Arrival, time.Time) rules.Forecaster { return nil }
	if p.Learner != nil {
		learn = p.Learner.Learn
		history := slices.Clone(p.Arrivals[:next])
		for _, a := range p.History {
			if a.At.Before(from) {
				history = append(history, a)
			}
		}
		learn(SortArrivals(history), from)
	}
	var state rules.State
	for at := from; ; {
		first := next
		for next < len(p.Arrivals) && !p.Arrivals[next].At.After(at) {
			next++
		}
		step := Step{At: at, Arrived: p.Arrivals[first:next]}
		outcome := rules.Outcome{At: at, Found: next - first, Imported: next - first, Forecast: learn(step.Arrived, at)}
		for _, a := range step.Arrived {
			outcome.Files = append(outcome.Files, rules.FoundFile{Name: a.Name, Modified: a.At})
		}
		state, step.Decision = p.Schedule.Decide(p.Source, state, outcome)
		step.State = state
		if !visit(step) {
			return
		}
		at = step.Decision.Next
	}
}
