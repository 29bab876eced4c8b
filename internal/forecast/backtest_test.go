package forecast

import (
	"bufio"
	"math"
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
		return m.Next(now, m.Worth(perDay, least, most), least, most)
	}
}

// TestBacktest holds the model to what a fixed interval of five minutes, 288 checks a
// day, takes; docs/forecast.md has the exact numbers.
func TestBacktest(t *testing.T) {
	arrivals := realArrivals(t)
	s := backtest(arrivals, date("2025-01-01"), date("2025-07-01"), forBudget(36))
	t.Logf("36 a day: %+v", s)
	if s.perDay > 36 || s.perDay < 33 {
		t.Errorf("%.1f checks a day, want at most 36 and nearly so many", s.perDay)
	}
	if s.mean > 110 || s.p50 > 55 || s.p90 > 150 {
		t.Errorf("latency mean %.0f, p50 %.0f, p90 %.0f s", s.mean, s.p50, s.p90)
	}
	rare := backtest(arrivals, date("2025-01-01"), date("2025-07-01"), forBudget(24))
	if rare.perDay > 24 || rare.mean > 220 || rare.p50 > 100 {
		t.Errorf("24 a day: %+v", rare)
	}
}

// TestCalibration: what is said to come in so many cases does.
func TestCalibration(t *testing.T) {
	for _, b := range Calibrate(realArrivals(t), date("2025-01-01"), date("2025-07-01"), 0, french) {
		t.Logf("%.1f-%.1f: %5d times %.3f, observed %.3f", b.From, b.To, b.N, b.Mean, b.Observed)
		sd := math.Sqrt(b.Mean * (1 - b.Mean) / float64(b.N))
		if off := math.Abs(b.Observed - b.Mean); off > 0.1+4*sd {
			t.Errorf("chance %.3f was told %d times, and came %.3f of them", b.Mean, b.N, b.Observed)
		}
	}
}
