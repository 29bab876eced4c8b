package forecast

import "math"

// weekPlan says for each moment of the local week when the next check is, while no
// session runs.
type weekPlan struct {
	at   []float64 // seconds of the week, of two weeks
	next []int32   // the node of the next check, for the nodes of the first week
}

const (
	dense  = 60.0        // between nodes where starts are likely
	sparse = 300.0       // and elsewhere
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

// planWeek goes backwards through two weeks, of which the first is kept: value is the
// expected cost from a check at a node that found nothing.
func (h *habits) planWeek(state int, t terms) *weekPlan {
	p := &weekPlan{}
	first := 0
	for w := range 2 {
		for s := range slots {
			step := sparse
			if h.rate[state][s] > likely {
				step = dense
			}
			for d := 0.0; d < slot; d += step {
				p.at = append(p.at, float64(w)*week+float64(s)*slot+d)
			}
		}
		if w == 0 {
			first = len(p.at)
		}
	}
	n := len(p.at)
	value := make([]float64, n)
	found := make([]float64, n) // the value once the session that was found is over
	p.next = make([]int32, first)
	later := n - 1
	for i := n - 2; i >= 0; i-- {
		best, at := h.cheapest(state, t, p.at, value, found, i)
		value[i] = best
		for p.at[later] > p.at[i]+played {
			later--
		}
		found[i] = value[later]
		if i < first {
			p.next[i] = int32(at)
		}
	}
	return p
}

// cheapest returns the next check after node i and the cost from there on.
func (h *habits) cheapest(state int, t terms, at, value, found []float64, i int) (float64, int) {
	best, to := math.Inf(1), i+1
	silent := 1.0
	var mass, delay, square float64 // of arrivals since node i: chance, and its delay's moments
	for j := i + 1; j < len(at); j++ {
		step := at[j] - at[j-1]
		come := silent * (1 - math.Exp(-step*h.rate[state][int(at[j-1]/slot)%slots]))
		square += 2*delay*step + mass*step*step + come*step*step/3
		delay += mass*step + come*step/2
		mass += come
		silent -= come
		wait := at[j] - at[i]
		if wait < t.min && j < len(at)-1 {
			continue
		}
		if wait > t.max && j > i+1 && best < math.Inf(1) {
			break
		}
		cost := t.worth + delay + h.spread*square
		if cost > 6*t.worth {
			break
		}
		cost += silent*value[j] + mass*found[j]
		if cost < best {
			best, to = cost, j
		}
	}
	return best, to
}

// learnSpread returns what late discovery of a session costs beyond the first file:
// a delay of d seconds costs d + spread*d*d, as further files come meanwhile. It is
// measured at half an hour.
func learnSpread(events []event) float64 {
	const late = 1800.0
	extra, starts := 0.0, 0
	for i, e := range events {
		if !e.first() {
			continue
		}
		starts++
		for _, next := range events[i+1:] {
			if next.at >= e.at+late {
				break
			}
			extra += e.at + late - next.at
		}
	}
	if starts == 0 {
		return 0
	}
	return extra / float64(starts) / (late * late)
}
