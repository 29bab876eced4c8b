package engine

import (
	"maps"
	"slices"
	"time"
)

// generation is a plan in force, or one that a check still runs on.
type generation struct {
	Plan
	running int // checks
	old     bool
}

// replaced marks the end of the plan's time.
func (g *generation) replaced() {
	g.old = true
	g.finish()
}

// release is called when a check of the plan has ended.
func (g *generation) release() {
	g.running--
	g.finish()
}

func (g *generation) finish() {
	if g.old && g.running == 0 {
		g.done()
	}
}

func (p Plan) done() {
	if p.Done != nil {
		p.Done()
	}
}

// adopt takes a plan over, whole.
func (l *loop) adopt(p Plan) {
	before := l.plan
	l.plan = &generation{Plan: p}
	l.say.many = len(p.Sources) > 1
	l.order = l.order[:0]
	gone := map[string]bool{}
	for name := range l.sources {
		gone[name] = true
	}
	for _, source := range p.Sources {
		l.order = append(l.order, source.Name)
		delete(gone, source.Name)
		if s, ok := l.sources[source.Name]; ok {
			l.change(s, source)
			continue
		}
		l.sources[source.Name] = l.known[source.Name].standing(source)
		delete(l.known, source.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(gone)) {
		l.remove(l.sources[name])
	}
	if before != nil {
		before.replaced()
	}
}

// change gives a source of the plan before its new form.
func (l *loop) change(s *standing, source Source) {
	back := s.gone
	was := s.source
	s.source, s.gone = source, false
	switch {
	case (back || was.Settings != source.Settings) && s.check != nil:
		s.cancel()
		s.again = true
	case was.Settings != source.Settings:
		s.due = time.Time{}
	case was.Same != source.Same && s.check == nil && s.checked && !s.leave.paused: // which ends with a check
		s.decide()
		l.decided(s)
	}
}

// remove takes a source out that the new plan does not have.
func (l *loop) remove(s *standing) {
	if s.gone {
		return
	}
	l.say.gone(s)
	if s.check == nil {
		l.forget(s)
		return
	}
	s.gone = true
	s.cancel()
}
