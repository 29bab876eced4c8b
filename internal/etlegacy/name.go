package etlegacy

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// PairWithin is the longest time from a round 1 file to its round 2 file.
const PairWithin = 45 * time.Minute

// SessionGap is the longest time between two rounds of one game session: one
// second more starts another.
const SessionGap = 60 * time.Minute

const (
	stampLayout = "2006-01-02-150405"
	maxNameLen  = 255 // bytes of a file name, as file systems have it
)

// ParseName reads a file's name (without a folder); false when it is not a
// stats or awards file's. The stamp must be a real date and time; the map may
// hold '-' and '_', and is what stands before the last "-round-".
func ParseName(name string) (Name, bool) {
	body, ok := strings.CutSuffix(name, ".txt")
	if !ok || len(name) > maxNameLen {
		return Name{}, false
	}
	body, endstats := strings.CutSuffix(body, "-endstats")
	const mapAt = len(stampLayout) + 1
	end := strings.LastIndex(body, "-round-")
	if end <= mapAt || body[mapAt-1] != '-' {
		return Name{}, false
	}
	n := Name{Stamp: body[:mapAt-1], Map: body[mapAt:end], Endstats: endstats}
	switch body[end+len("-round-"):] {
	case "1":
		n.Round = 1
	case "2":
		n.Round = 2
	default:
		return Name{}, false
	}
	if _, ok := wallClock(n.Stamp); !ok || !plainMap(n.Map) {
		return Name{}, false
	}
	return n, true
}

// plainMap refuses what no map is called and a path, a terminal or a database
// could stumble over.
func plainMap(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == '/' || r == '\\' || !unicode.IsPrint(r)
	})
}

// wallClock reads a stamp as if it were UTC.
func wallClock(stamp string) (time.Time, bool) {
	if len(stamp) != len(stampLayout) {
		return time.Time{}, false
	}
	t, err := time.Parse(stampLayout, stamp)
	return t, err == nil
}

// WrittenAt returns the instant, in UTC, of the name's stamp, a wall clock in
// zone. In a gap it is the first instant after it; in a repeated hour the first
// of the two. A stamp that ParseName would refuse gives the zero Time.
func (n Name) WrittenAt(zone *time.Location) time.Time {
	wall, ok := wallClock(n.Stamp)
	if !ok {
		return time.Time{}
	}
	// No offset is more than 26 hours: the stretch of constant offset that holds
	// the answer ends after this instant.
	for at := wall.Add(-26 * time.Hour).In(zone); ; {
		_, offset := at.Zone()
		start, end := at.ZoneBounds()
		t := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !start.IsZero() && t.Before(start): // not in the stretch before, not yet in this one
			return start.UTC()
		case end.IsZero() || t.Before(end):
			return t
		}
		at = end
	}
}

// Pairs reports whether second may be the round 2 of first: rounds 2 and 1 of
// the same map, first strictly earlier and by at most PairWithin. Both are wall
// clocks in zone, so midnight and clock changes do not matter. Of several such
// firsts the latest is the right one: the map was restarted.
func Pairs(first, second Name, zone *time.Location) bool {
	if first.Round != 1 || second.Round != 2 || first.Endstats || second.Endstats || first.Map != second.Map {
		return false
	}
	gap := second.WrittenAt(zone).Sub(first.WrittenAt(zone))
	return gap > 0 && gap <= PairWithin
}
