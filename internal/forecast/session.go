package forecast

import "math"

// aversion is how much more a long delay inside a session is disliked than the files
// that it holds up count: the tenth of the files that wait longest gains by it, and
// the mean hardly loses.
const aversion = 4

// session is the silence after the last arrival, and the plans made for it.
type session struct {
	*curve
	plans cached[terms, *sessionPlan]
}

// sessionPlan says for each node at which node the next check is.
type sessionPlan [nodes + 1]int16

// present returns the session of the last arrival.
func (m *Model) present() *session {
	return m.session.get(struct{}{}, func() *session {
		return &session{curve: gapCurve(m.events, len(m.events)-1, &m.habits.prior)}
	})
}

func (s *session) plan(t terms, spread float64) *sessionPlan {
	return s.plans.get(t, func() *sessionPlan { return planSession(s.curve, t, spread) })
}

// after returns the seconds after the last arrival of the check that follows u.
func (p *sessionPlan) after(u float64) float64 { return node(int(p[nodeBefore(u)])) }

// planSession finds the cheapest checks by going backwards from the session's end:
// value[i] is the expected cost from a check at node i that found nothing. A later
// node never has an earlier next check, as the costs are Monge: that bounds the
// search.
func planSession(c *curve, t terms, spread float64) *sessionPlan {
	var value, area, moment [nodes + 1]float64 // area and moment: integrals of c and of u*c
	for i := range nodes {
		a, b := node(i), node(i+1)
		part := (c[i] + c[i+1]) / 2 * (b - a)
		area[i+1] = area[i] + part
		moment[i+1] = moment[i] + part*(a+b)/2
	}
	p := &sessionPlan{}
	p[nodes] = int16(nodes)
	last := nodes
	for i := nodes - 1; i >= 0; i-- {
		best, at := math.Inf(1), nodes
		from := node(i)
		scale := 1 / max(c[i], 1e-9)
		for j := i + 1; j <= last; j++ {
			wait := node(j) - from
			if wait < t.min && j < last {
				continue
			}
			if wait > t.max && j > i+1 {
				break
			}
			seen := scale * (area[j] - area[i])
			square := wait*wait - 2*scale*(node(j)*(area[j]-area[i])-(moment[j]-moment[i]))
			cost := t.worth + wait - seen + aversion*spread*square
			if cost > best {
				break
			}
			if cost += c[j] * scale * value[j]; cost < best {
				best, at = cost, j
			}
		}
		value[i], p[i], last = best, int16(at), at
	}
	return p
}
