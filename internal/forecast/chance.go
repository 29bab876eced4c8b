package forecast

import (
	"math"
	"time"
)

// view is what is known at a moment.
type view struct {
	now    float64 // seconds since 1970
	u      float64 // seconds since the last arrival; +Inf when there was none
	second float64 // of the local week
}

func (m *Model) view(now time.Time) view {
	v := view{now: seconds(now), u: math.Inf(1)}
	if n := len(m.events); n > 0 {
		v.u = max(0, v.now-m.events[n-1].at)
	}
	v.second = weekSecond(v.now, m.options.zone())
	return v
}

// silence returns the chance that nothing arrives in the wait seconds after v.
func (m *Model) silence(v view, wait float64) float64 {
	chance := 1.0
	if v.u < sessionEnd {
		c := m.present()
		part := min(wait, sessionEnd-v.u)
		chance = c.at(v.u+part) / max(c.at(v.u), 1e-9)
		v.u, v.second, wait = v.u+part, v.second+part, wait-part
	}
	if v.u < rested {
		part := min(wait, rested-v.u)
		chance *= math.Exp(-m.habits.expected(spent, v.second, part))
		v.second, wait = v.second+part, wait-part
	}
	return chance * math.Exp(-m.habits.expected(fresh, v.second, wait))
}

// Chance returns the probability that a file arrives in (now, now+within], when
// everything until now has been seen and nothing came after the last known arrival.
func (m *Model) Chance(now time.Time, within time.Duration) float64 {
	if within <= 0 {
		return 0
	}
	return min(1, max(0, 1-m.silence(m.view(now), within.Seconds())))
}

// etaLimit is the longest wait that is told.
const etaLimit = week

// ETA returns the expected wait for the next file, each possible wait counting as at
// most seven days.
func (m *Model) ETA(now time.Time) time.Duration {
	v := m.view(now)
	wait, total, before := 0.0, 0.0, 1.0
	for wait < etaLimit {
		step := slot
		if v.u+wait < sessionEnd {
			step = 30
		}
		step = min(step, etaLimit-wait)
		wait += step
		after := m.silence(v, wait)
		total += step * (before + after) / 2
		before = after
	}
	return duration(total)
}
