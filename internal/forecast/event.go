package forecast

import (
	"maps"
	"math"
	"strings"
	"time"
)

// event is an arrival and its place among those before it.
type event struct {
	at     float64 // seconds since 1970
	gap    float64 // seconds since the arrival before; +Inf for the very first
	round  int8    // 1 or 2; 0 when the name does not tell
	mapID  int32   // 0 when the name does not tell
	before int32   // the map before the present one and how often this has come since
	minute int16   // of the local day
	place  int16   // in the session, from 0
}

// sessionEnd is the silence, in seconds, that ends a session.
const sessionEnd = hour

// first reports whether the event starts a session.
func (e event) first() bool { return e.gap > sessionEnd }

// names numbers the maps from 1.
type names map[string]int32

// with returns the numbers with those of the arrivals' maps added; n stays as it is.
func (n names) with(arrivals []Arrival) names {
	grown := n
	for _, a := range arrivals {
		name, _ := parseName(a.Name)
		if _, ok := grown[name]; ok || name == "" {
			continue
		}
		if len(grown) == len(n) {
			grown = maps.Clone(n)
		}
		grown[name] = int32(len(grown) + 1)
	}
	return grown
}

// event places an arrival after the events before it.
func (n names) event(a Arrival, zone *time.Location, events []event) event {
	name, round := parseName(a.Name)
	local := a.At.In(zone)
	e := event{
		at: seconds(a.At), gap: math.Inf(1), round: round, mapID: n[name],
		minute: int16(local.Hour()*60 + local.Minute()),
	}
	if len(events) == 0 {
		return e
	}
	last := events[len(events)-1]
	e.gap = e.at - last.at
	if e.first() {
		return e
	}
	e.place = min(last.place+1, math.MaxInt16-1)
	switch {
	case e.mapID != last.mapID:
		e.before = last.mapID << 8
	case last.before&0xff < 0xff:
		e.before = last.before + 1
	default:
		e.before = last.before
	}
	return e
}

// parseName reads map and round of YYYY-MM-DD-HHMMSS-map-round-N.txt, N being 1 or
// 2. Of any other name it returns nothing.
func parseName(name string) (mapName string, round int8) {
	const stamp = len("2006-01-02-150405-")
	const tail = "-round-N.txt"
	if len(name) < stamp+1+len(tail) || name[4] != '-' || name[stamp-1] != '-' {
		return "", 0
	}
	rest, end := name[stamp:len(name)-len(tail)], name[len(name)-len(tail):]
	number, ok := strings.CutPrefix(end, "-round-")
	if !ok || (number != "1.txt" && number != "2.txt") {
		return "", 0
	}
	return rest, int8(number[0] - '0')
}
