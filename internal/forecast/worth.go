package forecast

import (
	"math"
	"time"
)

// prices are the worths found so far, learned from the arrivals before a Monday noon.
type prices struct {
	asOf  time.Time
	found cached[priceTerms, float64]
}

type priceTerms struct{ perDay, min, max float64 }

const (
	margin     = 0.97 // of the budget, for busier days to come
	leastWorth = 0.5  // seconds
	mostWorth  = 4 * hour
)

// Worth returns what a check must be worth for Next, bounded by min and max, to come
// to perDay checks a day on average: found on the last 120 days before this week's
// Monday noon, and a little dearer, so that the budget holds.
func (m *Model) Worth(perDay float64, min, max time.Duration) time.Duration {
	key := priceTerms{math.Max(perDay, 0.1), math.Max(min.Seconds(), 1), max.Seconds()}
	key.max = math.Max(key.max, key.min)
	return duration(m.prices.found.get(key, func() float64 {
		asOf, zone := m.prices.asOf, m.options.zone()
		events, h := m.known(asOf), m.habits
		if !m.noon.Equal(asOf) {
			h = learnHabits(events, asOf, zone)
		}
		return price(newRehearsal(events, h, seconds(asOf), zone), key)
	}))
}

// price searches the worth under which the rehearsal comes to the budget.
func price(r *rehearsal, p priceTerms) float64 {
	want := math.Log(p.perDay * margin)
	x, slope := math.Log(30), -0.6
	var lastX, lastY float64
	for i := range 5 {
		y := math.Log(r.checks(terms{math.Exp(x), p.min, p.max}))
		if math.Abs(y-want) < 0.003 {
			break
		}
		if i > 0 && x != lastX {
			slope = min(max((y-lastY)/(x-lastX), -1.5), -0.2)
		}
		lastX, lastY = x, y
		x = min(max(x+(want-y)/slope, math.Log(leastWorth)), math.Log(mostWorth))
	}
	return math.Exp(x)
}
