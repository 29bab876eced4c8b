package forecast

import "math"

// The gap to the next file is told on nodes: every ten seconds as long as checks are
// dense, every thirty beyond.
const (
	fine      = 10.0
	fineNodes = 120
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

// What makes two gaps alike. The values were chosen on rolling months, see
// docs/forecast.md; all of them are broad optima.
const (
	lookBack    = 1500   // events that a gap is compared with
	gapHalfLife = 120.0  // days back that a gap counts half
	longGap     = 1500.0 // seconds; gaps before that are longer are alike
	nearFirst   = 100.0  // seconds between gaps before that are alike, after a first round
	nearOther   = 500.0  // and otherwise
	sameMap     = 3.0    // more weight
	samePath    = 3.0    // more, when the map before was the same as well
	defended    = 45.0   // seconds; a second round so close to the first one lasted as long
	nightWidth  = 20.0   // minutes of the day, for whether a session ends
	placeWidth  = 4.0    // files since the session's start, likewise
	endMap      = 4.0    // more weight for the same map, likewise
	endPrior    = 0.06   // share of gaps that end a session
	endWeight   = 0.5    // gaps that endPrior counts as
	priorWeight = 2.0    // gaps that the distribution of all gaps counts as
)

// gapCurve returns the chance of silence after events[k], learned from the events
// before it: each earlier gap weighs as much as its place was like this one. Whether
// the session ends is told by other likenesses than how long the gap is otherwise.
func gapCurve(events []event, k int, prior *histogram) *curve {
	last := &events[k]
	var gaps histogram
	total, ended, seen := 0.0, endWeight*endPrior, endWeight
	recency := 1.0
	for i := k - 1; i >= max(0, k-lookBack); i-- {
		e, gap := &events[i], events[i+1].gap
		if gap > sessionEnd {
			recency *= math.Exp2(-gap / day / gapHalfLife)
		}
		if e.round != last.round {
			continue
		}
		weight := recency * e.endLikeness(last)
		seen += weight
		if gap > sessionEnd {
			ended += weight
			continue
		}
		weight = recency * e.likeness(last)
		gaps.add(e.transfer(gap, last), weight)
		total += weight
	}
	return gaps.silence(total, ended/seen, prior)
}

// endLikeness returns how much the end of a session after e says of one after last:
// the time of the night, the session's length so far and the map tell it.
func (e *event) endLikeness(last *event) float64 {
	minutes := minutesApart(e.minute, last.minute) / nightWidth
	files := float64(e.place-last.place) / placeWidth
	weight := 1 / ((1 + minutes*minutes) * (1 + files*files))
	if e.mapID == last.mapID {
		weight *= endMap
	}
	return weight
}

// minutesApart returns the distance of two minutes of the day.
func minutesApart(a, b int16) float64 {
	d := max(a-b, b-a)
	return float64(min(d, 1440-d))
}

// likeness returns how much the gap after e says of the one after last.
func (e *event) likeness(last *event) float64 {
	near := nearOther
	if last.round == 1 {
		near = nearFirst
	}
	d := (min(e.gap, longGap) - min(last.gap, longGap)) / near
	weight := 1 / ((1 + d*d) * (1 + d*d))
	if e.mapID == last.mapID {
		weight *= sameMap
		if e.before == last.before {
			weight *= samePath
		}
	}
	return weight
}

// transfer returns what the gap after e would be after last. The second round may
// not last longer than the first: where e's lasted as long, so does last's.
func (e *event) transfer(gap float64, last *event) float64 {
	if last.round != 1 || last.gap >= longGap || math.Abs(gap-e.gap) >= defended {
		return gap
	}
	return gap + last.gap - e.gap
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

// bell spreads a gap over 30 seconds.
var bell = [...]float64{0.25, 0.5, 0.25}

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
