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
	leastWorth = 0.5 // seconds
	mostWorth  = 4 * hour
	margin     = 0.97 // of the budget is used, as days may become busier
)

// lookDays are the spans of the past that a worth is tried on. The dearest worth
// holds: the short span sees that more is played than last year, the long one that a
// quiet summer will end.
var lookDays = [...]float64{28, 365}

// Worth returns what a check must be worth, in waiting of files, for Next with the
// same bounds to come to perDay checks a day on average, or a little less. It is found
// on the days before this week's Monday noon and stays for the week; the first call
// of a week takes some tens of milliseconds.
func (m *Model) Worth(perDay float64, least, most time.Duration) time.Duration {
	t := newTerms(0, least, max(most, least))
	key := priceTerms{max(perDay, 0.1), t.min, t.max}
	return duration(m.prices.found.get(key, func() float64 {
		asOf, zone := m.prices.asOf, m.options.zone()
		events, h := m.known(asOf), m.habits
		if !m.noon.Equal(asOf) {
			h = learnHabits(events, asOf, zone)
		}
		worth := 0.0
		for _, days := range lookDays {
			worth = max(worth, price(newRehearsal(events, h, days, seconds(asOf), zone), key))
		}
		return worth
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
