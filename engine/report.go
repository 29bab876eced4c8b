package engine

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// reporter says what happens in the log: the message is the whole line for
// people, the attributes repeat it for machines.
type reporter struct {
	log  *slog.Logger
	many bool // more than one source: lines name theirs
}

func (r reporter) line(s *standing, level slog.Level, text string, attrs ...slog.Attr) {
	if r.many {
		text = "[" + s.source.Name + "] " + text
	}
	r.log.LogAttrs(context.Background(), level, text, append([]slog.Attr{slog.String("source", s.source.Name)}, attrs...)...)
}

func (r reporter) checking(s *standing, now time.Time, poked bool) {
	window := s.source.Schedule.Window(now)
	at := now.In(s.source.Schedule.Zone())
	text := fmt.Sprintf("🔄 Sync check at %s (%s)", at.Format("15:04:05 MST"), strings.ToUpper(window))
	if poked {
		text += ", out of turn"
	}
	r.line(s, slog.LevelInfo, text, slog.String("window", window))
}

// outcome says what a check brought, before s knows of it. A check that brought
// nothing is worth no line.
func (r reporter) outcome(s *standing, end report, now time.Time) {
	if end.err == nil && s.state.Errors > 0 {
		r.well(s, now)
	}
	if n := len(end.result.Found); n > 0 {
		r.line(s, slog.LevelInfo, "🆕 Found "+count(n, "new file"), slog.Int("found", n))
	}
	r.notes(s, end, false)
	if end.err != nil {
		r.failed(s, end.err)
	}
	r.notes(s, end, true)
}

// notes says what the checker wants said, before or after how the check ended.
func (r reporter) notes(s *standing, end report, last bool) {
	for _, note := range end.result.Notes {
		if note.Last == last {
			r.line(s, note.Level, note.Text, note.Attrs...)
		}
	}
}

// unmoved says how a check out of turn ended that brought nothing.
func (r reporter) unmoved(s *standing, end report, now time.Time, leaving bool) {
	r.notes(s, end, false)
	defer r.notes(s, end, true)
	planned := ""
	if wait := s.due.Sub(now); wait > 0 && !leaving {
		planned = "; the next sync stays at " + clock(s.due.In(s.source.Schedule.Zone()), wait)
	}
	if end.err != nil {
		text := oneLine(end.err.Error())
		attrs := []slog.Attr{slog.String("error", text)}
		if p, ok := asPanic(end.err); ok {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
		r.line(s, slog.LevelError, "❌ Sync check out of turn failed: "+text+planned, attrs...)
		return
	}
	r.line(s, slog.LevelInfo, "💤 Nothing new"+planned)
}

func (r reporter) well(s *standing, now time.Time) {
	text := "🔌 Well again after " + count(s.state.Errors, "failed check")
	if !s.failing.IsZero() {
		text += ", " + span(now.Sub(s.failing))
	}
	r.line(s, slog.LevelInfo, text, slog.Int("errors", s.state.Errors))
}

// failed says an error in full once, and short while it stays the same.
func (r reporter) failed(s *standing, err error) {
	text := oneLine(err.Error())
	attrs := []slog.Attr{slog.String("error", text), slog.Int("errors", s.state.Errors+1)}
	if p, ok := asPanic(err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	if s.err == text {
		text = fmt.Sprintf("❌ Sync check failed again, %d in a row", s.state.Errors+1)
	} else {
		text = "❌ Sync check failed: " + text
	}
	r.line(s, slog.LevelError, text, attrs...)
}

func (r reporter) cancelled(s *standing) {
	r.line(s, slog.LevelInfo, "✋ Sync check cancelled")
}

func (r reporter) gone(s *standing) {
	r.many = true // what leaves is named, however many stay
	r.line(s, slog.LevelInfo, "👋 No longer in the schedule")
}

// faults says which rules could not be asked, unless the decision before said
// the same.
func (r reporter) faults(s *standing) {
	for _, fault := range s.decision.Faults {
		if !slices.Contains(s.faults, fault) {
			r.line(s, slog.LevelWarn, "⚠️ Rule skipped: "+oneLine(fault))
		}
	}
	s.faults = s.decision.Faults
}

func (r reporter) leaving(running int) {
	text := fmt.Sprintf("⏳ Before the end: %s may go on for %s", count(running, "running check"), span(grace))
	r.log.Info(text, "running", running)
}

func (r reporter) forgetful(source string, err error) {
	r.log.Warn("⚠️ Cannot remember how the sources stand: "+oneLine(err.Error()), "source", source, "error", oneLine(err.Error()))
}

func (r reporter) remembers() { r.log.Info("💾 How the sources stand is remembered again") }
