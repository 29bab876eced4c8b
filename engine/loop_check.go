package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// check is a visit that runs.
type check struct {
	cancel    context.CancelFunc
	cancelled bool
	plan      *generation
	poked     bool   // out of turn
	same      string // of the schedule at its start
}

// report is how a check ended.
type report struct {
	standing *standing
	leave    leave
	begun    bool // else there was no check: it is paused, or nobody knew when it was cancelled
	result   Result
	err      error
}

// start checks s, poked: out of turn; unless it is paused. The check that ends a pause
// is in turn, however it came.
func (l *loop) start(s *standing, now time.Time, poked bool) {
	ctx, cancel := context.WithCancel(l.base)
	poked = poked && !s.leave.paused
	s.check = &check{cancel: cancel, plan: l.plan, poked: poked, same: s.source.Same}
	s.poked = false
	l.plan.running++
	l.running++
	checker, name := l.plan.Checker, s.source.Name
	say, known := l.say, &standing{source: s.source, leave: s.leave} // the loop goes on with its own
	l.tasks.Go(func() {
		r := report{standing: s, err: errors.New("ended without a result")}
		defer func() { l.reports <- r }() // even when the goroutine ends inside
		r.leave = l.engine.look(ctx, name)
		if r.leave.err != nil && ctx.Err() != nil {
			r.leave, r.err = known.leave, ctx.Err()
			return
		}
		say.follows(known, r.leave, now)
		if r.leave.paused {
			r.err = nil
			return
		}
		r.begun = true
		say.checking(known, now, poked)
		r.err = contain(func() (err error) {
			r.result, err = checker.Check(ctx, name)
			return err
		})
	})
}

// cancel ends the check of s, if there is one.
func (s *standing) cancel() {
	if s.check != nil {
		s.check.cancelled = true
		s.check.cancel()
	}
}

// panicError is a panic that was contained.
type panicError struct {
	value any
	stack []byte // of the goroutine that panicked
}

func (e *panicError) Error() string { return fmt.Sprintf("panicked: %v", e.value) }

// contain calls f and turns its panic into a *panicError.
func contain(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value, debug.Stack()}
		}
	}()
	return f()
}

// outcome is what the rules are told of a report.
func (r report) outcome(at time.Time) rules.Outcome {
	out := rules.Outcome{
		At: at, Failed: r.err != nil,
		Found: len(r.result.Found), Files: r.result.Found,
		Imported: r.result.Imported, Rejected: r.result.Rejected, Pending: r.result.Pending, Forecast: r.result.Forecast,
	}
	if refusal, ok := errors.AsType[Refusal](r.err); ok {
		out.Refused = refusal.Refused()
	}
	return out
}
