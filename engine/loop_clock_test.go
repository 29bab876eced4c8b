package engine

import (
	"testing"
	"testing/synctest"
	"time"
)

// One source that is checked every ten minutes; the wall clock is set five
// minutes after a check.
func TestClockSteps(t *testing.T) {
	for name, tt := range map[string]struct {
		step        time.Duration
		first, last time.Duration // when the next check may come, after the step
	}{
		"none":             {0, 5 * time.Minute, 5 * time.Minute},
		"a bit forward":    {2 * time.Minute, 3 * time.Minute, 3 * time.Minute},
		"suspended 8 h":    {8 * time.Hour, 0, longestNap},
		"10 years forward": {87600 * time.Hour, 0, longestNap},
		"a bit back":       {-2 * time.Minute, 7 * time.Minute, 7 * time.Minute},
		"1 h back":         {-time.Hour, 10 * time.Minute, 10*time.Minute + longestNap},
		"to 1970":          {-488000 * time.Hour, 10 * time.Minute, 10*time.Minute + longestNap},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.run(s.plan("10m", "a"))
				s.pass(5*time.Minute + time.Second)
				s.step(tt.step)
				s.pass(tt.first - 2*time.Second)
				if n := len(s.times("a")); tt.first > 0 && n != 1 {
					t.Errorf("%d checks before %s", n, tt.first)
				}
				s.pass(tt.last - tt.first + 2*time.Second)
				if n := len(s.times("a")); n != 2 {
					t.Errorf("%d checks after %s, want 2", n, tt.last)
				}
				s.pass(9 * time.Minute)
				if n := len(s.times("a")); n != 2 {
					t.Errorf("%d checks: a storm", n)
				}
				s.pass(time.Minute + longestNap)
				if n := len(s.times("a")); n != 3 {
					t.Errorf("%d checks: the rhythm is lost", n)
				}
				s.end()
			})
		})
	}
}

func TestClockThereAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "a"))
		s.step(87600 * time.Hour)
		s.pass(longestNap)
		s.step(-87600 * time.Hour)
		s.pass(time.Hour)
		if n := len(s.times("a")); n < 7 || n > 8 {
			t.Errorf("%d checks in an hour, want one every ten minutes and one for the jump", n)
		}
		s.end()
	})
}

// Both nights on which Paris changes its clocks.
func TestDSTNights(t *testing.T) {
	const nightly = `windows:
  - {name: early, from: "02:30", to: "04:00", wake: true, rules: [{interval: 1h, reason: early}]}
  - {name: rest, rules: [{until: early, reason: sleep}]}`
	for name, tt := range map[string]struct {
		start string
		hours time.Duration
		want  []string
	}{
		"spring": {"2025-03-30T00:00:00+01:00", 26, []string{"00:00:00", "03:00:00", "04:00:00", "02:30:00"}},
		"autumn": {"2025-10-26T00:00:00+02:00", 28, []string{"00:00:00", "02:30:00", "02:30:00", "03:30:00", "04:30:00", "02:30:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, tt.start)
				s.run(s.plan(nightly, "a"))
				s.pass(tt.hours * time.Hour)
				s.wantTimes("a", tt.want...)
				s.end()
			})
		})
	}
}
