package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// slow is a visit of d that ends early when it is cancelled.
func slow(d time.Duration) func(context.Context, string) (Result, error) {
	return func(ctx context.Context, _ string) (Result, error) {
		select {
		case <-time.After(d):
			return Result{}, nil
		case <-ctx.Done():
			return Result{}, context.Cause(ctx)
		}
	}
}

func TestPlanAddsAndRemoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "kept", "gone"))
		s.pass(4 * time.Minute)
		s.adopt(s.plan("10m", "new", "kept"))
		s.pass(11 * time.Minute)
		s.wantTimes("kept", "20:00:00", "20:10:00") // its timer is kept
		s.wantTimes("gone", "20:00:00")
		s.wantTimes("new", "20:04:00", "20:14:00")
		s.adopt(s.plan("10m", "kept", "gone"))
		s.pass(time.Second)
		s.wantTimes("gone", "20:00:00", "20:15:00")
		if got := s.state("gone"); got.Misses != 2 {
			t.Errorf("what was known of a source that comes back is lost: %+v", got)
		}
		s.adopt(Plan{Checker: s})
		s.pass(time.Hour)
		s.wantTimes("kept", "20:00:00", "20:10:00")
		s.end()
	})
}

func TestPlanCancelsTheCheckOfASourceThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = slow(time.Hour)
		first := s.plan("10m", "a")
		done := 0
		first.Done = func() { done++ }
		s.run(first)
		s.adopt(s.plan("10m"))
		if s.inside["a"] != 0 || done != 1 {
			t.Errorf("%d checks run, done %d times", s.inside["a"], done)
		}
		s.wantSaid("🔄 Sync check at 20:00:00 CEST (ALWAYS)", "[a] 👋 No longer in the schedule")
		if got := s.state("a"); got.Source != "" {
			t.Errorf("a cancelled check has no outcome: %+v", got)
		}
		s.end()
	})
}

// However many sources there were and are, the line names the one that leaves.
func TestPlanNamesTheSourceThatIsGone(t *testing.T) {
	for name, tt := range map[string]struct{ from, to, want []string }{
		"two to one":     {[]string{"a", "b"}, []string{"b"}, []string{"[a] 👋 No longer in the schedule"}},
		"renamed":        {[]string{"a"}, []string{"b"}, []string{"[a] 👋 No longer in the schedule"}},
		"three to one":   {[]string{"c", "a", "b"}, []string{"b"}, []string{"[a] 👋 No longer in the schedule", "[c] 👋 No longer in the schedule"}},
		"one to another": {[]string{"a"}, []string{"b", "c"}, []string{"[a] 👋 No longer in the schedule"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.run(s.plan("10m", tt.from...))
				s.pass(time.Minute)
				s.said()
				s.adopt(s.plan("10m", tt.to...))
				got := slices.DeleteFunc(s.said(), func(line string) bool { return !strings.Contains(line, "👋") })
				if !slices.Equal(got, tt.want) {
					t.Errorf("said %q, want %q", got, tt.want)
				}
				s.end()
			})
		})
	}
}

func TestPlanBringsASourceBackWhileItsCheckEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		var first, second atomic.Int64
		s.visit = func(ctx context.Context, _ string) (Result, error) {
			if len(s.times("a")) > 1 {
				return Result{}, nil
			}
			<-ctx.Done()
			time.Sleep(3 * time.Second)
			return Result{}, ctx.Err()
		}
		p := s.plan("10m", "a")
		p.Done = func() { first.Add(1) }
		s.run(p)
		p = s.plan("10m")
		p.Done = func() { second.Add(1) }
		s.adopt(p)
		s.adopt(s.plan("10m", "a"))
		if first.Load() != 0 || second.Load() != 1 {
			t.Errorf("done: %d and %d times; a check of the first runs, none of the second", first.Load(), second.Load())
		}
		s.pass(10 * time.Second)
		s.wantTimes("a", "20:00:00", "20:00:03")
		if n := first.Load(); n != 1 {
			t.Errorf("the first plan was done %d times", n)
		}
		s.end()
	})
}

func TestPlanWithOtherSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "a"))
		s.pass(time.Minute)
		p := s.plan("10m", "a")
		p.Sources[0].Settings = "url: elsewhere"
		s.adopt(p)
		s.pass(time.Minute)
		s.wantTimes("a", "20:00:00", "20:01:00") // checked at once
		s.visits(slow(30 * time.Second))
		s.pass(9*time.Minute + 10*time.Second) // in the middle of a check
		s.said()
		p = s.plan("10m", "a")
		p.Sources[0].Settings = "url: third"
		s.adopt(p)
		s.pass(time.Minute)
		s.wantTimes("a", "20:00:00", "20:01:00", "20:11:00", "20:11:10")
		s.wantSaid(
			"✋ Sync check cancelled",
			"🔄 Sync check at 20:11:10 CEST (ALWAYS)",
			"⏰ Next sync in 600s (10.0 min): as always [always, rule 1, misses 3]",
		)
		s.end()
	})
}

// A check that ends well although it was cancelled counts, and the source is
// checked at once all the same.
func TestPlanWithOtherSettingsDuringACheckThatSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(context.Context, string) (Result, error) {
			time.Sleep(10 * time.Second)
			return Result{}, nil
		}
		s.run(s.plan("10m", "a"))
		p := s.plan("10m", "a")
		p.Sources[0].Settings = "url: elsewhere"
		s.adopt(p)
		s.pass(time.Minute)
		s.wantTimes("a", "20:00:00", "20:00:10")
		if got := s.state("a"); got.Misses != 2 {
			t.Errorf("state %+v, want both misses", got)
		}
		s.wantSaid(
			"🔄 Sync check at 20:00:00 CEST (ALWAYS)",
			"🔄 Sync check at 20:00:10 CEST (ALWAYS)",
			"⏰ Next sync in 600s (10.0 min): as always [always, rule 1, misses 2]",
		)
		s.end()
	})
}

func TestPlanWithOtherWindows(t *testing.T) {
	for name, tt := range map[string]struct {
		windows string
		minutes time.Duration // after the change at 20:05
		want    []string
	}{
		"longer":            {"30m", 29, []string{"20:00:00", "20:30:00"}}, // from the last check on
		"shorter":           {"8m", 12, []string{"20:00:00", "20:08:00", "20:16:00"}},
		"past already":      {"2m", 3, []string{"20:00:00", "20:05:00", "20:07:00"}},
		"the same":          {"10m", 16, []string{"20:00:00", "20:10:00", "20:20:00"}},
		"of the outcome":    {`windows: [{name: w, rules: [{when: misses == 1, interval: 25m}, {interval: 1h}]}]`, 40, []string{"20:00:00", "20:25:00"}},
		"of what it found":  {`windows: [{name: w, rules: [{when: found > 0, interval: 27m}, {interval: 1h}]}]`, 40, []string{"20:00:00", "20:27:00"}},
		"to a fixed moment": {`windows: [{name: w, rules: [{until: "20:19", reason: x}]}]`, 20, []string{"20:00:00", "20:19:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				if name == "of what it found" {
					s.visit = func(context.Context, string) (Result, error) {
						return Result{Found: []rules.FoundFile{{Name: "a.txt"}}}, nil
					}
				}
				s.run(s.plan("10m", "a"))
				s.pass(5 * time.Minute)
				s.adopt(s.plan(tt.windows, "a"))
				s.pass(tt.minutes * time.Minute)
				s.wantTimes("a", tt.want...)
				s.end()
			})
		})
	}
}

func TestPlanWithOtherWindowsAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(context.Context, string) (Result, error) { return Result{}, errors.New("no route") }
		s.run(s.plan("10m", "a"))
		s.pass(time.Minute)
		s.adopt(s.plan("on_error: 2m\nwindows: [{name: w, rules: [{interval: 1h}]}]", "a"))
		if got := s.state("a"); got.Errors != 1 || got.Misses != 0 {
			t.Errorf("the failure was counted again: %+v", got)
		}
		s.pass(2 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:02:00")
		s.end()
	})
}

func TestPlanDuringACheckDecidesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = slow(10 * time.Second)
		s.run(s.plan("10m", "a"))
		s.pass(5 * time.Second)
		s.adopt(s.plan("3m", "a"))
		s.pass(5 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:03:10") // not cancelled, and by the new windows
		s.end()
	})
}

func TestPlanBeforeTheFirstCheckEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(ctx context.Context, source string) (Result, error) {
			_, err := slow(10*time.Second)(ctx, source)
			return Result{Found: []rules.FoundFile{{Name: "x"}}}, err
		}
		s.run(s.plan("10m", "a", "b"))
		for range 100 {
			s.adopt(s.plan("3m", "b", "a"))
			s.adopt(s.plan("10m", "a", "b"))
		}
		s.pass(11 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:10:10")
		s.wantTimes("b", "20:00:00", "20:10:10")
		s.end()
	})
}
