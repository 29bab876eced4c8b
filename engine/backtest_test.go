package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// at is a moment in Paris.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, paris())
	if err != nil {
		panic(err)
	}
	return t
}

func arrivals(moments ...string) []Arrival {
	var out []Arrival
	for i, m := range moments {
		out = append(out, Arrival{At: at(m), Name: fmt.Sprint("file ", i)})
	}
	return out
}

const hourly = "1h"

func TestBacktest(t *testing.T) {
	from, to := at("2025-10-01 00:00:00"), at("2025-10-03 00:00:00")
	p := Plot{Schedule: compile(t, hourly), Source: "game", Arrivals: arrivals(
		"2025-09-30 23:30:00", // history: starts the session that goes on
		"2025-10-01 00:00:00", // the very first check finds it
		"2025-10-01 10:20:00",
		"2025-10-01 11:20:00", // an hour later is the same session
		"2025-10-01 12:20:01", // and more is another
		"2025-10-02 23:59:00", // found after the end
		"2025-10-03 00:00:00", // not in the time
	)}
	score := p.Backtest(from, to)
	if len(score.Checks) != 48 || !score.Checks[0].Equal(from) || score.PerDay() != 24 {
		t.Errorf("%d checks from %v on, %g a day", len(score.Checks), score.Checks[0], score.PerDay())
	}
	var got []string
	for _, a := range score.Arrivals {
		got = append(got, fmt.Sprintf("%s %s %t", a.At.Format("02 15:04:05"), a.Latency, a.Starts))
		if !a.Found.Equal(a.At.Add(a.Latency)) {
			t.Errorf("found at %v", a.Found)
		}
	}
	want := []string{"01 00:00:00 0s false", "01 10:20:00 40m0s true", "01 11:20:00 40m0s false", "01 12:20:01 39m59s true", "02 23:59:00 1m0s true"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if d := score.Arrivals[1].Decision; d.Reason != "as always" || !d.Next.Equal(at("2025-10-01 11:00:00")) {
		t.Errorf("in force when it came: %+v", d)
	}
	if score.Arrivals[0].Decision.Reason != "" {
		t.Errorf("before the first check %+v was in force", score.Arrivals[0].Decision)
	}
	if fixed := Fixed(p.Arrivals, from, to, time.Hour); len(fixed.Checks) != 48 || !slices.Equal(fixed.Latencies(false), score.Latencies(false)) || !slices.Equal(fixed.Latencies(true), score.Latencies(true)) {
		t.Errorf("fixed: %v, want %v", fixed.Latencies(false), score.Latencies(false))
	}
	part := score.Within(at("2025-10-02 00:00:00"), to)
	if len(part.Checks) != 24 || len(part.Arrivals) != 1 || part.PerDay() != 24 {
		t.Errorf("of the second day %d checks, %d arrivals", len(part.Checks), len(part.Arrivals))
	}
	slowest := score.Slowest(2)
	if len(slowest) != 2 || slowest[0].Name != "file 2" || slowest[1].Name != "file 3" {
		t.Errorf("slowest: %+v", slowest)
	}
	if n := len(score.Slowest(99)); n != 5 {
		t.Errorf("%d of 5 slowest", n)
	}
}

func TestQuantile(t *testing.T) {
	var l Latencies
	if !math.IsNaN(l.Quantile(0.5)) || !math.IsNaN(l.Mean()) {
		t.Errorf("of none: %g, %g", l.Quantile(0.5), l.Mean())
	}
	for i := range 10 {
		l = append(l, time.Duration(i+1)*time.Second)
	}
	for q, want := range map[float64]float64{0.01: 1, 0.1: 1, 0.11: 2, 0.5: 5, 0.51: 6, 0.9: 9, 0.99: 10, 1: 10} {
		if got := l.Quantile(q); got != want {
			t.Errorf("quantile %g is %g, want %g", q, got, want)
		}
	}
	if l.Mean() != 5.5 || l[:1].Quantile(0.5) != 1 {
		t.Errorf("mean %g, of one %g", l.Mean(), l[:1].Quantile(0.5))
	}
}

// TestSlowestLong orders latencies that differ by more than 32 bits hold.
func TestSlowestLong(t *testing.T) {
	s := Score{}
	for i := range 5 {
		s.Arrivals = append(s.Arrivals, Scored{Latency: time.Duration(i) * 4294967296})
	}
	if got := s.Slowest(1)[0].Latency; got != 4*4294967296 {
		t.Errorf("the slowest is %v", got)
	}
}

// keeper is a learner that notes what it is told, and foretells nothing.
type keeper struct{ told []string }

func (k *keeper) Learn(found []Arrival, at time.Time) rules.Forecaster {
	for _, a := range found {
		k.told = append(k.told, a.Name)
		if a.At.After(at) {
			k.told = append(k.told, "from the future")
		}
	}
	return nil
}

// TestReplayLearns tells a learner the history first, and then only what was found.
func TestReplayLearns(t *testing.T) {
	k := &keeper{}
	p := Plot{Schedule: compile(t, hourly), Source: "game", Learner: k,
		Arrivals: arrivals("2025-09-30 10:00:00", "2025-10-01 00:30:00", "2025-10-05 00:00:00"),
		History:  []Arrival{{At: at("2025-09-29 10:00:00"), Name: "older"}, {At: at("2025-10-02 10:00:00"), Name: "later"}}}
	p.Replay(at("2025-10-01 00:00:00"), func(s Step) bool { return s.At.Before(at("2025-10-02 00:00:00")) })
	if want := []string{"older", "file 0", "file 1"}; !slices.Equal(k.told, want) {
		t.Errorf("told %q, want %q", k.told, want)
	}
}

// TestSimulateDays holds days to one another: several at once are those that each
// alone is but for the state they start in, and the clock's changes are in them.
func TestSimulateDays(t *testing.T) {
	p := Plot{Schedule: compile(t, hourly), Source: "game", Arrivals: arrivals("2025-10-25 10:30:00", "2025-10-26 02:30:00")}
	days := p.Simulate(at("2025-10-25 15:00:00"), 3)
	if len(days) != 3 {
		t.Fatalf("%d days", len(days))
	}
	for i, want := range []struct{ checks, fixed, found int }{{24, 288, 1}, {25, 300, 1}, {24, 288, 0}} {
		d := days[i]
		if len(d.Steps) != want.checks || d.FixedChecks(5*time.Minute) != want.fixed || len(d.Arrivals) != want.found {
			t.Errorf("day %d: %d checks, %d fixed, %d arrivals, want %+v", i, len(d.Steps), d.FixedChecks(5*time.Minute), len(d.Arrivals), want)
		}
		if i > 0 && !d.From.Equal(days[i-1].To) {
			t.Errorf("day %d starts at %v, the one before ends at %v", i, d.From, days[i-1].To)
		}
		if mean, ok := d.MeanLatency(); ok != (want.found > 0) || ok && mean != 30*time.Minute {
			t.Errorf("day %d: mean latency %v, %t", i, mean, ok)
		}
		if d.LongestWait() != time.Hour {
			t.Errorf("day %d: longest wait %v", i, d.LongestWait())
		}
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	other := p.Simulate(at("2025-10-25 15:00:00").In(tokyo), 1)[0]
	if want := time.Date(2025, 10, 25, 0, 0, 0, 0, tokyo); !other.From.Equal(want) || len(other.Steps) != 24 {
		t.Errorf("a day of another zone starts at %v with %d checks", other.From, len(other.Steps))
	}
}

func BenchmarkBacktest(b *testing.B) {
	p := Plot{Schedule: compile(b, hourly), Source: "game"}
	from := at("2024-01-01 00:00:00")
	for i := range 2500 {
		p.Arrivals = append(p.Arrivals, Arrival{At: from.Add(time.Duration(i) * 5 * time.Hour)})
	}
	for b.Loop() {
		p.Backtest(from, from.AddDate(0, 20, 0))
	}
}

func BenchmarkReadArrivals(b *testing.B) {
	text := ""
	for i := range 2500 {
		text += at("2024-01-01 00:00:00").Add(time.Duration(i)*time.Hour).Format("2006-01-02-150405") + "-supply-round-1.txt\n"
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ReadArrivals(strings.NewReader(text), "names", paris()); err != nil {
			b.Fatal(err)
		}
	}
}
