package engine

import (
	"testing"
	"testing/synctest"
	"time"
)

// A loop that has nothing to do for hours still shows that it lives.
func TestBeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		var beats []time.Time
		s.engine.Beat = func() { beats = append(beats, time.Now()) }
		s.run(s.plan("8h", "a"))
		s.pass(30 * time.Minute)
		s.end()
		if len(beats) < 30 || len(beats) > 60 {
			t.Errorf("%d beats in 30 minutes", len(beats))
		}
		for i := 1; i < len(beats); i++ {
			if gap := beats[i].Sub(beats[i-1]); gap > longestNap {
				t.Errorf("no beat for %s", gap)
			}
		}
	})
}
