package engine

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// longestNap bounds how long the loop trusts its timer: timers stand still
	// while a machine sleeps, and the wall clock may be set.
	longestNap = time.Minute
	// grace is how long running checks may go on after Run's context ended.
	grace = 10 * time.Second
)

// Run checks every source of first at once, and then whenever its schedule says
// so, until ctx ends. Each plan that arrives replaces the one before. When ctx
// ends no check is started any more; running ones get ten seconds to end before
// they are cancelled, and Run returns nil when all that it started has ended.
// The only error is that the memory cannot be read at the start, unless ctx ended
// before or meanwhile.
func (e *Engine) Run(ctx context.Context, first Plan, plans <-chan Plan) error {
	remembered, err := e.memory.States(ctx)
	if err != nil {
		first.done()
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("read the states of the sources: %w", err)
	}
	l := newLoop(ctx, e)
	defer l.tasks.Wait()
	for name, state := range remembered {
		l.known[name] = recall(state)
	}
	l.adopt(first)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		now := e.now()
		l.startDue(now)
		l.saves.next(l)
		if e.Beat != nil {
			e.Beat()
		}
		timer.Reset(l.nap(now))
		select {
		case <-ctx.Done():
		case plan, open := <-plans:
			if open {
				l.adopt(plan)
			} else {
				plans = nil
			}
		case r := <-l.reports:
			l.ended(r)
		case s := <-l.saves.ended:
			l.saves.done(s)
		case p := <-l.engine.pokes:
			l.poked(p)
		case <-timer.C:
		}
	}
	l.drain()
	l.plan.replaced()
	return nil
}

// loop is all that the goroutine of Run owns.
type loop struct {
	engine  *Engine
	base    context.Context // of checks and saves: has no end of its own
	plan    *generation
	order   []string             // the plan's sources
	sources map[string]*standing // and those that left it while their check runs
	known   map[string]memo      // sources that no standing speaks for
	reports chan report
	running int // checks
	saves   saves
	say     reporter
	leaving bool           // no more checks
	tasks   sync.WaitGroup // checks and saves
}

func newLoop(ctx context.Context, e *Engine) *loop {
	return &loop{
		engine:  e,
		base:    context.WithoutCancel(ctx),
		sources: map[string]*standing{},
		known:   map[string]memo{},
		reports: make(chan report),
		saves:   newSaves(e),
		say:     reporter{log: e.log},
	}
}

// startDue starts the checks whose moment has come. However far the wall clock
// has jumped that is one check a source.
func (l *loop) startDue(now time.Time) {
	for _, name := range l.order {
		s := l.sources[name]
		if s.check != nil {
			continue
		}
		if s.due.Sub(now) > s.wait { // the clock was set back
			s.due = now.Add(s.wait)
		}
		if due := !s.due.After(now); due || s.poked {
			l.start(s, now, !due)
		}
	}
}

// nap returns how long nothing is due.
func (l *loop) nap(now time.Time) time.Duration {
	nap := tillFull(now, longestNap)
	for _, name := range l.order {
		if s := l.sources[name]; s.check == nil {
			nap = min(nap, s.due.Sub(now))
		}
	}
	return nap
}

// ended takes over what a check reports.
func (l *loop) ended(r report) {
	s, ended := r.standing, r.standing.check
	cancelled := ended.cancelled
	ended.cancel()
	l.running--
	ended.plan.release()
	s.check, s.leave = nil, r.leave
	if cancelled && len(r.result.Found) > 0 {
		r.err = nil // what it brought before counts
	}
	switch {
	case s.gone:
		l.forget(s)
	case r.leave.paused:
		l.rest(s, r.leave.pause.Until)
	case cancelled && r.err != nil:
		if r.begun {
			l.say.cancelled(s)
		}
	case ended.poked && len(r.result.Found) == 0:
		l.unmoved(s, r, ended.same)
	default:
		at := l.engine.now()
		l.say.outcome(s, r, at)
		s.fold(r, at)
		l.decided(s)
	}
	if s.again {
		s.again, s.due = false, time.Time{}
	}
}

// decided passes a new decision on.
func (l *loop) decided(s *standing) {
	l.saves.add(s.remember())
	l.saves.next(l)
	if now := l.engine.now(); !l.leaving && !s.again && s.due.After(now) {
		l.say.next(s, now)
	}
	l.say.faults(s)
	if l.plan.Rest != nil {
		l.plan.Rest(s.source.Name, s.wait)
	}
}

// drain ends the running checks and stores what they decided.
func (l *loop) drain() {
	l.leaving = true
	l.saves.retry = time.Time{} // one last try
	if l.running > 0 {
		l.say.leaving(l.running)
	}
	limit := time.NewTimer(grace)
	defer limit.Stop()
	for {
		l.saves.next(l)
		if l.running == 0 && !l.saves.busy {
			return
		}
		select {
		case r := <-l.reports:
			l.ended(r)
		case s := <-l.saves.ended:
			l.saves.done(s)
		case p := <-l.engine.pokes:
			l.poked(p)
		case <-limit.C:
			for _, s := range l.sources {
				s.cancel()
			}
		}
	}
}

// forget drops a source that has left the plan.
func (l *loop) forget(s *standing) {
	l.known[s.source.Name] = s.memo()
	delete(l.sources, s.source.Name)
}
