package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/rules"
	"pgregory.net/rapid"
)

// What Run does is what Replay foretells: the same checks at the same moments,
// whatever arrives and whenever it is started.
func TestRunDoesWhatReplayTells(t *testing.T) {
	text := shipped(t)
	schedule := compile(t, text)
	rapid.Check(t, func(rt *rapid.T) {
		from := time.Date(2025, 1, 1, 0, rapid.IntRange(0, 366*24*60).Draw(rt, "minute"), 0, 0, time.UTC)
		var arrivals []Arrival
		for _, second := range rapid.SliceOfN(rapid.IntRange(1, 2*24*3600), 0, 30).Draw(rt, "arrivals") {
			// Half a second off, so that none falls together with a check.
			arrivals = append(arrivals, Arrival{At: from.Add(time.Duration(second)*time.Second + time.Second/2), Name: fmt.Sprint(second)})
		}
		slices.SortFunc(arrivals, func(a, b Arrival) int { return a.At.Compare(b.At) })
		var want []time.Time
		Plot{Schedule: schedule, Source: "game", Arrivals: arrivals}.Replay(from, func(step Step) bool {
			if step.At.After(from.Add(48 * time.Hour)) {
				return false
			}
			want = append(want, step.At)
			return true
		})
		got := runOver(t, text, from, arrivals, 48*time.Hour)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			rt.Fatalf("run checks at\n%v\nreplay at\n%v", got, want)
		}
	})
}

// runOver runs the engine for d over arrivals.
func runOver(t *testing.T, text string, from time.Time, arrivals []Arrival, d time.Duration) (times []time.Time) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, from.Format(time.RFC3339))
		s.visit = func(context.Context, string) (r Result, err error) {
			now := s.now()
			for len(arrivals) > 0 && !arrivals[0].At.After(now) {
				r.Found = append(r.Found, rules.FoundFile{Name: arrivals[0].Name, Modified: arrivals[0].At})
				arrivals = arrivals[1:]
			}
			return r, nil
		}
		s.run(s.plan(text, "game"))
		s.pass(d)
		s.end()
		for _, c := range s.seen() {
			times = append(times, c.at)
		}
	})
	return times
}

// A storm of plans, clock steps, slow, failing and hanging checks: every plan is
// done once, no source is checked twice at once, nor in a pause, nor while no plan has
// it, and Run ends all that it started (else the bubble itself fails the test).
func TestPlanStorm(t *testing.T) {
	windows := []string{"1s", "10s", "7m", "windows: [{name: w, rules: [{when: misses > 3, until: \"03:00\"}, {interval: 5s}]}]"}
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		steps := rapid.IntRange(1, 40).Draw(rt, "steps")
		var faults []string
		synctest.Test(t, func(t *testing.T) { faults = storm(t, rand.New(rand.NewPCG(seed, 1)), windows, steps) })
		if len(faults) > 0 {
			rt.Fatal(faults)
		}
	})
}

func storm(t *testing.T, random *rand.Rand, windows []string, steps int) (faults []string) {
	s := newStage(t, evening)
	var paused []string // checks in a pause; under s.mu
	s.visit = func(ctx context.Context, source string) (Result, error) {
		now := s.now()
		s.mu.Lock()
		if p := s.pauses[source]; p.At(now) {
			paused = append(paused, fmt.Sprintf("%q is checked in the pause %+v", source, p))
		}
		s.mu.Unlock()
		switch n := len(s.times(source)) % 5; n {
		case 0:
			<-ctx.Done()
			return Result{}, ctx.Err()
		case 1:
			return Result{}, errors.New("no route")
		default:
			time.Sleep(time.Duration(n*n) * time.Second)
			return Result{Found: make([]rules.FoundFile, n-2)}, ctx.Err()
		}
	}
	done := make([]int, steps+1)
	next := func(i int) (Plan, map[string]bool) {
		var names []string
		has := map[string]bool{}
		for _, name := range []string{"a", "b", "c", "d"} {
			if random.IntN(4) > 0 {
				names, has[name] = append(names, name), true
			}
		}
		p := s.plan(windows[random.IntN(len(windows))], names...)
		for k := range p.Sources {
			p.Sources[k].Settings = fmt.Sprint(random.IntN(3))
		}
		p.Done = func() { done[i]++ }
		return p, has
	}
	first, has := next(0)
	s.run(first)
	for i := range steps {
		before := len(s.seen())
		s.pass(time.Duration(random.IntN(20_000)) * time.Millisecond)
		if random.IntN(3) == 0 {
			s.step(time.Duration(random.IntN(7200)-3600) * time.Second)
			s.pass(time.Second)
		}
		for _, c := range s.seen()[before:] {
			if !has[c.source] {
				faults = append(faults, fmt.Sprintf("%q is checked and in no plan", c.source))
			}
		}
		source := string(rune('a' + random.IntN(4)))
		switch random.IntN(4) {
		case 0:
			s.pause(source, time.Duration(random.IntN(60))*time.Second)
		case 1:
			s.resume(source)
		}
		if err := s.engine.Poke(t.Context(), source); (err == nil) != has[source] {
			faults = append(faults, fmt.Sprintf("poke %q, which a plan has: %t: %v", source, has[source], err))
		}
		var p Plan
		p, has = next(i + 1)
		s.adopt(p)
	}
	s.end()
	faults = append(faults, paused...)
	for i, n := range done {
		if n != 1 {
			faults = append(faults, fmt.Sprintf("plan %d was done %d times", i, n))
		}
	}
	return faults
}

func BenchmarkWake(b *testing.B) {
	l := newLoop(b.Context(), New(nil, nil))
	now := time.Now().Round(0)
	for i := range 1000 {
		name := fmt.Sprint(i)
		l.order = append(l.order, name)
		l.sources[name] = &standing{due: now.Add(time.Hour), wait: 2 * time.Hour}
	}
	b.ReportAllocs()
	for b.Loop() {
		l.startDue(now)
		l.nap(now)
	}
}
