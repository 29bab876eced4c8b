package forecast

import "math"

// The gap to the next file is told on nodes: every five seconds as long as checks
// are dense, every thirty beyond.
const (
	fine      = 5.0
	fineNodes = 240
	coarse    = 30.0
	nodes     = fineNodes + int((sessionEnd-fine*fineNodes)/coarse) // the last one is sessionEnd
)

// histogram holds the weight of gaps in (node i, node i+1].
type histogram [nodes]float64

// node returns the seconds after the last arrival of a node.
func node(i int) float64 {
	if i <= fineNodes {
		return float64(i) * fine
	}
	return fine*fineNodes + float64(i-fineNodes)*coarse
}

// nodeBefore returns the last node at or before u, which is in [0, sessionEnd].
func nodeBefore(u float64) int {
	if u < fine*fineNodes {
		return int(u / fine)
	}
	return fineNodes + int((u-fine*fineNodes)/coarse)
}

func (h *histogram) add(gap, weight float64) {
	if gap < sessionEnd {
		h[nodeBefore(max(gap, 0))] += weight
	}
}

// curve is the chance that no file came until each node, given that one came at 0.
type curve [nodes + 1]float64

// at returns the chance at u, which is in [0, sessionEnd].
func (c *curve) at(u float64) float64 {
	i := nodeBefore(u)
	if i >= nodes {
		return c[nodes]
	}
	share := (u - node(i)) / (node(i+1) - node(i))
	return c[i] + share*(c[i+1]-c[i])
}

const lookBack = 1500 // events that a gap is compared with
const longGap = 1500.0

var (
	gapHalfLife = 120.0 // days
	priorWeight = 2.0
	sameMap     = 3.0
	samePath    = 3.0
	nearGap     = 100.0 // seconds, between rounds of a map
	nearGap2    = 500.0 // otherwise
	defended    = 45.0  // a second round that lasts as long as the first
	nightWidth  = 20.0  // minutes
)

// gapCurve returns the chance of silence after events[k], learned from the events
// before it: each earlier gap weighs as much as its place was like this one.
func gapCurve(events []event, k int, prior *histogram) *curve {
	last := events[k]
	prev := min(last.gap, longGap)
	width := nearGap2
	if last.round == 1 {
		width = nearGap
	}
	var gaps histogram
	total, ended, seen := 0.0, 0.5*0.06, 0.5
	recency := 1.0
	for i := k - 1; i >= max(0, k-lookBack); i-- {
		e, gap := &events[i], events[i+1].gap
		if gap > sessionEnd {
			recency *= math.Exp2(-gap / day / gapHalfLife)
		}
		if e.round != last.round {
			continue
		}
		w := recency
		m := float64(e.minute - last.minute)
		if m > 720 {
			m -= 1440
		} else if m < -720 {
			m += 1440
		}
		w2 := w / (1 + m*m/(nightWidth*nightWidth))
		seen += w2
		if gap > sessionEnd {
			ended += w2
			continue
		}
		was := min(e.gap, longGap)
		d := (was - prev) / width
		w /= (1 + d*d) * (1 + d*d)
		if e.mapID == last.mapID {
			w *= sameMap
			if e.before == last.before {
				w *= samePath
			}
		}
		if last.round == 1 && prev < longGap && math.Abs(gap-was) < defended {
			gap += prev - was
		}
		gaps.add(gap, w)
		total += w
	}
	return gaps.silence(total, ended/seen, prior)
}

// silence smooths the weights, adds the prior, and returns the chance of silence.
func (h *histogram) silence(total, end float64, prior *histogram) *curve {
	smooth := h.smooth()
	c := &curve{}
	left := 1.0
	for i := range c {
		c[i] = end + (1-end)*max(left, 0)
		if i < nodes {
			left -= (smooth[i] + priorWeight*prior[i]) / (total + priorWeight)
		}
	}
	return c
}

// bell spreads a gap over 35 seconds.
var bell = [...]float64{1.0 / 16, 2.0 / 16, 3.0 / 16, 4.0 / 16, 3.0 / 16, 2.0 / 16, 1.0 / 16}

// smooth spreads the weights of the fine nodes over their neighbours.
func (h *histogram) smooth() *histogram {
	out := &histogram{}
	copy(out[fineNodes:], h[fineNodes:])
	for i, w := range h[:fineNodes] {
		if w == 0 {
			continue
		}
		for d, share := range bell {
			to := min(max(i+d-len(bell)/2, 0), nodes-1)
			out[to] += w * share
		}
	}
	return out
}

// allGaps returns the shares of all gaps inside sessions, half of it spread evenly.
func allGaps(events []event) histogram {
	var all histogram
	total := 0.0
	for _, e := range events[max(0, len(events)-lookBack):] {
		if !e.first() {
			all.add(e.gap, 1)
			total++
		}
	}
	for i := range all {
		even := (node(i+1) - node(i)) / sessionEnd
		if total == 0 {
			all[i] = even
			continue
		}
		all[i] = 0.9*all[i]/total + 0.1*even
	}
	return all
}
