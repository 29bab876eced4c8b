// Package forecast learns from past arrivals when the next file comes, and when a
// check is worth its cost. It is pure arithmetic: it is told the time, and touches
// nothing outside. The mathematics stands in docs/forecast.md.
//
// Arrivals come in sessions: more than an hour without a file ends one. Inside a
// session the gap to the next file is read off earlier gaps in similar places;
// outside, sessions start at a rate that is learned for each moment of the week.
// A check costs worth, a duration: so much waiting of files is worth one check.
package forecast

import (
	"slices"
	"time"
)

// Arrival is a file and the moment it appeared.
type Arrival struct {
	At time.Time
	// Name is a file name such as YYYY-MM-DD-HHMMSS-map-round-N.txt, of which map
	// and round are used; of any other name only the moment counts.
	Name string
}

// Options say how to read the arrivals. The zero value reads wall clocks in UTC.
type Options struct {
	Zone *time.Location // of the wall clock that people's habits follow; nil is UTC
}

func (o Options) zone() *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Model is what the arrivals until a moment say of those to come. It is immutable
// for its callers and safe for concurrent use.
type Model struct {
	options Options
	until   time.Time
	events  []event // sorted by time
	maps    names
	noon    time.Time // habits know the arrivals before it
	habits  *habits
	session *cached[struct{}, *session] // of the last event
	prices  *prices
}

// Learn returns the model of the arrivals at or before until, in any order; later
// ones are ignored. The rates of the week know the arrivals before the last noon in
// the options' zone, the present session knows them all.
func Learn(arrivals []Arrival, until time.Time, o Options) *Model {
	m := &Model{options: o, until: until, maps: names{}}
	m.add(arrivals, until)
	m.settle(nil)
	return m
}

// With returns the model that also knows more: of these arrivals those after the last
// one that m knows, at or before until; an until before m's is m's. It equals what
// Learn makes of all of them, and is cheaper: the slow parts are learned again only
// when a noon has passed. m stays as it is.
func (m *Model) With(more []Arrival, until time.Time) *Model {
	if until.Before(m.until) {
		until = m.until
	}
	next := &Model{options: m.options, until: until, events: m.events, maps: m.maps}
	if n := len(m.events); n > 0 {
		more = slices.DeleteFunc(slices.Clone(more), func(a Arrival) bool { return seconds(a.At) <= m.events[n-1].at })
	}
	next.add(more, until)
	next.settle(m)
	return next
}

// add appends the arrivals at or before until to a copy of the events.
func (m *Model) add(arrivals []Arrival, until time.Time) {
	fresh := make([]Arrival, 0, len(arrivals))
	for _, a := range arrivals {
		if !a.At.After(until) {
			fresh = append(fresh, a)
		}
	}
	if len(fresh) == 0 {
		return
	}
	slices.SortStableFunc(fresh, func(a, b Arrival) int { return a.At.Compare(b.At) })
	m.maps = m.maps.with(fresh)
	zone := m.options.zone()
	m.events = slices.Clip(m.events)
	m.events = slices.Grow(m.events, len(fresh))
	for _, a := range fresh {
		m.events = append(m.events, m.maps.event(a, zone, m.events))
	}
}

// settle takes over from before what is still true, and learns the rest: the habits
// when a noon lies between, the prices when that of a Monday does.
func (m *Model) settle(before *Model) {
	m.noon = lastNoon(m.until, m.options.zone())
	same := func(at, then time.Time) bool {
		return at.Equal(then) && len(m.known(at)) == len(before.known(at))
	}
	if before != nil && len(before.events) == len(m.events) {
		m.session = before.session
	} else {
		m.session = &cached[struct{}, *session]{}
	}
	if before != nil && same(m.noon, before.noon) {
		m.habits = before.habits
	} else {
		m.habits = learnHabits(m.known(m.noon), m.noon, m.options.zone())
	}
	if monday := lastMonday(m.noon); before != nil && same(monday, before.prices.asOf) {
		m.prices = before.prices
	} else {
		m.prices = &prices{asOf: monday}
	}
}

// known returns the events before at.
func (m *Model) known(at time.Time) []event {
	n, _ := slices.BinarySearchFunc(m.events, seconds(at), func(e event, s float64) int {
		if e.at < s {
			return -1
		}
		return 1
	})
	return m.events[:n:n]
}

// Least history for which a model speaks rather than the rules.
const (
	readyArrivals = 50
	readySessions = 5
	readyDays     = 14
)

// Ready reports whether the history is long enough to act on: at least 50 arrivals
// in at least 5 sessions over at least 14 days. Until then the rules speak.
func (m *Model) Ready() bool {
	n := len(m.events)
	if n < readyArrivals || m.events[n-1].at-m.events[0].at < readyDays*day {
		return false
	}
	sessions := 0
	for _, e := range m.events {
		if e.first() {
			sessions++
		}
	}
	return sessions >= readySessions
}

const (
	hour = 3600.0
	day  = 24 * hour
	week = 7 * day
)

func seconds(at time.Time) float64 { return float64(at.Unix()) + float64(at.Nanosecond())/1e9 }

func duration(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// lastNoon returns the last 12:00 of zone's wall clock at or before at: the moment
// at which nearly nobody plays. A zone may have skipped it.
func lastNoon(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	for back := 0; ; back++ {
		noon := time.Date(local.Year(), local.Month(), local.Day()-back, 12, 0, 0, 0, zone)
		if !noon.After(at) {
			return noon
		}
	}
}

// lastMonday returns the noon of the Monday at or before noon.
func lastMonday(noon time.Time) time.Time {
	return noon.AddDate(0, 0, -weekday(noon))
}

// weekday counts from Monday, which is 0.
func weekday(local time.Time) int { return (int(local.Weekday()) + 6) % 7 }
