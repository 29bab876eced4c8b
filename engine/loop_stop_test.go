package engine

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

func TestStopLetsChecksEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(ctx context.Context, _ string) (Result, error) {
			time.Sleep(9 * time.Second)
			return Result{Found: []rules.FoundFile{{Name: "a.txt"}}}, ctx.Err()
		}
		done := 0
		p := s.plan("1s", "a")
		p.Done = func() { done++ }
		s.run(p)
		stopped := time.Now()
		s.end()
		if took := time.Since(stopped); took != 9*time.Second {
			t.Errorf("Run ended after %s, want 9s", took)
		}
		s.wantTimes("a", "20:00:00")
		if got := s.state("a"); got.Found != 1 || got.LastError != "" {
			t.Errorf("the check's end is not remembered: %+v", got)
		}
		if done != 1 {
			t.Errorf("Done was called %d times", done)
		}
		s.wantSaid(
			"🔄 Sync check at 20:00:00 CEST (ALWAYS)",
			"⏳ Before the end: 1 running check may go on for 10s",
			"🆕 Found 1 new file",
		)
	})
}

func TestStopCancelsAtLast(t *testing.T) {
	for name, brought := range map[string]int{"nothing": 0, "a file": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.states["a"] = store.SourceState{Source: "a", Misses: 4}
				s.visit = func(ctx context.Context, _ string) (Result, error) {
					<-ctx.Done()
					time.Sleep(2 * time.Second) // rolls back
					return Result{Found: make([]rules.FoundFile, brought)}, ctx.Err()
				}
				s.run(s.plan("1s", "a"))
				stopped := time.Now()
				s.end()
				if took := time.Since(stopped); took != grace+2*time.Second {
					t.Errorf("Run ended after %s", took)
				}
				got := s.state("a")
				if got.Errors != 0 || got.Found != brought || brought == 0 && got.Misses != 4 {
					t.Errorf("a cancelled check counts only for what it brought: %+v", got)
				}
			})
		})
	}
}

func TestStopWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "a"))
		s.pass(time.Minute)
		stopped := time.Now()
		s.end()
		if took := time.Since(stopped); took != 0 {
			t.Errorf("Run ended after %s", took)
		}
	})
}

// slowMemory is read until the context of the reading ends.
type slowMemory struct{ forgetful }

func (slowMemory) States(ctx context.Context) (map[string]store.SourceState, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// brokenMemory cannot be read.
type brokenMemory struct{ forgetful }

func (brokenMemory) States(context.Context) (map[string]store.SourceState, error) {
	return nil, errors.New("disk is gone")
}

func TestStopWhileTheStatesAreRead(t *testing.T) {
	for name, tt := range map[string]struct {
		memory Memory
		after  time.Duration
		want   string
	}{
		"stopped before":         {slowMemory{}, 0, ""},
		"stopped meanwhile":      {slowMemory{}, time.Second, ""},
		"read, stopped before":   {forgetful{}, 0, ""},
		"failed, not stopped":    {brokenMemory{}, time.Hour, "read the states of the sources: disk is gone"},
		"failed, stopped before": {brokenMemory{}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.engine.memory = tt.memory
				p, done := s.plan("10m", "a"), 0
				p.Done = func() { done++ }
				ctx, cancel := context.WithTimeout(context.Background(), tt.after)
				defer cancel()
				got := ""
				if err := s.engine.Run(ctx, p, s.plans); err != nil {
					got = err.Error()
				}
				if got != tt.want || done != 1 {
					t.Errorf("Run returned %q and Done was called %d times, want %q and 1", got, done, tt.want)
				}
				s.wantTimes("a")
			})
		})
	}
}

func TestPlansMayEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan("10m", "a"))
		close(s.plans)
		s.pass(25 * time.Minute)
		s.wantTimes("a", "20:00:00", "20:10:00", "20:20:00")
		s.end()
	})
}

func TestMemoryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		broken := errors.New("disk is full")
		tries := 0
		s.save = func() error { tries++; return broken }
		s.run(s.plan("1m", "a"))
		s.pass(5 * time.Minute)
		if n := len(s.times("a")); n != 6 {
			t.Errorf("%d checks, want 6", n)
		}
		if tries < 6 || tries > 12 {
			t.Errorf("%d tries in five minutes", tries)
		}
		s.mu.Lock()
		s.save = nil
		s.mu.Unlock()
		s.pass(longestNap)
		if got := s.state("a"); got.Misses != 7 {
			t.Errorf("after it recovered: %+v", got)
		}
		s.end()
		count := map[string]int{}
		for _, line := range s.said() {
			count[line]++
		}
		if n := count["WARN ⚠️ Cannot remember how the sources stand: disk is full"]; n != 1 {
			t.Errorf("said %d times that it fails", n)
		}
		if n := count["💾 How the sources stand is remembered again"]; n != 1 {
			t.Errorf("said %d times that it is well", n)
		}
	})
}

func TestMemoryFailsToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.save = func() error { panic("no such table") }
		s.run(s.plan("1m", "a", "b"))
		s.pass(time.Minute)
		stopped := time.Now()
		s.end()
		if took := time.Since(stopped); took != 0 {
			t.Errorf("Run ended after %s", took)
		}
	})
}

func TestMemoryHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.save = func() error { time.Sleep(time.Minute); return nil }
		s.run(s.plan("10s", "a", "b"))
		s.pass(time.Minute)
		for _, source := range []string{"a", "b"} {
			if n := len(s.times(source)); n != 7 {
				t.Errorf("%d checks of %s, want 7", n, source)
			}
		}
		s.end()
		if a, b := s.state("a"), s.state("b"); a.Misses != 7 || b.Misses != 7 {
			t.Errorf("the newest states are not stored: %+v, %+v", a, b)
		}
	})
}

// The save that fails is an old one, and the memory is well again when Run ends.
func TestMemoryIsTriedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		first := true
		s.save = func() error {
			if !first {
				return nil
			}
			first = false
			time.Sleep(25 * time.Second)
			return errors.New("disk is full")
		}
		s.run(s.plan("10s", "a"))
		s.pass(26 * time.Second)
		if got := s.state("a"); got.Source != "" {
			t.Errorf("stored while the memory fails: %+v", got)
		}
		s.end()
		if got := s.state("a"); got.Misses != 3 {
			t.Errorf("the newest state is not stored: %+v", got)
		}
	})
}
