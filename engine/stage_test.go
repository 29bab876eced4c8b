package engine

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// evening is 20:00 of a Thursday in Paris, in the prime time of the shipped
// schedule.
const evening = "2025-10-02T20:00:00+02:00"

// stage is an Engine in a bubble, with all that it touches.
type stage struct {
	t      testing.TB
	engine *Engine
	plans  chan Plan
	stop   context.CancelFunc
	result chan error

	mu     sync.Mutex
	shift  time.Duration // from the bubble's clock to the wall clock
	visit  func(ctx context.Context, source string) (Result, error)
	states map[string]store.SourceState
	save   func() error // before a save
	pauses map[string]store.Pause
	look   func(ctx context.Context) error // before a pause is told; nil: nothing
	looks  int
	lines  []string
	checks []visit // in the order of their starts
	inside map[string]int
	rests  []string
}

// visit is a check that was asked for.
type visit struct {
	source string
	at     time.Time
}

// newStage sets the wall clock to start; every check is a miss.
func newStage(t testing.TB, start string) *stage {
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{
		t: t, plans: make(chan Plan), result: make(chan error, 1),
		shift:  time.Until(at),
		states: map[string]store.SourceState{}, pauses: map[string]store.Pause{}, inside: map[string]int{},
	}
	s.engine = New(s, slog.New(s))
	s.engine.now = s.now
	return s
}

// run starts the engine; the bubble is idle when it returns.
func (s *stage) run(p Plan) {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go func() { s.result <- s.engine.Run(ctx, p, s.plans) }()
	synctest.Wait()
}

// end stops the engine and waits for it.
func (s *stage) end() {
	s.t.Helper()
	s.stop()
	if err := <-s.result; err != nil {
		s.t.Errorf("Run: %v", err)
	}
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (s *stage) adopt(p Plan) {
	s.plans <- p
	synctest.Wait()
}

// visits says what checks do from now on.
func (s *stage) visits(f func(context.Context, string) (Result, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visit = f
}

func (s *stage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.shift).Round(0)
}

// step sets the wall clock by d.
func (s *stage) step(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift += d
}

// Check is the Checker of the stage's plans.
func (s *stage) Check(ctx context.Context, source string) (Result, error) {
	at := s.now()
	s.mu.Lock()
	s.checks = append(s.checks, visit{source, at})
	if s.inside[source]++; s.inside[source] > 1 {
		s.t.Errorf("two checks of %q at once", source)
	}
	f := s.visit
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inside[source]--
	}()
	if f == nil {
		return Result{}, nil
	}
	return f(ctx, source)
}

func (s *stage) States(context.Context) (map[string]store.SourceState, error) {
	return maps.Clone(s.states), nil
}

func (s *stage) SaveState(_ context.Context, st store.SourceState) error {
	s.mu.Lock()
	f := s.save
	s.mu.Unlock()
	if f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states[st.Source] = st
	return nil
}

func (s *stage) Pause(ctx context.Context, source string) (store.Pause, error) {
	s.mu.Lock()
	s.looks++
	f := s.look
	s.mu.Unlock()
	if f != nil {
		if err := f(ctx); err != nil {
			return store.Pause{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pauses[source], nil
}

func (s *stage) state(source string) store.SourceState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.states[source]
}

// The stage is the log's handler as well.

func (s *stage) Enabled(context.Context, slog.Level) bool { return true }
func (s *stage) WithAttrs([]slog.Attr) slog.Handler       { return s }
func (s *stage) WithGroup(string) slog.Handler            { return s }
func (s *stage) Handle(_ context.Context, r slog.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := r.Message
	if r.Level != slog.LevelInfo {
		line = r.Level.String() + " " + line
	}
	s.lines = append(s.lines, line)
	return nil
}

// said returns the lines since it was asked last.
func (s *stage) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.lines
	s.lines = nil
	return lines
}

// seen returns all checks since the start.
func (s *stage) seen() []visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.checks)
}

// times returns the checks of a source since the start, as clock times.
func (s *stage) times(source string) []string {
	var out []string
	for _, c := range s.seen() {
		if c.source == source {
			out = append(out, c.at.In(paris()).Format("15:04:05"))
		}
	}
	return out
}

func (s *stage) wantTimes(source string, want ...string) {
	s.t.Helper()
	if got := s.times(source); !slices.Equal(got, want) {
		s.t.Errorf("checks of %q at %v, want %v", source, got, want)
	}
}

func (s *stage) wantSaid(want ...string) {
	s.t.Helper()
	if got := s.said(); !slices.Equal(got, want) {
		s.t.Errorf("said:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// plan is one of sources that all go by windows.
func (s *stage) plan(windows string, sources ...string) Plan {
	p := Plan{Checker: s, Rest: func(source string, wait time.Duration) {
		s.rests = append(s.rests, fmt.Sprintf("%s %s", source, rules.FormatDuration(wait)))
	}}
	schedule := compile(s.t, windows)
	for _, name := range sources {
		p.Sources = append(p.Sources, Source{Name: name, Schedule: schedule, Same: windows})
	}
	return p
}

func paris() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}

// compile reads the windows of a schedule file. Windows that are only a wait are
// one for the whole day.
func compile(t testing.TB, windows string) *rules.Schedule {
	t.Helper()
	text := windows
	if _, err := rules.ParseDuration(windows); err == nil {
		text = fmt.Sprintf("windows: [{name: always, rules: [{interval: %s, reason: as always}]}]", windows)
	}
	if !strings.Contains(text, "sources:") {
		text = "timezone: Europe/Paris\nsources: {a: {url: x, import: none}}\n" + text
	}
	c, err := config.Parse("schedule.yaml", []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return c.Sources[0].Schedule
}

// teller is a Checker that tells which source it is asked for.
type teller struct{ told chan error }

func (c teller) Check(_ context.Context, source string) (Result, error) {
	c.told <- fmt.Errorf("check of %s", source)
	return Result{}, nil
}

// forgetful is a Memory of nothing.
type forgetful struct{}

func (forgetful) States(context.Context) (map[string]store.SourceState, error) { return nil, nil }
func (forgetful) SaveState(context.Context, store.SourceState) error           { return nil }
func (forgetful) Pause(context.Context, string) (store.Pause, error)           { return store.Pause{}, nil }
