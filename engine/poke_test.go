package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// poke pokes a source; the bubble is idle when it returns.
func (s *stage) poke(source string) {
	s.t.Helper()
	if err := s.engine.Poke(s.t.Context(), source); err != nil {
		s.t.Errorf("poke %q: %v", source, err)
	}
	synctest.Wait()
}

func TestPokeLeavesThePlan(t *testing.T) {
	for name, fails := range map[string]error{"nothing": nil, "failure": errors.New("no route")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.run(s.plan(shipped(t), "game"))
				s.pass(3 * time.Minute) // the next check is at 20:11
				s.said()
				before := s.state("game")
				s.visits(func(context.Context, string) (Result, error) { return Result{}, fails })
				s.poke("game")
				s.wantTimes("game", "20:00:00", "20:01:00", "20:03:00")
				if got := s.state("game"); got != before {
					t.Errorf("state %+v, was %+v", got, before)
				}
				last := "💤 Nothing new; the next sync stays at 20:11 CEST"
				if fails != nil {
					last = "ERROR ❌ Sync check out of turn failed: no route; the next sync stays at 20:11 CEST"
				}
				s.wantSaid("🔄 Sync check at 20:03:00 CEST (PRIME TIME), out of turn", last)
				s.visits(nil)
				s.pass(8 * time.Minute)
				s.wantTimes("game", "20:00:00", "20:01:00", "20:03:00", "20:11:00")
				if got := s.state("game"); got.Misses != 3 || got.Errors != 0 {
					t.Errorf("state %+v", got)
				}
				s.end()
			})
		})
	}
}

func TestPokeThatFindsIsDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan(shipped(t), "game"))
		s.pass(3 * time.Minute)
		s.visits(func(context.Context, string) (Result, error) {
			return Result{Found: []rules.FoundFile{{Name: "a.txt"}}, Imported: 1}, nil
		})
		s.poke("game")
		if got := s.state("game"); got.Misses != 0 || got.Found != 1 || got.Reason != "active session" {
			t.Errorf("state %+v", got)
		}
		s.visits(nil)
		s.pass(time.Minute)
		s.wantTimes("game", "20:00:00", "20:01:00", "20:03:00", "20:04:00")
		s.end()
	})
}

// Pokes while a check runs are one check after it.
func TestPokesCoalesce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visits(func(context.Context, string) (Result, error) {
			time.Sleep(10 * time.Second)
			return Result{}, nil
		})
		s.run(s.plan("1h", "a", "b"))
		for range 1000 {
			s.poke("a")
		}
		s.pass(5 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:00:10")
		s.wantTimes("b", "20:00:00")
		s.pass(time.Hour)
		s.wantTimes("a", "20:00:00", "20:00:10", "21:00:10")
		s.end()
	})
}

// A poke's check that runs over the planned moment is followed by the planned one.
func TestPokeOverThePlannedCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("1m", "a"))
		s.pass(50 * time.Second)
		s.visits(func(context.Context, string) (Result, error) {
			time.Sleep(20 * time.Second)
			return Result{}, nil
		})
		s.poke("a")
		s.pass(time.Minute)
		s.wantTimes("a", "20:00:00", "20:00:50", "20:01:10")
		if got := s.state("a"); got.Misses != 2 {
			t.Errorf("%d misses", got.Misses)
		}
		s.end()
	})
}

// A schedule that comes while a poke's check runs decides the last outcome anew.
func TestPlanDuringPoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("1h", "a"))
		s.pass(time.Minute)
		s.visits(func(context.Context, string) (Result, error) {
			time.Sleep(time.Minute)
			return Result{}, nil
		})
		s.poke("a")
		s.adopt(s.plan("10m", "a"))
		s.pass(10 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:01:00", "20:10:00")
		if got := s.state("a"); got.Misses != 2 {
			t.Errorf("%d misses", got.Misses)
		}
		s.end()
	})
}

func TestPokeRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.engine.Poke(brief, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a poke of no Run: %v", err)
		}
		s.run(s.plan("1h", "a"))
		if err := s.engine.Poke(t.Context(), "b"); !errors.Is(err, ErrNoSource) || err.Error() != `no such source: "b"` {
			t.Errorf("a poke of no source: %v", err)
		}
		s.visits(func(context.Context, string) (Result, error) {
			time.Sleep(time.Second)
			return Result{}, nil
		})
		s.poke("a")
		s.stop()
		synctest.Wait()
		if err := s.engine.Poke(t.Context(), "a"); !errors.Is(err, ErrStopping) {
			t.Errorf("a poke at the end: %v", err)
		}
		s.end()
		s.wantTimes("a", "20:00:01", "20:00:01")
	})
}

// A poke that goes well ends a streak of failures, and nothing else.
func TestPokeEndsFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		fails := func(context.Context, string) (Result, error) { return Result{}, errors.New("no route") }
		s.run(s.plan(shipped(t), "game")) // a miss
		s.visits(fails)
		s.pass(7 * time.Minute) // fails at 20:01 and 20:06; next at 20:16
		s.said()
		before := s.state("game")
		if before.Errors != 2 || before.Misses != 1 {
			t.Fatalf("state %+v", before)
		}
		s.poke("game") // one that fails changes nothing
		if got := s.state("game"); got != before {
			t.Errorf("state %+v, was %+v", got, before)
		}
		s.said()
		s.visits(nil)
		s.poke("game")
		s.wantSaid("🔄 Sync check at 20:07:00 CEST (PRIME TIME), out of turn", "🔌 Well again after 2 failed checks, 6.0 min",
			"💤 Nothing new; the next sync stays at 20:16 CEST")
		want := before
		want.Errors, want.LastError = 0, ""
		if got := s.state("game"); got != want {
			t.Errorf("state %+v, want %+v", got, want)
		}
		s.adopt(s.plan("2m", "game")) // there is no failure left to decide anew
		s.poke("game")
		if got := s.said(); len(got) != 2 {
			t.Errorf("well once more: %q", got)
		}
		s.visits(fails)
		s.pass(9 * time.Minute)
		s.wantTimes("game", "20:00:00", "20:01:00", "20:06:00", "20:07:00", "20:07:00", "20:07:00", "20:16:00")
		if got := s.state("game"); got.Errors != 1 || got.Misses != 1 {
			t.Errorf("state %+v", got)
		}
		s.end()
	})
}
