package rules_test

import (
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// BenchmarkDecide decides in the shipped schedule's prime time, by its last rule
// but one.
func BenchmarkDecide(b *testing.B) {
	schedule := compile(b, shipped(b), zoneOf(b, "Europe/Paris"))
	at := time.Date(2025, 10, 1, 19, 0, 0, 0, time.UTC)
	state := rules.State{Misses: 4, MissesTotal: 40, LastCheck: at.Add(-10 * time.Minute), LastFound: at.Add(-time.Hour)}
	b.ReportAllocs()
	for b.Loop() {
		schedule.Decide("game", state, rules.Outcome{At: at})
	}
}

// BenchmarkDay follows a source through a quiet day, with a find each hour.
func BenchmarkDay(b *testing.B) {
	schedule := compile(b, shipped(b), zoneOf(b, "Europe/Paris"))
	from := time.Date(2025, 10, 1, 0, 0, 0, 0, schedule.Zone())
	b.ReportAllocs()
	for b.Loop() {
		var state rules.State
		for at := from; at.Day() == 1; {
			var d rules.Decision
			found := 0
			if at.Sub(state.LastFound) > time.Hour {
				found = 1
			}
			state, d = schedule.Decide("game", state, rules.Outcome{At: at, Found: found})
			at = d.Next
		}
	}
}

// BenchmarkCompile compiles the shipped schedule's windows.
func BenchmarkCompile(b *testing.B) {
	spec, zone := specOf(b, shipped(b)), zoneOf(b, "Europe/Paris")
	for b.Loop() {
		if _, faults := rules.Compile(spec, zone, true); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
