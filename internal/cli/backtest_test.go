package cli_test

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"testing"

	"github.com/smartsync/smartsync/internal/cli"
)

// realArrivals are the arrivals of a real server, which are not part of the
// project.
const realArrivals = "../../../shared/data/arrivals.txt"

// TestBacktestReal holds the shipped schedule, and polling every 5 minutes, to
// what sixteen months of real arrivals are known to cost.
func TestBacktestReal(t *testing.T) {
	if _, err := os.Stat(realArrivals); err != nil {
		t.Skipf("no real arrivals: %v", err)
	}
	out := runOK(t, "-c", "../../schedule.yaml", "backtest", "--arrivals", realArrivals, "--from", "2024-03-01", "--to", "2025-07-01", "--vs", "every=5m", "--output", "json")
	var got struct {
		Schedules []struct {
			Files        int
			ChecksPerDay float64 `json:"checks_per_day"`
			Latency      struct{ Mean, P50, P90, P99, Max float64 }
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][5]float64{{32.6, 454, 275, 584, 42643}, {288, 149, 148, 270, 299}} {
		s := got.Schedules[i]
		have := [5]float64{math.Round(s.ChecksPerDay*10) / 10, math.Round(s.Latency.Mean), s.Latency.P50, s.Latency.P90, s.Latency.Max}
		if have != want {
			t.Errorf("schedule %d: checks a day, mean, p50, p90, max are %v, want %v", i, have, want)
		}
		if s.Files != 2617 {
			t.Errorf("schedule %d: %d files", i, s.Files)
		}
	}
}

func BenchmarkBacktestReal(b *testing.B) {
	if _, err := os.Stat(realArrivals); err != nil {
		b.Skipf("no real arrivals: %v", err)
	}
	for b.Loop() {
		args := []string{"-c", "../../schedule.yaml", "backtest", "--arrivals", realArrivals, "--from", "2024-03-01", "--to", "2025-07-01", "--output", "json"}
		if code := cli.Main(args, io.Discard, os.Stderr); code != 0 {
			b.Fatalf("exit code %d", code)
		}
	}
}
