package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"
	"unicode"
)

// next says when and why the source is checked again.
func (r reporter) next(s *standing, now time.Time) {
	d := s.decision
	wait := max(0, s.due.Sub(now))
	seconds := int(math.Ceil(wait.Seconds()))
	text := fmt.Sprintf("⏰ Next sync in %ds (%.1f min)", seconds, wait.Minutes())
	if d.Until || wait >= time.Hour && !s.outcome.Failed {
		text = fmt.Sprintf("😴 Deep sleep until %s (%s)", clock(s.due.In(s.source.Schedule.Zone()), wait), span(wait))
	}
	text += ": " + oneLine(d.Reason)
	if d.Clamped != "" {
		text += "; " + d.Clamped
	}
	r.line(s, slog.LevelInfo, text+" ["+strings.Join(s.grounds(), ", ")+"]",
		slog.String("window", d.Window), slog.Int("rule", d.Rule), slog.Int("line", d.Line),
		slog.Int("wait_seconds", seconds), slog.Time("next", s.due), slog.String("reason", d.Reason),
		slog.Int("found", s.outcome.Found), slog.Int("pending", s.outcome.Pending),
		slog.Int("misses", s.state.Misses), slog.Int("errors", s.state.Errors))
}

// grounds are the rule that spoke and what it went by.
func (s *standing) grounds() []string {
	out := []string{s.decision.Window}
	switch {
	case s.decision.Rule > 0:
		out = append(out, fmt.Sprintf("rule %d", s.decision.Rule))
	case !s.outcome.Failed:
		out = append(out, "default rule")
	}
	switch {
	case s.outcome.Failed:
		out = append(out, fmt.Sprintf("errors %d", s.state.Errors))
	case s.outcome.Found > 0:
		out = append(out, fmt.Sprintf("found %d", s.outcome.Found))
	default:
		out = append(out, fmt.Sprintf("misses %d", s.state.Misses))
	}
	if s.outcome.Pending > 0 {
		out = append(out, fmt.Sprintf("pending %d", s.outcome.Pending))
	}
	return out
}

// clock is a moment that lies wait ahead as people say it: with its day when the
// time alone would be ambiguous.
func clock(t time.Time, wait time.Duration) string {
	layout := "15:04 MST"
	if t.Second() != 0 {
		layout = "15:04:05 MST"
	}
	if wait >= 24*time.Hour {
		layout = "Mon 2 Jan " + layout
	}
	return t.Format(layout)
}

// span is a duration as people say it.
func span(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return fmt.Sprintf("%.1f hours", d.Hours())
	case d >= time.Minute:
		return fmt.Sprintf("%.1f min", d.Minutes())
	default:
		return fmt.Sprintf("%.0fs", math.Ceil(d.Seconds()))
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// longestLine bounds what a message may hold of foreign text, in characters.
const longestLine = 2000

// oneLine makes foreign text fit for one line of a log: nothing in it starts a
// new line or speaks to a terminal.
func oneLine(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	cut := ""
	if len(runes) > longestLine {
		runes, cut = runes[:longestLine], "…"
	}
	for i, r := range runes {
		if r != ' ' && !unicode.IsPrint(r) {
			runes[i] = ' '
		}
	}
	return strings.TrimSpace(string(runes)) + cut
}

func asPanic(err error) (*panicError, bool) { return errors.AsType[*panicError](err) }
