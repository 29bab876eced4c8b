package forecast

import "time"

// Bin compares what was predicted with what came: of N moments at which the chance
// of a file lay in [From, To), Mean is the mean prediction and Observed the share of
// them at which a file did come.
type Bin struct {
	From, To       float64
	N              int
	Mean, Observed float64
}

// Calibrate replays [from, to) and compares, every step, the chance of a file within
// the next half hour, told from the past alone, with what came. Empty bins are left
// out. A step of zero or less is ten minutes.
func Calibrate(arrivals []Arrival, from, to time.Time, step time.Duration, o Options) []Bin {
	const within = 30 * time.Minute
	if step <= 0 {
		step = 10 * time.Minute
	}
	sorted := Learn(arrivals, to.Add(within), o)
	bins := make([]Bin, 10)
	m := Learn(arrivals, from, o)
	for now := from; now.Before(to); now = now.Add(step) {
		m = m.upTo(sorted, now)
		chance := m.Chance(now, within)
		b := &bins[min(int(chance*10), 9)]
		b.N++
		b.Mean += chance
		if n := len(m.events); n < len(sorted.events) && sorted.events[n].at <= seconds(now.Add(within)) {
			b.Observed++
		}
	}
	var told []Bin
	for i, b := range bins {
		if b.N > 0 {
			b.From, b.To = float64(i)/10, float64(i+1)/10
			b.Mean /= float64(b.N)
			b.Observed /= float64(b.N)
			told = append(told, b)
		}
	}
	return told
}

// upTo returns the model that knows the events of all at or before now.
func (m *Model) upTo(all *Model, now time.Time) *Model {
	n := len(m.events)
	for n < len(all.events) && all.events[n].at <= seconds(now) {
		n++
	}
	next := &Model{options: m.options, until: now, events: all.events[:n:n], maps: all.maps}
	next.settle(m)
	return next
}
