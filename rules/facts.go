package rules

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"
)

// Facts are what a condition may use, by the names of their tags.
type Facts struct {
	Found      int         `expr:"found"`       // new files this check brought
	FoundFiles []FoundFile `expr:"found_files"` // at most maxFoundFiles of them
	Imported   int         `expr:"imported"`    // files this check imported
	Rejected   int         `expr:"rejected"`    // files this check rejected
	// Misses counts consecutive misses since the last find or since this window
	// opened, this check included; MissesTotal counts across windows.
	Misses      int           `expr:"misses"`
	MissesTotal int           `expr:"misses_total"`
	Errors      int           `expr:"errors"`      // consecutive failed checks
	SinceFound  time.Duration `expr:"since_found"` // since the check that last found something; ten years when none did
	InWindow    time.Duration `expr:"in_window"`   // since this window opened; at most eight days
	Now         time.Time     `expr:"now"`         // in the schedule's zone
	Hour        int           `expr:"hour"`
	Minute      int           `expr:"minute"`
	Weekday     string        `expr:"weekday"` // "mon" … "sun"
	Window      string        `expr:"window"`
	Source      string        `expr:"source"`
	// Chance and ETA come from the source's forecast; rules that use them are passed
	// over without one.
	Chance func(within string) (float64, error) `expr:"chance"` // probability that a file arrives within a duration
	ETA    time.Duration                        `expr:"eta"`    // expected wait for the next file
}

const (
	// maxFoundFiles bounds found_files, and with it what a condition can cost.
	maxFoundFiles = 1000
	// neverFound is since_found of a source that never found anything.
	neverFound = 10 * 365 * 24 * time.Hour
)

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// defaultWindow is the window's name where no window holds.
const defaultWindow = "default"

func (s *Schedule) facts(source string, st State, out Outcome, window int, opened time.Time) *Facts {
	now := out.At.In(s.zone)
	f := &Facts{
		Found: out.Found, FoundFiles: out.Files, Imported: out.Imported, Rejected: out.Rejected,
		Misses: st.Misses, MissesTotal: st.MissesTotal, Errors: st.Errors,
		SinceFound: neverFound, InWindow: lookBack * 24 * time.Hour,
		Now: now, Hour: now.Hour(), Minute: now.Minute(), Weekday: weekdays[now.Weekday()],
		Window: s.name(window), Source: source,
	}
	f.FoundFiles = f.FoundFiles[:min(len(f.FoundFiles), maxFoundFiles)]
	if out.Forecast != nil {
		f.foresee(out.Forecast, s.usesETA(window))
	}
	if !st.LastFound.IsZero() {
		f.SinceFound = max(0, now.Sub(st.LastFound))
	}
	if !opened.IsZero() {
		f.InWindow = min(f.InWindow, now.Sub(opened))
	}
	return f
}

// foresee gives the facts their forecast; the wait only where a rule uses it, for
// it is dear.
func (f *Facts) foresee(forecast Forecaster, eta bool) {
	f.Chance = func(within string) (float64, error) {
		d, err := ParseDuration(within)
		if err != nil {
			return 0, fmt.Errorf("chance %q %w", within, err)
		}
		return forecast.Chance(f.Now, d), nil
	}
	if eta {
		f.ETA = forecast.ETA(f.Now)
	}
}

func (s *Schedule) usesETA(window int) bool {
	return window != none && slices.ContainsFunc(s.windows[window].rules, func(r rule) bool { return r.eta }) ||
		s.byDefault != nil && s.byDefault.eta
}

func (s *Schedule) name(window int) string {
	if window == none {
		return defaultWindow
	}
	return s.windows[window].name
}

// spread returns a share in [0, 1) that is always the same for a source.
func spread(source string) float64 {
	h := fnv.New64a()
	h.Write([]byte(source))
	// FNV's high bits barely change between short names: mix them (splitmix64).
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return math.Ldexp(float64((x^x>>31)>>11), -53)
}
