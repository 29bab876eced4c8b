package forecast

import (
	"math"
	"time"
)

// Rates are what a week brings on average: expected files, and session starts, in
// each half hour of the local week, Monday first.
type Rates struct {
	Files, Starts [7][48]float64
}

// Week returns the rates, recent weeks counting more.
func (m *Model) Week() Rates {
	var r Rates
	for s := range slots {
		d, half := s/daySlots, s%daySlots/6
		r.Files[d][half] += m.habits.files[s]
		r.Starts[d][half] += m.habits.starts[s]
	}
	return r
}

// Tonight returns the chance that a session starts in each hour of the wall clock, by
// its number, when none has been seen before: of the 24 hours from the last 06:00 at
// or before at, so that hours 0 to 5 are those of the night that follows.
func (m *Model) Tonight(at time.Time) [24]float64 {
	const morning = 6
	local := at.In(m.options.zone())
	d := weekday(local)
	if local.Hour() < morning {
		d += 6 // the day before, of the week
	}
	begin := float64(d%7)*day + morning*hour
	var chances [24]float64
	silent := 1.0
	for h := range chances {
		came := 1 - math.Exp(-m.habits.expected(fresh, begin+float64(h)*hour, hour))
		chances[(morning+h)%24] = silent * came
		silent *= 1 - came
	}
	return chances
}
