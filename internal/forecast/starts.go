package forecast

import (
	"math"
	"time"
)

// A week has 2016 slots of five minutes, from Monday 00:00 on the wall clock.
const (
	slot     = 300.0
	daySlots = 288
	slots    = 7 * daySlots
)

// The start of a session is likelier when none was seen for a while: after a night's
// session hardly anybody comes back. fresh is silence of more than rested.
const (
	fresh  = 0
	spent  = 1
	rested = 6 * hour
)

// habits are the slow parts of a model: the rate of session starts for every slot of
// the week, in each state.
type habits struct {
	rate   [2][slots]float64     // starts a second while no session runs
	sum    [2][slots + 1]float64 // expected starts from the week's begin
	prior  histogram             // of all gaps, whatever came before
	spread [daySlots]float64     // see latencyCost
	files  [slots]float64        // expected files a slot
	starts [slots]float64        // expected session starts a slot
	plans  cached[weekTerms, *weekPlan]
}

// What starts teach fades with the days that lie behind it.
const (
	startHalfLife = 75.0
	forgotten     = 20 * startHalfLife
)

// refinement is one step of learning rates: deviations of a width are believed as
// far as they are counted.
type refinement struct {
	weekdays bool    // each weekday for itself, or all together
	width    float64 // standard deviation of the window, in slots
	trust    float64 // expected starts that the rate so far is worth
}

// refinements go from broad to narrow.
var refinements = []refinement{
	{false, 18, 0.2},
	{false, 6, 0.2},
	{false, 2, 0.2},
	{true, 18, 2},
	{true, 6, 2},
	{true, 2, 2},
}

// tally is what the rates are learned from: weighted starts and the weighted seconds
// in which one could have come, by slot.
type tally struct {
	starts, exposure [slots]float64
}

func learnHabits(events []event, asOf time.Time, zone *time.Location) *habits {
	h := &habits{}
	var tallies [2]tally
	h.count(events, &tallies, seconds(asOf), zone)
	for state := range tallies {
		h.rate[state] = tallies[state].rates()
		for i, r := range h.rate[state] {
			h.sum[state][i+1] = h.sum[state][i] + r*slot
		}
	}
	h.prior = allGaps(events)
	h.learnSpread(events, seconds(asOf))
	return h
}

// count fills the tallies and the expected files.
func (h *habits) count(events []event, tallies *[2]tally, asOf float64, zone *time.Location) {
	if len(events) == 0 {
		return
	}
	age := func(t float64) float64 { return math.Exp2((t - asOf) / day / startHalfLife) }
	begin := max(events[0].at, asOf-forgotten*day)
	for i, e := range events {
		end := asOf
		if i+1 < len(events) {
			end = events[i+1].at
		}
		expose(&tallies[spent], max(e.at+sessionEnd, begin), min(end, e.at+rested), age, zone)
		expose(&tallies[fresh], max(e.at+rested, begin), end, age, zone)
		if e.at < begin {
			continue
		}
		w, s := age(e.at), slotAt(e.at, zone)
		h.files[s] += w
		if e.first() {
			h.starts[s] += w
		}
		if i > 0 && e.first() {
			state := fresh
			if e.gap <= rested {
				state = spent
			}
			tallies[state].starts[s] += w
		}
	}
	weeks := 0.0
	for t := begin; t < asOf; t += day {
		weeks += age(t) / 7
	}
	weeks = max(weeks, 1)
	for s := range slots {
		h.files[s] /= weeks
		h.starts[s] /= weeks
	}
}

// expose adds the seconds of [from, to).
func expose(t *tally, from, to float64, age func(float64) float64, zone *time.Location) {
	for from < to {
		s, w := slotAt(from, zone), age(from)
		for range 12 {
			if from >= to {
				break
			}
			t.exposure[s%slots] += w * min(slot, to-from)
			from += slot
			s++
		}
	}
}

// slotAt returns the slot of the local week.
func slotAt(at float64, zone *time.Location) int {
	return int(weekSecond(at, zone) / slot)
}

// weekSecond returns the seconds on the wall clock since Monday 00:00.
func weekSecond(at float64, zone *time.Location) float64 {
	whole := math.Floor(at)
	local := time.Unix(int64(whole), 0).In(zone)
	return float64(weekday(local)*86400+local.Hour()*3600+local.Minute()*60+local.Second()) + at - whole
}

// rates returns the starts a second of every slot.
func (t *tally) rates() [slots]float64 {
	starts, exposure := 0.0, 0.0
	for s := range slots {
		starts += t.starts[s]
		exposure += t.exposure[s]
	}
	var rate [slots]float64
	for s := range rate {
		rate[s] = (starts + 0.1) / (exposure + day)
	}
	for _, r := range refinements {
		t.refine(&rate, r)
	}
	return rate
}

// refine multiplies the rate with (counted + trust) / (expected + trust), both in a
// window: the posterior mean of a factor with a Gamma prior around one.
func (t *tally) refine(rate *[slots]float64, r refinement) {
	var counted, expected [slots]float64
	for s := range slots {
		to := s
		if !r.weekdays {
			to = s % daySlots
		}
		counted[to] += t.starts[s]
		expected[to] += t.exposure[s] * rate[s]
	}
	period := slots
	if !r.weekdays {
		period = daySlots
	}
	c, e := window(counted[:period], r.width), window(expected[:period], r.width)
	for s := range rate {
		rate[s] *= (c[s%period] + r.trust) / (e[s%period] + r.trust)
	}
}

// window sums the values of a circle under a bell whose height is one.
func window(values []float64, width float64) []float64 {
	reach := int(3 * width)
	bell := make([]float64, reach+1)
	for i := range bell {
		bell[i] = math.Exp(-0.5 * float64(i*i) / (width * width))
	}
	sums := make([]float64, len(values))
	for i, v := range values {
		if v == 0 {
			continue
		}
		for d := -reach; d <= reach; d++ {
			sums[(i+d+len(values))%len(values)] += v * bell[max(d, -d)]
		}
	}
	return sums
}

// expected returns the expected starts in the length seconds that follow second from
// of the week.
func (h *habits) expected(state int, from, length float64) float64 {
	return h.until(state, from+length) - h.until(state, from)
}

// until returns the expected starts from the week's begin to a second, which may lie
// in a later week.
func (h *habits) until(state int, second float64) float64 {
	weeks := math.Floor(second / week)
	at := (second - weeks*week) / slot
	i := min(int(at), slots-1)
	return weeks*h.sum[state][slots] + h.sum[state][i] + (at-float64(i))*slot*h.rate[state][i]
}
