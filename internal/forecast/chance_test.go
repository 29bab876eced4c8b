package forecast

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestChanceIsADistribution(t *testing.T) {
	arrivals := evenings(700)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 699).Draw(t, "known")
		now := arrivals[n].At.Add(time.Duration(rapid.Int64Range(0, 3*86400).Draw(t, "later")) * time.Second)
		m := Learn(arrivals[:n+1], now, french)
		before := 0.0
		if c := m.Chance(now, -time.Second); c != 0 {
			t.Fatalf("chance %v within no time", c)
		}
		for _, within := range []time.Duration{0, time.Second, time.Minute, 10 * time.Minute, time.Hour, 5 * time.Hour, 30 * time.Hour, 400 * time.Hour} {
			c := m.Chance(now, within)
			if math.IsNaN(c) || c < before-1e-12 || c > 1 {
				t.Fatalf("chance %v within %s, %v within less", c, within, before)
			}
			before = c
		}
		if eta := m.ETA(now); eta < 0 || eta > 7*24*time.Hour {
			t.Fatalf("expects the next file in %s", eta)
		}
	})
}

// FuzzModel learns from any gaps, among them none and centuries.
func FuzzModel(f *testing.F) {
	f.Add([]byte{0, 0, 0, 10, 200, 255, 255, 0, 129}, uint16(3), true)
	f.Add([]byte{}, uint16(0), false)
	f.Fuzz(func(t *testing.T, gaps []byte, later uint16, rounds bool) {
		if len(gaps) > 300 {
			return
		}
		at := time.Time{}
		var arrivals []Arrival
		for i, g := range gaps {
			at = at.Add(time.Duration(math.Pow(1.09, float64(g))-1) * time.Second)
			a := Arrival{At: at}
			if rounds {
				a.Name = "2030-01-02-213000-alpha-round-" + string('1'+rune(i%2)) + ".txt"
			}
			arrivals = append(arrivals, a)
		}
		now := at.Add(time.Duration(later) * time.Minute)
		m := Learn(arrivals, now, french)
		c, eta, wait := m.Chance(now, time.Hour), m.ETA(now), m.Next(now, time.Minute, least, most)
		if !(c >= 0 && c <= 1) || eta < 0 || eta > 7*24*time.Hour || wait < least || wait > most {
			t.Errorf("chance %v, expected in %s, waits %s", c, eta, wait)
		}
		if later%16 == 0 && m.Worth(36, least, most) <= 0 {
			t.Error("a check is worth nothing")
		}
	})
}

// TestTonight: people keep to the wall clock, also in the night that it changes.
func TestTonight(t *testing.T) {
	var arrivals []Arrival
	for d := range 60 {
		arrivals = append(arrivals, Arrival{At: time.Date(2025, 1, 28+d, 21, 30+d%9, 0, 0, paris)})
	}
	for _, at := range []time.Time{
		time.Date(2025, 3, 29, 15, 0, 0, 0, paris), time.Date(2025, 3, 30, 15, 0, 0, 0, paris),
		time.Date(2025, 3, 31, 0, 30, 0, 0, paris),
	} {
		m := Learn(arrivals, at, french)
		chances := m.Tonight(at)
		total := 0.0
		for h, c := range chances {
			total += c
			if h != 21 && c > 0.05 {
				t.Errorf("%s: chance %v at %d", at, c, h)
			}
		}
		if chances[21] < 0.8 || total > 1+1e-9 {
			t.Errorf("%s: chance %v at 21, %v in all", at, chances[21], total)
		}
		start := time.Date(at.Year(), at.Month(), at.Day(), 21, 0, 0, 0, paris)
		if before, within := m.Chance(start.Add(-time.Hour), time.Hour), m.Chance(start, time.Hour); before > 0.3 || within < 0.8 {
			t.Errorf("%s: chance %v before nine, %v after", at, before, within)
		}
	}
}

func TestWeek(t *testing.T) {
	arrivals := evenings(1600)
	until := arrivals[len(arrivals)-1].At.Add(24 * time.Hour)
	files, starts := 0.0, 0.0
	week := Learn(arrivals, until, french).Week()
	for d := range 7 {
		for half := range 48 {
			files += week.Files[d][half]
			starts += week.Starts[d][half]
			if half >= 4 && half < 42 && week.Files[d][half] > 0 {
				t.Errorf("files on day %d at half hour %d", d, half)
			}
		}
	}
	if math.Abs(files-56) > 3 || math.Abs(starts-3.5) > 0.2 {
		t.Errorf("%v files and %v starts a week, want 56 and 3.5", files, starts)
	}
}

func TestCalibrate(t *testing.T) {
	arrivals := evenings(1200)
	from := arrivals[800].At
	to := from.AddDate(0, 0, 21)
	n := 0
	for _, b := range Calibrate(arrivals, from, to, 0, french) {
		n += b.N
		if b.Mean < b.From || b.Mean > b.To || b.Observed < 0 || b.Observed > 1 {
			t.Errorf("bin %+v", b)
		}
	}
	if want := int(to.Sub(from) / (10 * time.Minute)); n != want {
		t.Errorf("%d moments, want %d", n, want)
	}
}
