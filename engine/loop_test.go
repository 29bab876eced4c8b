package engine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

func shipped(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../schedule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRunEvening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		n := 0
		s.visit = func(context.Context, string) (Result, error) {
			if n++; n != 3 {
				return Result{}, nil
			}
			return Result{Found: []rules.FoundFile{{Name: "a.txt"}, {Name: "b.txt"}}, Imported: 2}, nil
		}
		s.run(s.plan(shipped(t), "game"))
		s.pass(25 * time.Minute)
		s.wantTimes("game", "20:00:00", "20:01:00", "20:11:00", "20:12:00", "20:13:00", "20:23:00")
		if want := []string{"game 1m", "game 10m", "game 1m", "game 1m", "game 10m", "game 10m"}; !slices.Equal(s.rests, want) {
			t.Errorf("rests %v, want %v", s.rests, want)
		}
		s.end()
		want := store.SourceState{
			Source: "game", Misses: 3, MissesTotal: 3, Window: "prime time", Rule: 3, Line: 33,
			Reason: "session might be ending",
		}
		got := s.state("game")
		if at := got.LastCheck.In(paris()).Format(time.TimeOnly); at != "20:23:00" {
			t.Errorf("last check %s", at)
		}
		if at := got.LastFound.In(paris()).Format(time.TimeOnly); at != "20:11:00" {
			t.Errorf("last found %s", at)
		}
		if at := got.Next.In(paris()).Format(time.TimeOnly); at != "20:33:00" {
			t.Errorf("next %s", at)
		}
		want.LastCheck, want.LastFound, want.Next = got.LastCheck, got.LastFound, got.Next
		if got != want {
			t.Errorf("state %+v, want %+v", got, want)
		}
	})
}

func TestRunResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.step(30 * time.Minute)
		s.states["game"] = store.SourceState{
			Source: "game", Misses: 10, MissesTotal: 20, Errors: 2, LastError: "no route",
			LastCheck: s.now().Add(-10 * time.Minute), LastFound: s.now().Add(-3 * time.Hour),
			Next: s.now().Add(time.Hour),
		}
		s.run(s.plan(shipped(t), "game"))
		s.wantTimes("game", "20:30:00") // at once, whatever Next was
		s.pass(time.Minute)
		got := s.state("game")
		if got.Misses != 11 || got.MissesTotal != 21 || got.Errors != 0 || got.LastError != "" || got.Reason != "session over" {
			t.Errorf("state %+v", got)
		}
		s.wantSaid(
			"🔄 Sync check at 20:30:00 CEST (PRIME TIME)",
			"🔌 Well again after 2 failed checks",
			"⏰ Next sync in 1800s (30.0 min): session over [prime time, rule 4, misses 11]",
		)
		s.end()
	})
}

func TestRunUnreadableMemory(t *testing.T) {
	done := 0
	err := New(deaf{}, nil).Run(t.Context(), Plan{Done: func() { done++ }}, nil)
	if err == nil || err.Error() != "read the states of the sources: database is locked" || done != 1 {
		t.Errorf("Run: %v, done %d times", err, done)
	}
}

type deaf struct{ Memory }

func (deaf) States(context.Context) (map[string]store.SourceState, error) {
	return nil, errors.New("database is locked")
}

func TestHangingSourceDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(ctx context.Context, source string) (Result, error) {
			if source == "stuck" {
				<-ctx.Done()
				return Result{}, ctx.Err()
			}
			return Result{}, nil
		}
		s.run(s.plan("10s", "stuck", "fine"))
		s.pass(time.Hour)
		s.wantTimes("stuck", "20:00:00")
		if n := len(s.times("fine")); n != 361 {
			t.Errorf("%d checks of the other source, want 361", n)
		}
		s.end()
	})
}

func TestCheckerThatDies(t *testing.T) {
	for name, end := range map[string]func(){
		"panicked: out of cheese":  func() { panic("out of cheese") },
		"ended without a result":   runtime.Goexit,
		"panicked: evil line \x1b": func() { panic("evil\nline \x1b") },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, evening)
			s.visit = func(_ context.Context, source string) (Result, error) {
				if source == "bad" {
					end()
				}
				return Result{}, nil
			}
			s.run(s.plan(shipped(t), "bad", "good"))
			s.pass(6 * time.Minute)
			s.wantTimes("bad", "20:00:00", "20:05:00")
			s.wantTimes("good", "20:00:00", "20:01:00")
			want := strings.TrimSpace(strings.ReplaceAll(name, "\x1b", ""))
			if got := s.state("bad"); got.Errors != 2 || got.Misses != 0 || got.LastError != want {
				t.Errorf("state %+v, want error %q", got, want)
			}
			if !slices.Contains(s.said(), "ERROR [bad] ❌ Sync check failed: "+want) {
				t.Errorf("%q was not said", want)
			}
			s.end()
		})
	}
}

// refusal is an error of a server that refused the login.
type refusal struct{}

func (refusal) Error() string { return "connect game.example:22: login refused" }
func (refusal) Refused() bool { return true }

func TestFailuresBackOff(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"network": {errors.New("connection refused"), []string{"20:00:00", "20:05:00", "20:15:00", "20:35:00", "21:15:00", "22:15:00"}},
		"refused": {refusal{}, []string{"20:00:00", "21:00:00", "22:00:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.visit = func(context.Context, string) (Result, error) { return Result{}, tt.err }
				s.run(s.plan(shipped(t), "game"))
				s.pass(3*time.Hour - time.Minute)
				s.wantTimes("game", tt.want...)
				if got := s.state("game"); got.Errors != len(tt.want) || got.MissesTotal != 0 {
					t.Errorf("state %+v: a failed check is no miss", got)
				}
				s.end()
			})
		})
	}
}

func TestIdleWakesRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "2025-10-02T09:00:00+02:00")
		s.states["game"] = store.SourceState{Source: "game", Misses: 6, LastCheck: s.now().Add(-time.Hour)}
		var wakes atomic.Int64
		s.engine.now = func() time.Time { wakes.Add(1); return s.now() }
		s.run(s.plan(shipped(t), "game"))
		before := wakes.Load()
		s.pass(10 * time.Hour)
		if n, want := wakes.Load()-before, int64(10*60); n > want || n < want-1 {
			t.Errorf("%d wakes in ten idle hours, want %d", n, want)
		}
		s.wantTimes("game", "09:00:00")
		s.end()
	})
}
