package forecast

import (
	"sync"
	"time"
)

// terms are what a plan is made for, in seconds.
type terms struct {
	worth, min, max float64
}

// Next returns how long to wait at now until the next check, in [least, most] and
// whole seconds where these allow it: the plan under which the waiting of files and
// the checks, each worth so much waiting, cost least together. Everything until now
// has been seen. A most below least counts as least.
func (m *Model) Next(now time.Time, worth, least, most time.Duration) time.Duration {
	most = max(most, least)
	wait := m.next(m.view(now), newTerms(worth, least, most))
	return min(max(duration(wait).Round(time.Second), least), most)
}

// newTerms keeps plans finite: a check costs something, and no wait is nothing.
func newTerms(worth, least, most time.Duration) terms {
	t := terms{worth: max(worth.Seconds(), 0.1), min: max(least.Seconds(), 1)}
	t.max = max(most.Seconds(), t.min)
	return t
}

// next returns the seconds to wait.
func (m *Model) next(v view, t terms) float64 {
	if v.u < sessionEnd {
		spread := m.habits.spread[m.events[len(m.events)-1].minute/5]
		return clamp(m.present().plan(t, spread).after(v.u)-v.u, t)
	}
	return m.habits.next(v.u, v.second, t)
}

// next returns the seconds to wait when no session runs, u seconds after the last
// arrival.
func (h *habits) next(u, second float64, t terms) float64 {
	wait := 0.0
	if u < rested {
		if w := h.plan(spent, t).after(second); u+w <= rested {
			return clamp(w, t)
		}
		wait = rested - u
	}
	return clamp(wait+h.plan(fresh, t).after(second+wait), t)
}

func clamp(wait float64, t terms) float64 { return min(max(wait, t.min), t.max) }

// cached keeps what was made for few keys.
type cached[K comparable, V any] struct {
	mu   sync.Mutex
	made map[K]V
}

// cacheSize bounds a cache; callers use a handful of keys.
const cacheSize = 32

// get returns the value of key, made once.
func (c *cached[K, V]) get(key K, create func() V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.made[key]; ok {
		return v
	}
	if c.made == nil || len(c.made) >= cacheSize {
		c.made = map[K]V{}
	}
	v := create()
	c.made[key] = v
	return v
}
