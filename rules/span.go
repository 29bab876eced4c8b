package rules

import (
	"slices"
	"time"
)

// none is the window of a moment that no window holds.
const none = -1

// lookBack bounds how far back the opening of a stretch is searched, in days: a
// week's cycle and a day. in_window saturates there.
const lookBack = 8

// lookAhead bounds how far ahead a window's next opening is searched, in days: a
// year, for windows with dates.
const lookAhead = 400

// segment is a stretch of time that one window rules, from at to the next
// segment's at.
type segment struct {
	at     time.Time
	window int // index into Schedule.windows, or none
}

// span is the segments of the three local days around a date: what almost every
// decision needs. It is a pure function of (schedule, date).
type span struct {
	day      date
	from, to time.Time // of the three days, [from, to)
	segments []segment
	opened   time.Time // of the first segment; zero when it did not open within lookBack
}

// spanAt returns the span around t's date; the last one is kept.
func (s *Schedule) spanAt(t time.Time) *span {
	day := dateOf(t)
	if sp := s.last.Load(); sp != nil && sp.day == day {
		return sp
	}
	sp := &span{day: day, from: day.add(-1).instant(0, s.zone), to: day.add(2).instant(0, s.zone)}
	sp.segments = s.segments(day.add(-1), 3)
	sp.opened = s.openedBefore(sp)
	s.last.Store(sp)
	return sp
}

// openedBefore returns when the stretch that the span begins with began; the
// zero time when that is more than lookBack days ago.
func (s *Schedule) openedBefore(sp *span) time.Time {
	opened := sp.segments[0].at
	for back := 2; back <= lookBack; back++ {
		earlier := s.segments(sp.day.add(-back), 1)
		if len(earlier) == 0 { // a date that the zone skipped
			continue
		}
		last := earlier[len(earlier)-1]
		if last.window != sp.segments[0].window {
			return opened
		}
		if opened = last.at; len(earlier) > 1 {
			return opened
		}
	}
	return time.Time{}
}

// segments returns the segments of days dates from first on. The first one
// starts where the first date does.
func (s *Schedule) segments(first date, days int) []segment {
	from, to := first.instant(0, s.zone), first.add(days).instant(0, s.zone)
	type stretch struct {
		window   int
		from, to time.Time
	}
	var stretches []stretch
	edges := []time.Time{from}
	for i := range s.windows {
		w := &s.windows[i]
		for n := -1; n < days; n++ {
			day := first.add(n)
			if !w.opensOn(day) || !day.add(1).instant(0, s.zone).After(day.instant(0, s.zone)) {
				continue
			}
			st := stretch{i, day.instant(w.from, s.zone), day.instant(w.to, s.zone)}
			stretches = append(stretches, st)
			edges = append(edges, st.from, st.to)
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	var out []segment
	for _, at := range edges {
		if at.Before(from) || !at.Before(to) {
			continue
		}
		ruling := none
		for _, st := range stretches { // in the order of the windows
			if !at.Before(st.from) && at.Before(st.to) {
				ruling = st.window
				break
			}
		}
		if len(out) == 0 || out[len(out)-1].window != ruling {
			out = append(out, segment{at, ruling})
		}
	}
	return out
}

// stretch returns the window that rules at t and when it began to; the zero time
// when that is more than lookBack days ago.
func (s *Schedule) stretch(t time.Time) (window int, opened time.Time) {
	sp := s.spanAt(t)
	i := sp.index(t)
	if i == 0 {
		return sp.segments[0].window, sp.opened
	}
	return sp.segments[i].window, sp.segments[i].at
}

// index returns the segment that holds t, which is not before the span.
func (sp *span) index(t time.Time) int {
	i := len(sp.segments) - 1
	for i > 0 && sp.segments[i].at.After(t) {
		i--
	}
	return i
}

// opening returns the first opening after t, and not after limit, of a window
// that want accepts.
func (s *Schedule) opening(t, limit time.Time, want func(window int) bool) (at time.Time, window int, ok bool) {
	sp := s.spanAt(t)
	i := sp.index(t)
	ruling := sp.segments[i].window
	for _, seg := range sp.segments[i+1:] {
		if seg.at.After(limit) {
			return time.Time{}, 0, false
		}
		if ruling = seg.window; want(ruling) {
			return seg.at, ruling, true
		}
	}
	for n := 2; n < lookAhead; n++ {
		for _, seg := range s.segments(sp.day.add(n), 1) {
			if seg.at.After(limit) {
				return time.Time{}, 0, false
			}
			if seg.window == ruling {
				continue
			}
			if ruling = seg.window; want(ruling) {
				return seg.at, ruling, true
			}
		}
	}
	return time.Time{}, 0, false
}

// clock returns the next instant after t at which the wall clock shows minute.
func (s *Schedule) clock(t time.Time, minute int) time.Time {
	for day := dateOf(t); ; day = day.add(1) {
		if at := day.instant(minute, s.zone); at.After(t) {
			return at
		}
	}
}
