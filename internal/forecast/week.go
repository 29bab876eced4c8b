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

// Tonight returns the chance that a session starts in each hour of the wall clock,
// on the local day of at, when none has been seen since the morning.
func (m *Model) Tonight(at time.Time) [24]float64 {
	var chances [24]float64
	begin := float64(weekday(at.In(m.options.zone()))) * day
	silent := 1.0
	for h := range chances {
		came := 1 - math.Exp(-m.habits.expected(fresh, begin+float64(h)*hour, hour))
		chances[h] = silent * came
		silent -= chances[h]
	}
	return chances
}
