package forecast

import (
	"bufio"
	"os"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"
)

const history = "../../../shared/data/arrivals.txt"

var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}()

// realArrivals reads the shared history, or skips.
func realArrivals(t testing.TB) []Arrival {
	t.Helper()
	f, err := os.Open(history)
	if err != nil {
		t.Skipf("no history of arrivals at %s", history)
	}
	defer f.Close()
	var arrivals []Arrival
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name := lines.Text()
		at, err := time.ParseInLocation("2006-01-02-150405", name[:17], paris)
		if err != nil {
			t.Fatal(err)
		}
		arrivals = append(arrivals, Arrival{at, name})
	}
	return arrivals
}

// score is what a replay came to; latencies in seconds.
type score struct {
	perDay               float64
	mean, p50, p90, last float64
	starts               float64 // share of the mean that session starts have
	within               float64 // checks a day while a session runs
}

// backtest checks from from until to, as a loop would: it knows what its checks have
// found, and the worth is learned for the budget.
func backtest(arrivals []Arrival, from, to time.Time, next func(*Model, time.Time) time.Duration) score {
	m := Learn(arrivals, from, Options{Zone: paris})
	first := len(m.events)
	known, checks, within := first, 0, 0
	var latencies []float64
	starts := 0.0
	for at := from; at.Before(to); {
		checks++
		begin := known
		for known < len(arrivals) && !arrivals[known].At.After(at) {
			l := at.Sub(arrivals[known].At).Seconds()
			latencies = append(latencies, l)
			if known == 0 || arrivals[known].At.Sub(arrivals[known-1].At) > time.Hour {
				starts += l
			}
			known++
		}
		m = m.With(arrivals[begin:known], at)
		if known > 0 && at.Sub(arrivals[known-1].At) < time.Hour {
			within++
		}
		at = at.Add(next(m, at))
	}
	slices.Sort(latencies)
	n, days := len(latencies), to.Sub(from).Hours()/24
	sum := 0.0
	for _, l := range latencies {
		sum += l
	}
	return score{
		perDay: float64(checks) / days, mean: sum / float64(n), p50: latencies[n/2], p90: latencies[n*9/10],
		last: latencies[n-1], starts: starts / float64(n), within: float64(within) / days,
	}
}

func date(s string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, s, paris)
	if err != nil {
		panic(err)
	}
	return at
}

// forBudget is the policy that the program follows.
func forBudget(perDay float64) func(*Model, time.Time) time.Duration {
	return func(m *Model, now time.Time) time.Duration {
		const least, most = 30 * time.Second, 6 * time.Hour
		return m.Next(now, m.Worth(perDay, least, most), least, most)
	}
}
