// Package engine waits. One loop checks every source when its schedule says so
// and takes over new schedules while it runs; the same decisions, made on
// simulated time, tell what a day will look like and how good a schedule is.
package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// Checker visits a source once: it lists, fetches and imports what is new. The
// loop calls it from many goroutines, at most once at a time for each source. A
// Checker ends soon after ctx does. A check that fails may still have brought
// files: then it returns both. Its error may implement Refusal.
type Checker interface {
	Check(ctx context.Context, source string) (Result, error)
}

// Refusal is an error that tells whether the source refused the login or its
// host key is wrong, where trying again soon only does harm.
type Refusal interface {
	error
	Refused() bool
}

// Result is what one check brought.
type Result struct {
	Found    []rules.FoundFile // new files
	Imported int
	Rejected int
	Pending  int    // files left for the next check
	Notes    []Note // said in the log, in their order
	// Forecast foretells the source's arrivals, these included; nil: too little is
	// known, or no rule asks.
	Forecast rules.Forecaster
}

// Note is a line for the log.
type Note struct {
	Level slog.Level
	Text  string
	Attrs []slog.Attr // for machines; may be empty
	Last  bool        // said after how the check ended, as what to do about that
}

// Source is one source of a plan.
type Source struct {
	Name     string // unique in its plan
	Schedule *rules.Schedule
	// Same is the text of all that the Schedule is compiled from. When it is equal
	// in the next plan the source's timer is kept, otherwise the last check is
	// decided anew.
	Same string
	// Settings is the text of all other settings. When it differs in the next plan
	// a check that runs is cancelled, and the source is checked at once.
	Settings string
}

// Plan is what to check, and how: one generation of the schedule file. It is
// taken over whole. Run owns the plans it is given.
type Plan struct {
	Sources []Source
	Checker Checker
	// Rest is told after each decision, and at each look at a paused source, how long
	// the source is left alone, so that a connection can be kept or closed. It runs in
	// the loop: it returns at once.
	// May be nil.
	Rest func(source string, wait time.Duration)
	// Done is called once, when the plan is no longer in force and its last check
	// has ended, or when it never came in force: by the Run of the Engine or of the
	// Watcher. It returns at once. May be nil.
	Done func()
}

// Memory is where the states of sources survive a restart, and where others say that
// one is paused. Its methods end when their context does.
type Memory interface {
	// States returns what is remembered of every source, by its name.
	States(ctx context.Context) (map[string]store.SourceState, error)
	// SaveState replaces what is remembered of one source.
	SaveState(ctx context.Context, state store.SourceState) error
	// Pause returns the pause of a source, or its last one. It is asked before each
	// check, from many goroutines.
	Pause(ctx context.Context, source string) (store.Pause, error)
}

var _ Memory = (*store.Store)(nil)

// Engine is the loop that checks sources.
type Engine struct {
	memory Memory
	log    *slog.Logger
	now    func() time.Time // the wall clock alone: what it shows may jump
	pokes  chan poke
	// Beat is called by Run whenever it has looked at what is due: at least once a
	// minute, and no more when Run hangs. It returns at once. May be nil.
	Beat func()
}

// New returns an Engine that remembers in memory and speaks to log.
func New(memory Memory, log *slog.Logger) *Engine {
	return &Engine{memory: memory, log: log, now: func() time.Time { return time.Now().Round(0) }, pokes: make(chan poke)}
}
