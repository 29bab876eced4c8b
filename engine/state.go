package engine

import (
	"time"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// memo is what outlives a source's time in the plan.
type memo struct {
	state rules.State
	err   string // of the last check; empty when it succeeded
}

// recall reads what a store remembers.
func recall(s store.SourceState) memo {
	return memo{
		state: rules.State{
			Misses: s.Misses, MissesTotal: s.MissesTotal, Errors: s.Errors,
			LastCheck: s.LastCheck, LastFound: s.LastFound,
		},
		err: s.LastError,
	}
}

// standing makes a standing of m that is due at once.
func (m memo) standing(source Source) *standing {
	return &standing{source: source, state: m.state, err: m.err}
}

// standing is how a source stands.
type standing struct {
	source Source
	state  rules.State
	err    string // of the last check; empty when it succeeded
	// The last check and the state before it, so that it can be decided anew.
	checked  bool // since the start, or since the failures ended out of turn
	before   rules.State
	outcome  rules.Outcome
	decision rules.Decision
	faults   []string // that were said of decisions like the last one
	failing  time.Time
	due      time.Time     // on the wall clock; zero: at once
	wait     time.Duration // of the decision: due is never further off
	check    *check        // nil: none runs
	again    bool          // check at once when the running check has ended
	gone     bool          // not in the plan any more
	poked    bool          // check out of turn as soon as none runs
	leave    leave         // as the last visit found it
}

func (s *standing) memo() memo { return memo{s.state, s.err} }

// fold adds the end of a check to the standing.
func (s *standing) fold(r report, at time.Time) {
	s.checked, s.before, s.outcome = true, s.state, r.outcome(at)
	switch {
	case r.err == nil:
		s.err, s.failing = "", time.Time{}
	case s.failing.IsZero():
		s.failing = at
		fallthrough
	default:
		s.err = oneLine(r.err.Error())
	}
	s.decide()
}

// mended ends a streak of failures. The wait after the last one stays; but there is
// no outcome left that could be decided anew.
func (s *standing) mended() {
	s.state.Errors, s.err, s.failing, s.checked = 0, "", time.Time{}, false
}

// decide decides on the last outcome by the schedule in force.
func (s *standing) decide() {
	s.state, s.decision = s.source.Schedule.Decide(s.source.Name, s.before, s.outcome)
	s.due = s.decision.Next.Round(0)
	s.wait = s.due.Sub(s.outcome.At)
}

// remember returns the standing as a store keeps it.
func (s *standing) remember() store.SourceState {
	return store.SourceState{
		Source: s.source.Name,
		Misses: s.state.Misses, MissesTotal: s.state.MissesTotal, Errors: s.state.Errors,
		Found:     s.outcome.Found,
		LastCheck: s.state.LastCheck.UTC(), LastFound: s.state.LastFound.UTC(),
		LastError: s.err,
		Window:    s.decision.Window, Rule: s.decision.Rule, Line: s.decision.Line,
		Reason: s.decision.Reason, Next: s.due.UTC(),
	}
}
