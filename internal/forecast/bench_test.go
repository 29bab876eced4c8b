package forecast

import (
	"fmt"
	"testing"
	"time"
)

// evenings are invented: n files, 16 an evening, every second day from 21:30, with
// gaps between three and ten minutes.
func evenings(n int) []Arrival {
	maps := []string{"alpha", "bravo", "charlie", "delta"}
	var arrivals []Arrival
	for d := 0; len(arrivals) < n; d++ {
		at := time.Date(2030, 1, 1+2*d, 21, 20+(d*7)%20, 0, 0, paris)
		for i := range 16 {
			name := fmt.Sprintf("%s-%s-round-%d.txt", at.Format("2006-01-02-150405"), maps[i/2%4], i%2+1)
			arrivals = append(arrivals, Arrival{at, name})
			at = at.Add(time.Duration(180+(d*131+i*97)%420) * time.Second)
		}
	}
	return arrivals[:n]
}

func BenchmarkLearn(b *testing.B) {
	arrivals := evenings(5000)
	until := arrivals[len(arrivals)-1].At
	for b.Loop() {
		Learn(arrivals, until, Options{Zone: paris})
	}
}

func BenchmarkWith(b *testing.B) {
	arrivals := evenings(5000)
	last := len(arrivals) - 1
	m := Learn(arrivals[:last], arrivals[last-1].At, Options{Zone: paris})
	for b.Loop() {
		m.With(arrivals[last:], arrivals[last].At)
	}
}

// BenchmarkNext decides right after a file: nothing is planned yet.
func BenchmarkNext(b *testing.B) {
	arrivals := evenings(5000)
	now := arrivals[len(arrivals)-1].At.Add(time.Minute)
	m := Learn(arrivals, now, Options{Zone: paris})
	for b.Loop() {
		m.session = &cached[struct{}, *session]{}
		m.Next(now, 20*time.Second, 30*time.Second, 6*time.Hour)
	}
}

// BenchmarkNextPlanned decides after a miss.
func BenchmarkNextPlanned(b *testing.B) {
	arrivals := evenings(5000)
	now := arrivals[len(arrivals)-1].At.Add(time.Minute)
	m := Learn(arrivals, now, Options{Zone: paris})
	for b.Loop() {
		m.Next(now, 20*time.Second, 30*time.Second, 6*time.Hour)
	}
}

func BenchmarkWeekPlan(b *testing.B) {
	arrivals := evenings(5000)
	m := Learn(arrivals, arrivals[len(arrivals)-1].At, Options{Zone: paris})
	for b.Loop() {
		m.habits.planWeek(fresh, terms{20, 30, 6 * hour})
	}
}

func BenchmarkWorth(b *testing.B) {
	arrivals := evenings(5000)
	m := Learn(arrivals, arrivals[len(arrivals)-1].At, Options{Zone: paris})
	for b.Loop() {
		m.prices = &prices{asOf: m.prices.asOf}
		m.Worth(36, 30*time.Second, 6*time.Hour)
	}
}

func BenchmarkETA(b *testing.B) {
	arrivals := evenings(5000)
	now := arrivals[len(arrivals)-1].At.Add(time.Minute)
	m := Learn(arrivals, now, Options{Zone: paris})
	for b.Loop() {
		m.ETA(now)
	}
}
