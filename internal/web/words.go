package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

const (
	longestName = 48 // runes shown of a player's name: the game's have 35 at most
	deepest     = 8  // steps that the style sets the parts of a condition in
)

// functions are what the templates say things with.
var functions = template.FuncMap{
	"static":  func(name string) string { return "/static/" + name + "?" + marks[name] },
	"clock":   func(t time.Time) string { return t.Format("15:04:05") },
	"minute":  func(t time.Time) string { return t.Format("15:04") },
	"zone":    func(t time.Time) string { return t.Format("MST") },
	"when":    whenText,
	"stamp":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"size":    sizeText,
	"took":    tookText,
	"count":   countText,
	"number":  numberText,
	"wait":    func(d time.Duration) string { return rules.FormatDuration(d.Round(time.Second)) },
	"minutes": func(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) },
	"depth":   func(n int) int { return min(n, deepest) },
	"ranking": func(by store.Metric, players []rankedPlayer) any {
		return struct {
			By      store.Metric
			Players []rankedPlayer
		}{by, players}
	},
}

// whenText is t in its own zone, as it is said at now: a clock of the same day, else
// the date before it, with the year where that is another.
func whenText(now, t time.Time) string {
	now = now.In(t.Location())
	switch {
	case now.Year() != t.Year():
		return t.Format("Mon 2 Jan 2006 15:04:05")
	case now.YearDay() != t.YearDay():
		return t.Format("Mon 2 Jan 15:04:05")
	}
	return t.Format("15:04:05")
}

func tookText(seconds float64) string {
	if seconds < 0.1 {
		return "<0.1 s"
	}
	return fmt.Sprintf("%.1f s", seconds)
}

// countText is n things: one names the thing, the plural takes an s.
func countText(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return fmt.Sprintf("%d %s", n, one)
}

// numberText is a value of a metric, with as many decimals in all rows of a ranking.
func numberText(by store.Metric, v float64) string {
	switch {
	case !by.Rate || by.Name == "dpm":
		return fmt.Sprintf("%.0f", v)
	case by.Name == "accuracy":
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// Label is the player's name to show: a very long one is cut, and one of which
// nothing can be seen is the GUID.
func (p rankedPlayer) Label() string {
	if !strings.ContainsFunc(p.Name, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) }) {
		return p.GUID
	}
	if utf8.RuneCountInString(p.Name) > longestName {
		return string([]rune(p.Name)[:longestName-1]) + "…"
	}
	return p.Name
}

func sizeText(n int64) string {
	f, unit := float64(n), 0
	for ; f >= 1024 && unit < 3; unit++ {
		f /= 1024
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, []string{"", "KB", "MB", "GB"}[unit])
}
