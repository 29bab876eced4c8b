package rules

import "time"

// date is a day of the calendar, without a zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

// add returns the date n days later.
func (d date) add(n int) date { return dateOf(d.naive(0).AddDate(0, 0, n)) }

// naive returns the date's wall clock at minute (which may pass 24 h) as if the
// zone were UTC.
func (d date) naive(minute int) time.Time {
	return time.Date(d.year, d.month, d.day, 0, minute, 0, 0, time.UTC)
}

func (d date) weekday() time.Weekday { return d.naive(0).Weekday() }

// instant returns the first instant at which the zone's wall clock shows the
// date and minute or later, as Wall does.
func (d date) instant(minute int, zone *time.Location) time.Time {
	return Wall(d.naive(minute), zone)
}

// Wall returns the first instant at which zone's wall clock shows what wall, in
// UTC, does, or later: in a gap the first instant after it, in a repeated hour
// the first of the two.
func Wall(wall time.Time, zone *time.Location) time.Time {
	// No zone is, or ever was, more than 16 hours ahead of UTC: here the wall
	// clock has not reached wall yet. Then zone period after zone period.
	t := wall.Add(-16 * time.Hour).In(zone)
	for {
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if !start.IsZero() && at.Before(start) {
			return start
		}
		if end.IsZero() || at.Before(end) {
			return at
		}
		t = end
	}
}

// Midnight returns the first instant of t's date in t's zone, n days later.
func Midnight(t time.Time, n int) time.Time {
	return dateOf(t).add(n).instant(0, t.Location())
}
