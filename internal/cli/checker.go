package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/sync"
)

// checker gives the engine the sync room: the sources of one plan.
type checker struct {
	sources map[string]open
	told    map[string]*map[string]bool // source -> what was said of its skipped and failed files
	seers   map[string]*seer            // of the sources whose rules need a forecast
	calm    *calm
}

var _ engine.Checker = checker{}

// refusal is an error of a server that refused the login, or whose host key is
// wrong.
type refusal struct{ error }

// Refused tells that trying again soon only does harm.
func (refusal) Refused() bool { return true }

// Unwrap returns the sync room's error.
func (r refusal) Unwrap() error { return r.error }

// Check visits the source once.
func (c checker) Check(ctx context.Context, source string) (engine.Result, error) {
	opened, ok := c.sources[source]
	if !ok {
		return engine.Result{}, fmt.Errorf("no source %q", source)
	}
	c.calm.begin()
	defer c.calm.end()
	report, err := opened.Check(ctx)
	result := engine.Result{Imported: report.Imported, Rejected: len(report.Rejected), Pending: report.Pending}
	for _, f := range report.Found {
		result.Found = append(result.Found, rules.FoundFile{Name: f.Name, Size: int(f.Size), Modified: f.Modified})
	}
	result.Notes = c.notes(source, report)
	if seer := c.seers[source]; seer != nil {
		var note engine.Note
		if result.Forecast, note = seer.foresee(ctx, result.Found); note.Text != "" {
			result.Notes = append(result.Notes, note)
		}
	}
	if e, ok := errors.AsType[*sync.Error](err); ok {
		if e.Hint != "" {
			result.Notes = append(result.Notes, engine.Note{Level: slog.LevelWarn, Text: "💡 " + e.Hint, Last: true})
		}
		if e.Kind == sync.Refused {
			err = refusal{e}
		}
	}
	return result, err
}

// listed is how many names a line of the log holds.
const listed = 5

// notes says what a check did, in the log's words. What it passed over is said
// once, and again only when it changes: a night must stay quiet.
func (c checker) notes(source string, r sync.Report) []engine.Note {
	var notes []engine.Note
	say := func(level slog.Level, format string, args ...any) {
		notes = append(notes, engine.Note{Level: level, Text: fmt.Sprintf(format, args...)})
	}
	if n := len(r.Found); n > 0 {
		var names []string
		for _, f := range r.Found[:min(n, listed)] {
			names = append(names, shownName(f.Name))
		}
		if n > listed {
			names = append(names, fmt.Sprintf("and %d more", n-listed))
		}
		say(slog.LevelInfo, "📥 Downloaded %s (%s): %s", count(n, "file"), size(r.Bytes), strings.Join(names, ", "))
		if tally(r) != "" {
			say(slog.LevelInfo, "📊 Files: %s", strings.TrimPrefix(tally(r), ", "))
		}
	}
	for _, rejected := range r.Rejected[:min(len(r.Rejected), listed)] {
		say(slog.LevelWarn, "⚠️ Rejected %s", rejectedText(rejected.Name, rejected.Line, rejected.Reason, rejected.Detail))
	}
	if more := len(r.Rejected) - listed; more > 0 {
		say(slog.LevelWarn, "⚠️ Rejected %d more: smartsync files --status rejected lists them", more)
	}
	if r.Pending > 0 && len(r.Found) == 0 {
		say(slog.LevelInfo, "✍️ %s still being written: left for the next check", count(r.Pending, "file"))
	}
	said := c.told[source]
	now := map[string]bool{}
	pass := func(verb string, f sync.Fault) {
		text := fmt.Sprintf("⚠️ %s %s: %s", verb, shownName(f.Name), f.Reason)
		if now[text] = true; !(*said)[text] {
			say(slog.LevelWarn, "%s", text)
		}
	}
	for _, f := range r.Failed {
		pass("Could not fetch", f)
	}
	for _, f := range r.Skips[:min(len(r.Skips), listed)] {
		pass("Skipped", f)
	}
	*said = now
	return notes
}
