package forecast

import "math"

// weekPlan says for each moment of the local week when the next check is, while no
// session runs.
type weekPlan struct {
	at   []float64 // seconds of the week, and of the next two days
	come []float64 // chance of a start between the node before and this one
	next []int32   // the node of the next check, for the nodes of the week
}

const (
	dense  = 60.0        // seconds between nodes where starts are likely; else a slot
	likely = 0.002 / 300 // starts a second
	played = 2.5 * hour  // how long a session takes about
)

// after returns the seconds to wait from a second of the week.
func (p *weekPlan) after(second float64) float64 {
	second -= math.Floor(second/week) * week
	lo, hi := 0, len(p.next)-1
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if p.at[mid] <= second {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return p.at[p.next[lo]] - second
}

type weekTerms struct {
	state int
	terms
}

func (h *habits) plan(state int, t terms) *weekPlan {
	return h.plans.get(weekTerms{state, t}, func() *weekPlan { return h.planWeek(state, t) })
}

// planWeek goes backwards through the week and the two days after it: value is the
// expected cost from a check at a node that found nothing.
func (h *habits) planWeek(state int, t terms) *weekPlan {
	p := h.layNodes(state)
	n := len(p.at)
	value := make([]float64, n)
	found := make([]float64, n) // the value once the session that was found is over
	later := n - 1
	for i := n - 2; i >= 0; i-- {
		best, at := p.cheapest(t, h.spread[int(p.at[i]/slot)%daySlots], value, found, i)
		value[i] = best
		for p.at[later] > p.at[i]+played {
			later--
		}
		found[i] = value[later]
		if i < len(p.next) {
			p.next[i] = int32(at)
		}
	}
	return p
}

// layNodes returns a plan's nodes: many where starts are likely.
func (h *habits) layNodes(state int) *weekPlan {
	p := &weekPlan{at: []float64{0}, come: []float64{0}}
	add := func(s int, step float64) {
		p.at = append(p.at, p.at[len(p.at)-1]+step)
		p.come = append(p.come, 1-math.Exp(-step*h.rate[state][s%slots]))
	}
	for s := range slots + 2*daySlots {
		if s == slots {
			p.next = make([]int32, len(p.at))
		}
		if h.rate[state][s%slots] < likely {
			add(s, slot)
			continue
		}
		for range int(slot / dense) {
			add(s, dense)
		}
	}
	return p
}

// cheapest returns the cost from node i on and the next check after it.
func (p *weekPlan) cheapest(t terms, spread float64, value, found []float64, i int) (float64, int) {
	best, to := math.Inf(1), i+1
	silent := 1.0
	var mass, delay, square float64 // of arrivals since node i: chance, and its delay's moments
	for j := i + 1; j < len(p.at); j++ {
		step, come := p.at[j]-p.at[j-1], silent*p.come[j]
		square += 2*delay*step + mass*step*step + come*step*step/3
		delay += mass*step + come*step/2
		mass += come
		silent -= come
		wait := p.at[j] - p.at[i]
		if wait < t.min && j < len(p.at)-1 {
			continue
		}
		if wait > t.max && j > i+1 && best < math.Inf(1) {
			break
		}
		cost := t.worth + delay + spread*square + silent*value[j] + mass*found[j]
		if cost < best {
			best, to = cost, j
		} else if cost > best+3*t.worth {
			break
		}
	}
	return best, to
}

// learnSpread returns what late discovery of a session costs beyond its first file:
// a delay of d seconds costs d + spread*d*d, as further files come meanwhile. It is
// measured at half an hour, for starts in each slot of the day and those around it.
func (h *habits) learnSpread(events []event, asOf float64) {
	const late = 1800.0
	var extra, starts [daySlots]float64
	for i, e := range events {
		if !e.first() {
			continue
		}
		w, s := math.Exp2((e.at-asOf)/day/startHalfLife), int(e.minute)/5
		starts[s] += w
		for _, next := range events[i+1:] {
			if next.at >= e.at+late {
				break
			}
			extra[s] += w * (e.at + late - next.at)
		}
	}
	more, count := window(extra[:], 12), window(starts[:], 12)
	for s := range h.spread {
		h.spread[s] = more[s] / (count[s] + 1) / (late * late)
	}
}
