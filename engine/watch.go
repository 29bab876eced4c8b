package engine

import (
	"context"
	"log/slog"
)

// Watcher follows the files that a plan is made of, and loads them anew when
// their content changes. A load that fails changes nothing: the plan in force
// stays.
type Watcher struct {
	// Loaded is told of each later load, when it is set before Run: nil when what the
	// files say is in force, else why it is not. It is called by Run.
	Loaded func(error)
}

// NewWatcher returns a Watcher of files, of which the first is the schedule;
// others may be absent. load reads them all afresh.
func NewWatcher(load func() (Plan, error), log *slog.Logger, files ...string) *Watcher {
	panic("to write")
}

// First loads the plan to start with. Whatever changes after it began is seen by
// Run.
func (w *Watcher) First() (Plan, error) { panic("to write") }

// Reload asks Run to load the files now, changed or not, as after a SIGHUP.
func (w *Watcher) Reload() { panic("to write") }

// Run sends a new plan after each edit that is good, within two seconds, until
// ctx ends; then it returns nil.
func (w *Watcher) Run(ctx context.Context, plans chan<- Plan) error { panic("to write") }
