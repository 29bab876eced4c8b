package forecast

import (
	"math"
	"sync"
	"time"
)

// terms are what a plan is made for, in seconds.
type terms struct {
	worth, min, max float64
}

// Next returns how long to wait at now until the next check, in [min, max]: the
// plan under which the waiting of files and the checks, each worth so much waiting,
// cost least together. Everything until now has been seen.
func (m *Model) Next(now time.Time, worth, min, max time.Duration) time.Duration {
	t := terms{math.Max(worth.Seconds(), 0.1), math.Max(min.Seconds(), 1), max.Seconds()}
	t.max = math.Max(t.max, t.min)
	wait := m.next(m.view(now), t)
	d := duration(wait).Round(time.Second)
	if d > max {
		d = max
	}
	if d < min {
		d = min
	}
	return d
}

// next returns the seconds to wait.
func (m *Model) next(v view, t terms) float64 {
	if v.u < sessionEnd {
		if to, ok := m.present().plan(t, m.habits.spread[m.events[len(m.events)-1].minute/5]).after(v.u); ok {
			return clamp(to-v.u, t)
		}
	}
	return m.habits.next(v.u, v.second, t)
}

// next returns the seconds to wait when u seconds after the last arrival no session
// runs any more, or its end is all that is left of it.
func (h *habits) next(u, second float64, t terms) float64 {
	wait := max(0, sessionEnd-u)
	if u+wait < rested {
		w := h.plan(spent, t).after(second + wait)
		if u+wait+w <= rested {
			return clamp(wait+w, t)
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
