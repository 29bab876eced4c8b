package forecast

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	least = 30 * time.Second
	most  = 6 * time.Hour
)

var french = Options{Zone: paris}

// told is all that a model says at a moment, for comparison.
func told(m *Model, now time.Time) string {
	return fmt.Sprint(m.Worth(36, least, most), toldAtOnce(m, now))
}

// toldAtOnce leaves out what takes long.
func toldAtOnce(m *Model, now time.Time) string {
	return fmt.Sprint(m.Ready(), m.Chance(now, time.Minute), m.Chance(now, time.Hour), m.ETA(now),
		m.Next(now, 20*time.Second, least, most), m.Week(), m.Tonight(now))
}

func TestOnlyThePastCounts(t *testing.T) {
	arrivals := evenings(900)
	for _, n := range []int{0, 1, 200, 650, 655, 899} {
		until := arrivals[n].At.Add(-time.Second)
		want := told(Learn(arrivals[:n], until, french), until)
		if got := told(Learn(arrivals, until, french), until); got != want {
			t.Errorf("before arrival %d: later arrivals change what is told:\n%s\n%s", n, got, want)
		}
	}
}

func TestOrderDoesNotCount(t *testing.T) {
	arrivals := evenings(400)
	until := arrivals[399].At.Add(5 * time.Minute)
	want := told(Learn(arrivals, until, french), until)
	shuffled := slices.Clone(arrivals)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	before := slices.Clone(shuffled)
	if got := told(Learn(shuffled, until, french), until); got != want {
		t.Error("the order of arrivals changes what is told")
	}
	if !slices.Equal(before, shuffled) {
		t.Error("the caller's arrivals were sorted in place")
	}
}

// TestWithEqualsLearn learns in random steps and all at once.
func TestWithEqualsLearn(t *testing.T) {
	arrivals := evenings(700)
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.IntRange(0, 600).Draw(t, "known")
		m := Learn(arrivals[:known], arrivals[known].At.Add(-time.Second), french)
		for range rapid.IntRange(1, 6).Draw(t, "steps") {
			to := min(known+rapid.IntRange(0, 40).Draw(t, "more"), len(arrivals)-1)
			wait := time.Duration(rapid.IntRange(0, 200_000).Draw(t, "wait")) * time.Second
			until := arrivals[to].At.Add(-time.Second)
			if to > known {
				until = arrivals[to-1].At
			}
			if gap := arrivals[to].At.Sub(until) - time.Second; gap > 0 {
				until = until.Add(min(wait, gap))
			}
			m, known = m.With(arrivals[known:to], until), to
			if got, want := toldAtOnce(m, until), toldAtOnce(Learn(arrivals[:to], until, french), until); got != want {
				t.Fatalf("With tells other than Learn at %s:\n%s\n%s", until, got, want)
			}
		}
		if rapid.IntRange(0, 9).Draw(t, "worth") == 0 && m.Worth(36, least, most) != Learn(arrivals[:known], m.until, french).Worth(36, least, most) {
			t.Fatal("With finds another worth than Learn")
		}
	})
}

func TestWithKeepsTheOldModel(t *testing.T) {
	arrivals := evenings(300)
	now := arrivals[250].At
	m := Learn(arrivals, now, french)
	want := told(m, now)
	first := m.With(arrivals[251:260], arrivals[259].At)
	wantFirst := told(first, arrivals[259].At)
	m.With([]Arrival{{At: now.Add(time.Second), Name: "x"}}, now.Add(time.Minute))
	if told(m, now) != want || told(first, arrivals[259].At) != wantFirst {
		t.Error("a later With changed a model")
	}
	if again := m.With(arrivals[:251], now); told(again, now) != want {
		t.Error("known arrivals counted twice")
	}
	if back := m.With(nil, now.AddDate(0, -1, 0)); told(back, now) != want {
		t.Error("an earlier until forgot what was known")
	}
}

func TestReady(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2030, 3, 1+n, 21, 30, 0, 0, paris) }
	session := func(d, files int) (arrivals []Arrival) {
		for i := range files {
			arrivals = append(arrivals, Arrival{At: day(d).Add(time.Duration(i) * 5 * time.Minute)})
		}
		return arrivals
	}
	tests := []struct {
		name     string
		sessions [][]Arrival
		want     bool
	}{
		{"nothing", nil, false},
		{"enough", [][]Arrival{session(0, 10), session(3, 10), session(6, 10), session(9, 10), session(14, 10)}, true},
		{"a file too few", [][]Arrival{session(0, 9), session(3, 10), session(6, 10), session(9, 10), session(14, 10)}, false},
		{"a session too few", [][]Arrival{session(0, 20), session(3, 20), session(6, 10), session(14, 10)}, false},
		{"a day too few", [][]Arrival{session(0, 10), session(3, 10), session(6, 10), session(9, 10), session(13, 10)}, false},
	}
	for _, test := range tests {
		if got := Learn(slices.Concat(test.sessions...), day(30), french).Ready(); got != test.want {
			t.Errorf("%s: ready %v, want %v", test.name, got, test.want)
		}
	}
}

// TestConcurrentUse is for the race detector; the answers must agree as well.
func TestConcurrentUse(t *testing.T) {
	arrivals := evenings(300)
	now := arrivals[299].At.Add(time.Minute)
	m := Learn(arrivals, now, french)
	answers := make([]string, 4)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = told(m.With(nil, now), now) + told(m, now) })
	}
	wg.Wait()
	if len(slices.Compact(answers)) != 1 {
		t.Error("concurrent callers were told different things")
	}
}

func TestLastNoon(t *testing.T) {
	apia, err := time.LoadLocation("Pacific/Apia") // had no 30 December 2011
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ at, want time.Time }{
		{time.Date(2025, 3, 30, 12, 0, 0, 0, paris), time.Date(2025, 3, 30, 12, 0, 0, 0, paris)},
		{time.Date(2025, 3, 30, 3, 30, 0, 0, paris), time.Date(2025, 3, 29, 12, 0, 0, 0, paris)},
		{time.Date(2025, 10, 26, 11, 59, 59, 0, paris), time.Date(2025, 10, 25, 12, 0, 0, 0, paris)},
		{time.Date(2025, 1, 1, 0, 0, 0, 0, paris), time.Date(2024, 12, 31, 12, 0, 0, 0, paris)},
		{time.Date(2025, 7, 1, 10, 30, 0, 0, time.UTC), time.Date(2025, 7, 1, 10, 0, 0, 0, time.UTC)},
		{time.Date(2011, 12, 31, 1, 0, 0, 0, apia), time.Date(2011, 12, 29, 12, 0, 0, 0, apia)},
	}
	for _, test := range tests {
		zone := test.at.Location()
		if zone == time.UTC {
			zone = paris
		}
		if got := lastNoon(test.at, zone); got.After(test.at) || !got.Equal(test.want) {
			t.Errorf("noon before %s: %s, want %s", test.at, got, test.want)
		}
	}
}
