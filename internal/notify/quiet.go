package notify

import (
	"cmp"
	"time"
)

const (
	// patternWeeks is how many weeks tell which nights are game nights.
	patternWeeks = 8
	// mostQuietWeeks bounds how far back a quiet streak may reach.
	mostQuietWeeks = 8
	// leastNights is how many of a weekday's nights of those weeks had a file.
	leastNights = 4
	// nightEnds is when a night ends: what comes before belongs to the evening of
	// the day before.
	nightEnds = 6 * time.Hour
)

// night is the day on whose evening t falls, as that day's noon in UTC, so that
// days can be counted.
func night(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	if h := t.In(zone).Hour(); time.Duration(h)*time.Hour < nightEnds {
		d--
	}
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

// quietNights counts the game nights that are over at now and came after that of the
// last arrival, and after that on which the source was resumed; the zero time is never.
// A weekday is a game night when files came on half or more of its nights in the eight
// weeks up to that arrival. 0 when there is none, or no pattern.
func quietNights(arrivals []time.Time, zone *time.Location, resumed, now time.Time) (streak int, last time.Time) {
	nights := map[time.Time]bool{}
	for _, at := range arrivals {
		if at.After(now) {
			continue
		}
		nights[night(at, zone)] = true
		if at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		return 0, last
	}
	end := night(last, zone)
	var played [7]int
	for day := range nights {
		if ago := end.Sub(day); ago >= 0 && ago < patternWeeks*7*24*time.Hour {
			played[day.Weekday()]++
		}
	}
	today := night(now, zone) // not over yet
	if resumed.After(last) {
		end = night(resumed, zone)
	}
	for day := end.AddDate(0, 0, 1); day.Before(today); day = day.AddDate(0, 0, 1) {
		if played[day.Weekday()] >= leastNights {
			streak++
		}
	}
	return streak, last
}

func zoneOf(s *Setting, source string) *time.Location {
	return cmp.Or(s.Zones[source], s.Zone, time.UTC)
}
