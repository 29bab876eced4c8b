package engine

import (
	"context"
	"errors"
	"fmt"
)

// The reasons for which a poke is refused.
var (
	ErrNoSource = errors.New("no such source")      // the plan in force does not have it
	ErrStopping = errors.New("smartsync is ending") // no check is started any more
)

// poke asks for a check out of turn.
type poke struct {
	source string
	answer chan<- error // has room for one
}

// Poke checks a source of the plan in force out of turn: at once, or as soon as
// the check that runs has ended, for that one may have listed too early. However
// many pokes come before it starts, that is one check. When it finds nothing, or
// fails, it counts neither as a miss nor as an error, and the planned next check
// stays as it was; but one that goes well ends a streak of failures. What it finds is
// decided on as usual. Of a paused source nothing comes. Poke waits for Run to take
// the wish over, not for the check, and returns ctx's error when ctx ends first; else
// the error is nil or wraps ErrNoSource or ErrStopping.
func (e *Engine) Poke(ctx context.Context, source string) error {
	answer := make(chan error, 1)
	select {
	case e.pokes <- poke{source, answer}:
		return <-answer
	case <-ctx.Done():
		return fmt.Errorf("check %q out of turn: %w", source, ctx.Err())
	}
}

// poked takes a poke over. startDue starts its check.
func (l *loop) poked(p poke) {
	s := l.sources[p.source]
	switch {
	case l.leaving:
		p.answer <- ErrStopping
	case s == nil || s.gone:
		p.answer <- fmt.Errorf("%w: %q", ErrNoSource, p.source)
	default:
		s.poked = true
		p.answer <- nil
	}
}

// unmoved ends a check out of turn that brought nothing: the source stands as
// before, but for a schedule that came meanwhile.
func (l *loop) unmoved(s *standing, end report, same string) {
	now := l.engine.now()
	if end.err == nil && s.state.Errors > 0 {
		l.say.well(s, now)
		s.mended()
		l.saves.add(s.remember())
	}
	l.say.unmoved(s, end, now, l.leaving)
	if s.source.Same != same && s.checked {
		s.decide()
		l.decided(s)
	} else if l.plan.Rest != nil {
		l.plan.Rest(s.source.Name, max(0, s.due.Sub(now)))
	}
}
