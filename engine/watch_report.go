package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// longestList bounds how many faults of a file are said.
const longestList = 10

// refuse says why the files are not taken over.
func (w *Watcher) refuse(err error) {
	if w.failing.IsZero() {
		w.failing = time.Now()
	}
	w.tell(err) // first: who reads the lines may ask what was told
	log, name := w.told()
	what := fmt.Sprintf("⚠️ %s is not reloaded, the schedule in force stays: ", name)
	if faults, ok := errors.AsType[*rules.FaultError](err); ok {
		log.Warn(what+count(len(faults.Faults), "fault"), "faults", len(faults.Faults))
		for _, fault := range faults.Faults[:min(len(faults.Faults), longestList)] {
			log.Warn("⚠️ "+oneLine(fault.Address(name)), "line", fault.Line, "column", fault.Column)
		}
	} else {
		attrs := []any{"error", oneLine(err.Error())}
		if p, ok := asPanic(err); ok {
			attrs = append(attrs, "stack", string(p.stack))
		}
		log.Warn(what+oneLine(err.Error()), attrs...)
	}
}

// well says that the files are taken over.
func (w *Watcher) well() {
	log, name := w.told()
	text := fmt.Sprintf("♻️ %s is reloaded", name)
	if !w.failing.IsZero() {
		text = fmt.Sprintf("♻️ %s is good again and in force, after %s", name, span(time.Since(w.failing)))
	}
	w.failing, w.refused = time.Time{}, imprint{}
	w.tell(nil) // first: who reads the line may ask what was told
	log.Info(text)
}

// blind says that there are no events.
func (w *Watcher) blind(err error) {
	log, name := w.told()
	log.Warn(fmt.Sprintf("⚠️ The folder of %s cannot be watched, it is looked at every %s instead: %s",
		name, span(w.pace.fast), oneLine(err.Error())), "error", oneLine(err.Error()))
}

func (w *Watcher) told() (log *slog.Logger, name string) {
	return w.log.With("file", w.files[0]), filepath.Base(w.files[0])
}

func (w *Watcher) tell(err error) {
	if w.Loaded != nil {
		w.Loaded(err)
	}
}
