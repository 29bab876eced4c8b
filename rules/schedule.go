package rules

import (
	"slices"
	"sync/atomic"
	"time"
)

// Schedule is a compiled set of windows. It is immutable and safe for
// concurrent use.
type Schedule struct {
	zone      *time.Location
	windows   []window
	byDefault *rule // nil when every moment and every window has its last rule
	onError   time.Duration
	maxError  time.Duration
	errorLine int
	jitter    float64              // share, 0 to 1, of the waits after failed checks
	last      atomic.Pointer[span] // of the last date that was asked for
}

// window is a named part of the day.
type window struct {
	name     string
	from, to int // minutes of the opening day's wall clock; to may pass 24 h
	days     uint8
	dates    map[date]bool
	except   map[date]bool
	wake     bool
	rules    []rule
}

// rule is a condition and what to do when it holds.
type rule struct {
	number   int // from 1; 0 is the default rule
	line     int
	when     *expression // nil: always
	wait     time.Duration
	waitExpr *expression
	clock    int // minute of the day for an until, or -1
	opening  int // window for an until, or none
	reason   string
	jitter   float64 // share, 0 to 1
	errors   bool    // the condition speaks of errors, so it is asked after failed checks too
	foresees bool    // needs a forecast, and is passed over without one
	eta      bool    // uses the fact eta
	forecast *forecast
}

// opensOn tells whether the window opens on a date.
func (w *window) opensOn(d date) bool {
	if w.days != 0 && w.days&(1<<d.weekday()) == 0 {
		return false
	}
	if w.dates != nil && !w.dates[d] {
		return false
	}
	return !w.except[d]
}

// Zone returns the zone in which the schedule's clock times are read.
func (s *Schedule) Zone() *time.Location { return s.zone }

// Window returns the name of the window that rules at t; "default" when none does.
func (s *Schedule) Window(t time.Time) string {
	window, _ := s.stretch(t.In(s.zone))
	return s.name(window)
}

// Windows returns the windows' names, in order.
func (s *Schedule) Windows() []string {
	names := make([]string, len(s.windows))
	for i := range s.windows {
		names[i] = s.windows[i].name
	}
	return names
}

// Stretch is a stretch of time that one window rules, from At to the next one's.
type Stretch struct {
	At     time.Time
	Window string
}

// Day returns the stretches of t's date, in order. The first one starts at the
// date's first instant.
func (s *Schedule) Day(t time.Time) []Stretch {
	var out []Stretch
	for _, seg := range s.segments(dateOf(t.In(s.zone)), 1) {
		out = append(out, Stretch{seg.at, s.name(seg.window)})
	}
	return out
}

// Foresees tells whether any rule needs a forecast.
func (s *Schedule) Foresees() bool {
	for i := range s.windows {
		if slices.ContainsFunc(s.windows[i].rules, func(r rule) bool { return r.foresees }) {
			return true
		}
	}
	return false
}
