package engine

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// SessionGap is the pause after which an arrival starts a session.
const SessionGap = time.Hour

// Scored is an arrival that a backtest scored.
type Scored struct {
	Arrival
	Found    time.Time      // the check that found it
	Latency  time.Duration  // Found less its arrival
	Decision rules.Decision // that the check was made by: the rule in force when it arrived
	Starts   bool           // it started a session
}

// Score is what a schedule comes to over a period.
type Score struct {
	From, To time.Time   // [From, To)
	Checks   []time.Time // in the period, in their order
	Arrivals []Scored    // in the period, in their order
}

// Backtest runs the plot over [from, to), with its first check at from, and
// scores every arrival in it. Those before are history. Checks after to that
// find an arrival of before are made, and not counted.
func (p Plot) Backtest(from, to time.Time) Score {
	score := Score{From: from, To: to}
	last := time.Time{} // arrival before the next one, for sessions
	left := 0
	for _, a := range p.Arrivals {
		if a.At.Before(from) {
			last = a.At
		} else if a.At.Before(to) {
			left++
		}
	}
	var before rules.Decision
	p.Replay(from, func(s Step) bool {
		for _, a := range s.Arrived {
			if a.At.Before(to) {
				starts := last.IsZero() || a.At.Sub(last) > SessionGap
				score.Arrivals = append(score.Arrivals, Scored{a, s.At, s.At.Sub(a.At), before, starts})
				left--
			}
			last = a.At
		}
		if s.At.Before(to) {
			score.Checks = append(score.Checks, s.At)
		}
		before = s.Decision
		return s.Decision.Next.Before(to) || left > 0
	})
	return score
}

// Fixed scores polling every interval from from on.
func Fixed(arrivals []Arrival, from, to time.Time, every time.Duration) Score {
	score := Score{From: from, To: to}
	for at := from; at.Before(to); at = at.Add(every) {
		score.Checks = append(score.Checks, at)
	}
	last := time.Time{}
	for _, a := range arrivals {
		if !a.At.Before(from) && a.At.Before(to) {
			found := from.Add((a.At.Sub(from) + every - 1) / every * every)
			starts := last.IsZero() || a.At.Sub(last) > SessionGap
			score.Arrivals = append(score.Arrivals, Scored{a, found, found.Sub(a.At), rules.Decision{Reason: "every " + rules.FormatDuration(every), Next: found}, starts})
		}
		last = a.At
	}
	return score
}

// Within returns the part of the score that lies in [from, to).
func (s Score) Within(from, to time.Time) Score {
	part := Score{From: from, To: to}
	for _, at := range s.Checks {
		if !at.Before(from) && at.Before(to) {
			part.Checks = append(part.Checks, at)
		}
	}
	for _, a := range s.Arrivals {
		if !a.At.Before(from) && a.At.Before(to) {
			part.Arrivals = append(part.Arrivals, a)
		}
	}
	return part
}

// PerDay returns the checks per 24 hours.
func (s Score) PerDay() float64 {
	return float64(len(s.Checks)) / (s.To.Sub(s.From).Hours() / 24)
}

// Latencies are a score's latencies, sorted.
type Latencies []time.Duration

// Latencies returns those of all arrivals, or of those alone that started a
// session.
func (s Score) Latencies(startsOnly bool) Latencies {
	var out Latencies
	for _, a := range s.Arrivals {
		if a.Starts || !startsOnly {
			out = append(out, a.Latency)
		}
	}
	slices.Sort(out)
	return out
}

// Mean returns the mean in seconds; NaN of none.
func (l Latencies) Mean() float64 {
	sum := 0.0
	for _, d := range l {
		sum += d.Seconds()
	}
	return sum / float64(len(l))
}

// Quantile returns the smallest latency, in seconds, that at least the share q
// of all are not above (nearest rank); NaN of none. q is in (0, 1].
func (l Latencies) Quantile(q float64) float64 {
	if len(l) == 0 {
		return math.NaN()
	}
	return l[max(0, int(math.Ceil(q*float64(len(l))))-1)].Seconds()
}

// Slowest returns the n arrivals with the longest latencies, the longest first; all
// where there are fewer. n is 0 or more.
func (s Score) Slowest(n int) []Scored {
	out := slices.Clone(s.Arrivals)
	slices.SortStableFunc(out, func(a, b Scored) int { return cmp.Compare(b.Latency, a.Latency) })
	return out[:min(n, len(out))]
}
