package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// pause pauses a source for so long, until it is resumed when that is 0.
func (s *stage) pause(source string, d time.Duration) {
	now := s.now()
	p := store.Pause{Since: now}
	if d > 0 {
		p.Until = now.Add(d)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses[source] = p
}

func (s *stage) resume(source string) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pauses[source]
	p.Until = now
	s.pauses[source] = p
}

func TestPausedBeforeTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		before := store.SourceState{Source: "game", Misses: 2, MissesTotal: 5, Errors: 0, LastCheck: s.now().Add(-time.Hour), Reason: "so"}
		s.states["game"] = before
		s.pause("game", 6*time.Hour+30*time.Second) // ends at night, within a minute
		s.run(s.plan(shipped(t), "game"))
		s.pass(6 * time.Hour)
		s.wantTimes("game")
		if got := s.state("game"); got != before {
			t.Errorf("state %+v, was %+v", got, before)
		}
		s.wantSaid("⏸️ Paused until 02:00:30 CEST: no checks") // and not a word more
		s.mu.Lock()
		looks := s.looks
		s.mu.Unlock()
		if looks < 359 || looks > 361 {
			t.Errorf("%d looks in six hours", looks)
		}
		s.pass(time.Minute)
		s.wantTimes("game", "02:00:30")
		s.wantSaid("▶️ No longer paused", "🔄 Sync check at 02:00:30 CEST (OFF-HOURS)",
			"⏰ Next sync in 600s (10.0 min): give it a chance [off-hours, rule 2, misses 1]")
		s.pass(10 * time.Minute)
		s.wantTimes("game", "02:00:30", "02:10:30") // and then by the rules
		s.end()
		if at := slices.Index(s.rests, "game 30s"); s.rests[0] != "game 6h30s" || at < 0 || s.rests[at+1] != "game 10m" {
			t.Errorf("rests from %s, %v last", s.rests[0], s.rests[len(s.rests)-5:])
		}
	})
}

func TestPausedWhileResting(t *testing.T) {
	for name, tt := range map[string]struct {
		pause, resume time.Duration // after 20:03; resume 0: never
		until         time.Duration // 0: none
		want          []string
		said          []string
	}{
		"noticed when a check is due, over by itself": {0, 0, 20 * time.Minute,
			[]string{"20:00:00", "20:01:00", "20:23:00"},
			[]string{"⏸️ Paused until 20:23 CEST: no checks", "▶️ No longer paused", "🔄 Sync check at 20:23:00 CEST (PRIME TIME)"}},
		"resumed before its end": {0, 15*time.Minute + 20*time.Second, 5 * time.Hour,
			[]string{"20:00:00", "20:01:00", "20:19:00"},
			[]string{"⏸️ Paused until 01:03 CEST: no checks", "▶️ No longer paused", "🔄 Sync check at 20:19:00 CEST (PRIME TIME)"}},
		"without an end, resumed": {0, 15*time.Minute + 20*time.Second, 0,
			[]string{"20:00:00", "20:01:00", "20:19:00"},
			[]string{"⏸️ Paused: no checks until it is resumed", "▶️ No longer paused", "🔄 Sync check at 20:19:00 CEST (PRIME TIME)"}},
		"over before a check is due": {0, 0, 5 * time.Minute,
			[]string{"20:00:00", "20:01:00", "20:11:00"}, []string{"🔄 Sync check at 20:11:00 CEST (PRIME TIME)"}},
		"resumed before a check is due": {0, time.Minute, time.Hour,
			[]string{"20:00:00", "20:01:00", "20:11:00"}, []string{"🔄 Sync check at 20:11:00 CEST (PRIME TIME)"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.run(s.plan(shipped(t), "game"))
				s.pass(3 * time.Minute) // the next check is at 20:11
				s.said()
				before := s.state("game")
				s.pause("game", tt.until)
				if tt.resume > 0 {
					s.pass(tt.resume)
					if len(tt.want) == 3 && tt.want[2] != "20:11:00" && s.state("game") != before {
						t.Errorf("state %+v, was %+v", s.state("game"), before)
					}
					s.resume("game")
				}
				s.pass(23*time.Minute - tt.resume)
				if got := s.times("game"); len(got) < 3 || !slices.Equal(got[:3], tt.want) {
					t.Errorf("checks at %v, want %v first", got, tt.want)
				}
				if got := s.said(); len(got) < len(tt.said) || !slices.Equal(got[:len(tt.said)], tt.said) {
					t.Errorf("said %q, want %q first", got, tt.said)
				}
				s.end()
			})
		})
	}
}

func TestPauseThatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.pause("a", time.Hour)
		s.run(s.plan("10m", "a", "b"))
		s.pass(9 * time.Minute)
		s.pause("a", 0)
		s.pass(9 * time.Minute)
		s.pause("a", 49*time.Hour) // it began anew, between two looks
		s.pass(9 * time.Minute)
		var got []string
		for _, line := range s.said() {
			if strings.HasPrefix(line, "[a]") {
				got = append(got, line)
			}
		}
		want := []string{"[a] ⏸️ Paused until 21:00 CEST: no checks", "[a] ⏸️ Paused: no checks until it is resumed", "[a] ⏸️ Paused until Sat 4 Oct 21:18 CEST: no checks"}
		if !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
		s.wantTimes("a")
		s.wantTimes("b", "20:00:00", "20:10:00", "20:20:00") // which nothing disturbs
		s.end()
	})
}

func TestPokeWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.pause("a", time.Hour)
		s.run(s.plan("10m", "a"))
		s.said()
		for range 10 {
			s.poke("a")
		}
		s.wantTimes("a")
		s.wantSaid()
		s.resume("a")
		s.poke("a") // the check that ends the pause is one as any other
		s.wantTimes("a", "20:00:00")
		if got := s.state("a"); got.Misses != 1 {
			t.Errorf("state %+v", got)
		}
		s.wantSaid("▶️ No longer paused", "🔄 Sync check at 20:00:00 CEST (ALWAYS)", "⏰ Next sync in 600s (10.0 min): as always [always, rule 1, misses 1]")
		s.pause("a", time.Minute)
		s.poke("a") // which notices the pause first
		s.pass(5 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:01:00")
		s.end()
	})
}

func TestPauseThatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct {
		look  func(context.Context) error
		delay time.Duration
		text  string
	}{
		"an error": {func(context.Context) error { return errors.New("database is locked") }, 0, "database is locked"},
		"a panic":  {func(context.Context) error { panic("out of cheese") }, 0, "panicked: out of cheese"},
		"a hang":   {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, pauseLimit, "context deadline exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.pause("a", 0)
				s.run(s.plan("10m", "a"))
				s.pass(time.Minute)
				s.wantSaid("⏸️ Paused: no checks until it is resumed")
				s.mu.Lock()
				s.look = tt.look
				s.mu.Unlock()
				s.pass(31*time.Minute + 4*tt.delay)
				if n := len(s.times("a")); n != 4 {
					t.Errorf("%d checks in half an hour: %v", n, s.times("a"))
				}
				warnings := slices.DeleteFunc(s.said(), func(line string) bool { return !strings.HasPrefix(line, "WARN") })
				if want := []string{"WARN ⚠️ Checked, for it cannot be known whether it is paused: " + tt.text}; !slices.Equal(warnings, want) {
					t.Errorf("said %q, want %q", warnings, want)
				}
				s.mu.Lock()
				s.look = nil
				s.mu.Unlock()
				s.pass(10 * time.Minute)
				s.wantSaid("⏸️ Paused: no checks until it is resumed")
				s.end()
			})
		})
	}
}

func TestStopWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.pause("a", 0)
		s.run(s.plan("10m", "a"))
		s.pass(90 * time.Second)
		began := time.Now()
		s.end()
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %s to stop", took)
		}
		if len(s.states) != 0 {
			t.Errorf("saved %+v", s.states)
		}
		s.wantSaid("⏸️ Paused: no checks until it is resumed")

		again := newStage(t, evening) // a restart changes nothing
		again.pauses = s.pauses
		again.run(again.plan("10m", "a"))
		again.pass(time.Hour)
		again.wantTimes("a")
		again.wantSaid("⏸️ Paused: no checks until it is resumed")
		again.end()
	})
}

// A source that changes and leaves the plan while it is looked at, and comes back
// paused: it is not checked, and nothing is said of what never began.
func TestPlanWithoutAPausedSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.pause("a", 0)
		s.look = func(ctx context.Context) error {
			select {
			case <-time.After(2 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.run(s.plan("10m", "a"))
		s.pass(time.Second)
		p := s.plan("10m", "a")
		p.Sources[0].Settings = "url: elsewhere"
		s.adopt(p) // in the middle of the look
		s.pass(time.Second)
		s.adopt(s.plan("10m", "b")) // of the second look
		s.pass(time.Minute)
		s.adopt(s.plan("10m", "a", "b"))
		s.pass(time.Minute)
		s.adopt(s.plan("10m", "b"))
		s.adopt(s.plan("10m", "a", "b"))
		s.pass(time.Hour)
		s.wantTimes("a")
		if got := s.state("a"); got.Source != "" {
			t.Errorf("state %+v", got)
		}
		for _, line := range s.said() {
			if strings.Contains(line, "cannot be known") || strings.Contains(line, "cancelled") {
				t.Errorf("said %q", line)
			}
		}
		s.end()
	})
}

func TestPlansWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "a"))
		s.pass(time.Minute)
		s.pause("a", 0)
		s.pass(10 * time.Minute)
		s.said()
		before := s.state("a")
		s.adopt(s.plan("windows: [{name: w, rules: [{until: \"19:00\"}]}]", "a")) // other windows
		s.pass(10 * time.Minute)
		p := s.plan("7m", "a")
		p.Sources[0].Settings = "url: elsewhere"
		s.adopt(p)
		s.pass(10 * time.Minute)
		s.wantSaid()
		s.wantTimes("a", "20:00:00")
		if got := s.state("a"); got != before {
			t.Errorf("state %+v, was %+v", got, before)
		}
		s.resume("a")
		s.pass(time.Minute)
		s.wantTimes("a", "20:00:00", "20:32:00")
		s.wantSaid("▶️ No longer paused", "🔄 Sync check at 20:32:00 CEST (ALWAYS)", "⏰ Next sync in 420s (7.0 min): as always [always, rule 1, misses 2]")
		s.end()
	})
}

func TestClockStepsWhilePaused(t *testing.T) {
	for name, tt := range map[string]struct {
		step        time.Duration // at 20:05 of a pause until 21:00
		first, last time.Duration // when the check may come, after the step
	}{
		"none":          {0, 55 * time.Minute, 55 * time.Minute},
		"a bit forward": {20 * time.Minute, 35 * time.Minute, 35 * time.Minute},
		"over its end":  {8 * time.Hour, 0, longestNap},
		"an hour back":  {-time.Hour, 115 * time.Minute, 115 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.pause("a", time.Hour)
				s.run(s.plan("3h", "a"))
				s.pass(5 * time.Minute)
				s.step(tt.step)
				s.pass(max(0, tt.first-time.Second))
				if n := len(s.times("a")); tt.first > 0 && n != 0 {
					t.Errorf("%d checks before %s", n, tt.first)
				}
				s.pass(tt.last - tt.first + 2*time.Second)
				if n := len(s.times("a")); n != 1 {
					t.Errorf("%d checks after %s, want 1", n, tt.last)
				}
				s.end()
			})
		})
	}
}

// Whoever pauses, resumes and pokes, whenever: no check starts in a pause, none is
// missing after one, and an outcome is all that changes a state.
func TestPausesHold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var pokes, plans bool
		steps := rapid.SliceOfN(rapid.IntRange(0, 9999), 1, 40).Draw(rt, "steps")
		pokes, plans = rapid.Bool().Draw(rt, "pokes"), rapid.Bool().Draw(rt, "plans")
		var fault string
		synctest.Test(t, func(t *testing.T) { fault = pausing(t, steps, pokes, plans) })
		if fault != "" {
			rt.Fatal(fault)
		}
	})
}

func pausing(t *testing.T, steps []int, pokes, plans bool) (fault string) {
	s := newStage(t, evening)
	s.visit = func(_ context.Context, source string) (Result, error) {
		now := s.now()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.pauses[source].At(now) {
			fault = fmt.Sprintf("checked at %s, in the pause %+v", now, s.pauses[source])
		}
		return Result{Found: make([]rules.FoundFile, len(s.checks)%3)}, nil
	}
	s.run(s.plan("5m", "a"))
	for i, step := range steps {
		switch step % 4 {
		case 0:
			s.pause("a", time.Duration(step)*time.Second)
		case 1:
			s.pause("a", 0)
		case 2:
			s.resume("a")
		}
		if pokes {
			s.poke("a")
		}
		if plans && step%5 == 0 {
			s.adopt(s.plan([]string{"5m", "4m"}[i%2], "a"))
		}
		s.pass(time.Duration(step%1000) * time.Second / 2)
	}
	s.resume("a")
	before := len(s.seen())
	s.pass(5*time.Minute + longestNap)
	if n := len(s.seen()) - before; n == 0 || n > 3 {
		fault = fmt.Sprintf("%d checks in six minutes after all pauses", n)
	}
	s.end()
	return fault
}
