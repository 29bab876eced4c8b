package forecast

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestSessionPlanIsCheapest compares with the search of all plans, unbounded.
func TestSessionPlanIsCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "curve"), 0))
		c := &curve{1}
		for i := range nodes {
			c[i+1] = c[i]
			if random.IntN(10) == 0 {
				c[i+1] = max(c[i]*(0.3+0.7*random.Float64()), 1e-4)
			}
		}
		tm := terms{rapid.Float64Range(1, 200).Draw(t, "worth"), 30, rapid.Float64Range(120, 7200).Draw(t, "max")}
		p := planSession(c, tm, 0.0005)
		value := make([]float64, nodes+1)
		for i := nodes - 1; i >= 0; i-- {
			best := math.Inf(1)
			for j := i + 1; j <= nodes; j++ {
				if wait := node(j) - node(i); (wait >= tm.min || j == nodes) && (wait <= tm.max || j == i+1) {
					best = math.Min(best, costBetween(c, i, j, tm.worth)+c[j]/c[i]*value[j])
				}
			}
			value[i] = best
			if j := int(p[i]); math.Abs(costBetween(c, i, j, tm.worth)+c[j]/c[i]*value[j]-best) > 1e-6*(1+best) {
				t.Fatalf("node %d: next %d costs %v, the cheapest %v", i, j, costBetween(c, i, j, tm.worth)+c[j]/c[i]*value[j], best)
			}
		}
	})
}

// costBetween is the cost of a check at node j after one at i, by summing over the
// moments of arrival, which lie evenly between nodes.
func costBetween(c *curve, i, j int, worth float64) float64 {
	cost := worth
	for k := i; k < j; k++ {
		late, later := node(j)-node(k+1), node(j)-node(k)
		mean := (late + later) / 2
		square := (late*late + late*later + later*later) / 3
		cost += (c[k] - c[k+1]) / c[i] * (mean + aversion*0.0005*square)
	}
	return cost
}

// TestWeekPlanAtConstantRate: waiting w costs rate*w*w/2 + worth, so that
// sqrt(2*worth/rate) is the best.
func TestWeekPlanAtConstantRate(t *testing.T) {
	for _, rate := range []float64{0.5 / day, 2 / day, 3 / hour} {
		h := &habits{}
		for s := range slots {
			h.rate[fresh][s] = rate
		}
		const worth = 20.0
		want := math.Sqrt(2 * worth / rate)
		plan := h.planWeek(fresh, terms{worth, 30, 6 * hour})
		got := 0.0
		for s := range 24 {
			got += plan.after(float64(s)*hour) / 24
		}
		if math.Abs(got/want-1) > 0.15 {
			t.Errorf("at %v starts a day: waits %v s, want about %v s", rate*day, got, want)
		}
	}
}

func TestNextKeepsItsBounds(t *testing.T) {
	arrivals := evenings(700)
	m := Learn(arrivals, arrivals[650].At, french)
	empty := Learn(nil, arrivals[0].At, Options{})
	rapid.Check(t, func(t *rapid.T) {
		now := arrivals[650].At.Add(time.Duration(rapid.Int64Range(0, 14*86400).Draw(t, "later")) * time.Second)
		worth := time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "worth"))
		least := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "least"))
		most := least + time.Duration(rapid.Int64Range(0, int64(12*time.Hour)).Draw(t, "range"))
		for _, m := range []*Model{m, empty} {
			if got := m.Next(now, worth, least, most); got < least || got > most {
				t.Fatalf("waits %s, not in [%s, %s]", got, least, most)
			}
		}
	})
	if got := m.Next(arrivals[650].At, time.Minute, time.Hour, time.Minute); got != time.Hour {
		t.Errorf("bounds the wrong way round: %s", got)
	}
}

// TestNextFollowsChance: where a file is likelier within the half hour, the next
// check is sooner.
func TestNextFollowsChance(t *testing.T) {
	arrivals := evenings(700)
	last := arrivals[687].At // an evening's end; the next is two days later
	m := Learn(arrivals, last, french)
	morning, evening := last.Add(30*time.Hour), time.Date(last.Year(), last.Month(), last.Day()+1, 21, 10, 0, 0, paris)
	for evening.Before(arrivals[688].At.Add(-30 * time.Minute)) {
		evening = evening.AddDate(0, 0, 1)
	}
	quiet, busy := m.Chance(morning, 30*time.Minute), m.Chance(evening, 30*time.Minute)
	rare, dense := m.Next(morning, 20*time.Second, least, most), m.Next(evening, 20*time.Second, least, most)
	if quiet > 0.02 || busy < 0.2 || rare < time.Hour || dense > 15*time.Minute {
		t.Errorf("morning: chance %v, wait %s; evening: chance %v, wait %s", quiet, rare, busy, dense)
	}
}

func TestWorthMeetsTheBudget(t *testing.T) {
	arrivals := evenings(3200)
	from := arrivals[2400].At.Truncate(24 * time.Hour)
	for _, perDay := range []float64{24, 36, 96} {
		s := backtest(arrivals, from, from.AddDate(0, 0, 28), forBudget(perDay))
		if s.perDay > perDay || s.perDay < 0.85*perDay {
			t.Errorf("budget %v a day: %.1f checks a day", perDay, s.perDay)
		}
	}
	m := Learn(arrivals, from, french)
	if dear, cheap := m.Worth(24, least, most), m.Worth(96, least, most); dear <= cheap {
		t.Errorf("few checks are worth %s each, many %s", dear, cheap)
	}
}

// TestOtherNames: the moments alone foretell a drop folder.
func TestOtherNames(t *testing.T) {
	var arrivals []Arrival
	for d := range 40 {
		for i := range 6 {
			at := time.Date(2030, 2, 1+d, 8, 20*i, d%7, 0, time.UTC)
			arrivals = append(arrivals, Arrival{at, fmt.Sprintf("export (%d).csv", len(arrivals))})
		}
	}
	now := time.Date(2030, 3, 12, 8, 40, 30, 0, time.UTC) // the next is at 09:00
	m := Learn(arrivals, now, Options{})
	if wait := m.Next(now, 20*time.Second, least, most); wait < 17*time.Minute || wait > 23*time.Minute {
		t.Errorf("waits %s for a file that comes in 19m30s", wait)
	}
	if eta := m.ETA(now); eta < 15*time.Minute || eta > 90*time.Minute {
		t.Errorf("expects it in %s", eta)
	}
}

// TestFilesAtOnce: batches and equal moments are no trouble.
func TestFilesAtOnce(t *testing.T) {
	var arrivals []Arrival
	for d := range 30 {
		for i := range 20 {
			arrivals = append(arrivals, Arrival{time.Date(2030, 2, 1+d, 3, 0, 0, 0, time.UTC), fmt.Sprint(d, i)})
		}
	}
	now := time.Date(2030, 3, 2, 3, 1, 0, 0, time.UTC)
	m := Learn(arrivals, now, Options{})
	if c := m.Chance(now, time.Hour); c > 0.1 {
		t.Errorf("after the batch of the night: chance %v", c)
	}
	if c := m.Chance(now.Add(23*time.Hour), 2*time.Hour); c < 0.8 {
		t.Errorf("before the next: chance %v", c)
	}
}
