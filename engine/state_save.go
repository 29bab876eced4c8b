package engine

import (
	"context"
	"time"

	"github.com/smartsync/smartsync/store"
)

const (
	// saveLimit bounds one save: a database that another program holds must not
	// keep Run from returning.
	saveLimit = 10 * time.Second
	// saveAgain is the time between tries of a state that could not be saved.
	saveAgain = longestNap
)

// saves stores states one after the other, beside the loop: one that hangs delays
// no check. Only the newest state of a source is stored.
type saves struct {
	memory  Memory
	say     reporter
	waiting map[string]store.SourceState
	busy    bool
	ended   chan save
	failing bool
	retry   time.Time // with failing; by the monotonic clock
}

// save is how a save ended.
type save struct {
	state store.SourceState
	err   error
}

func newSaves(e *Engine) saves {
	return saves{memory: e.memory, say: reporter{log: e.log}, waiting: map[string]store.SourceState{}, ended: make(chan save)}
}

func (s *saves) add(state store.SourceState) { s.waiting[state.Source] = state }

// next starts a save when one is waiting.
func (s *saves) next(l *loop) {
	if s.busy || s.failing && time.Now().Before(s.retry) {
		return
	}
	for name, state := range s.waiting {
		delete(s.waiting, name)
		s.busy = true
		l.tasks.Go(func() {
			ctx, cancel := context.WithTimeout(l.base, saveLimit)
			defer cancel()
			err := contain(func() error { return s.memory.SaveState(ctx, state) })
			s.ended <- save{state, err}
		})
		return
	}
}

// done takes over how a save ended. A state that was not saved waits for the next
// try, unless there is a newer one.
func (s *saves) done(r save) {
	s.busy = false
	switch {
	case r.err == nil && s.failing:
		s.say.remembers()
	case r.err != nil && !s.failing:
		s.say.forgetful(r.state.Source, r.err)
	}
	s.failing = r.err != nil
	if !s.failing {
		return
	}
	s.retry = time.Now().Add(saveAgain)
	if _, newer := s.waiting[r.state.Source]; !newer {
		s.waiting[r.state.Source] = r.state
	}
}
