package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// size says a number of bytes: 812 B, 3.2 KB, 14 MB.
func size(bytes int64) string {
	value, unit := float64(bytes), 0
	for value >= 1000 && unit < 4 {
		value /= 1024
		unit++
	}
	text := strconv.FormatFloat(value, 'f', 1, 64)
	if unit == 0 || value >= 9.95 { // which would round to 10.0
		text = strconv.FormatFloat(value, 'f', 0, 64)
	}
	return text + " " + []string{"B", "KB", "MB", "GB", "TB"}[unit]
}

// shownName is a file's name as it is printed: as it is when it is plain, and
// quoted with escapes when it holds anything that could fool a terminal.
func shownName(name string) string {
	for _, r := range name {
		if !unicode.IsPrint(r) || r == '"' || r == unicode.ReplacementChar {
			return strconv.Quote(name)
		}
	}
	return name
}

// plain is foreign text made fit for one line of a terminal or a log: what does
// not print, and so might speak to the terminal or turn the line around, becomes
// a space.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}

// plainLines is plain of each line.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return strings.Join(lines, "\n")
}

// lastLine is the last line of what a command wrote.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// ago says how long before now t was: "3 min ago"; "never" for the zero time.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return span(now.Sub(t)) + " ago"
}

// span says a duration by its largest unit.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	default:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
}

func mapOf[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
