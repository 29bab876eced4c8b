package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/cli"
)

// invented writes arrivals of a made-up community: pairs of rounds on Tuesday and
// Friday evenings, from about 21:00 on, over so many weeks.
func invented(t *testing.T, weeks int) string {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for week := range weeks {
		for _, weekday := range []int{1, 4} {
			at := time.Date(2025, 1, 6, 21, 0, 0, 0, time.UTC).AddDate(0, 0, 7*week+weekday).Add(time.Duration(random.IntN(40)) * time.Minute)
			for round := range 12 {
				fmt.Fprintf(&b, "%s-mp_quarry%d-round-%d.txt\n", at.Format("2006-01-02-150405"), round/2%3, 1+round%2)
				at = at.Add(time.Duration(300+random.IntN(420)) * time.Second)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "arrivals.txt")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestForecastShows(t *testing.T) {
	arrivals := invented(t, 12)
	svg := filepath.Join(t.TempDir(), "week.svg")
	out := runOK(t, "-c", "../../examples/forecast.yaml", "forecast", "--arrivals", arrivals, "--at", "2025-03-28T20:30", "--svg", svg)
	for _, want := range []string{"Friday 28 March 2025, 20:30 CET", "learned from 276 arrivals", "  Tue ", "chance that a session starts, by hour\n  2", "PREDICTED"} {
		if !strings.Contains(out, want) {
			t.Errorf("the forecast does not say %q:\n%s", want, out)
		}
	}
	drawn, err := os.ReadFile(svg)
	if err != nil || strings.Count(string(drawn), "<rect ") != 1+7*48 {
		t.Errorf("the drawing has %d fields, %v", strings.Count(string(drawn), "<rect "), err)
	}

	var json1 struct {
		Chance map[string]float64 `json:"chance"`
		Start  [24]float64        `json:"start_by_hour"`
	}
	text := runOK(t, "-c", "../../examples/forecast.yaml", "forecast", "--arrivals", arrivals, "--at", "2025-03-28T20:30", "-o", "json")
	if err := json.Unmarshal([]byte(text), &json1); err != nil {
		t.Fatal(err)
	}
	if json1.Chance["2h"] < 0.5 || json1.Chance["10m"] > json1.Chance["30m"] || json1.Start[21] < 0.4 || json1.Start[9] > 0.05 {
		t.Errorf("on a Friday evening: chances %v, starts %v", json1.Chance, json1.Start)
	}
}

func TestForecastNeedsHistory(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := cli.Main([]string{"-c", "../../examples/forecast.yaml", "forecast", "--arrivals", invented(t, 1)}, &stdout, &stderr); code != 1 || !strings.Contains(stderr.String(), "hint: 50 files") {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
}

func TestForecastBeatsTheRules(t *testing.T) {
	arrivals := invented(t, 26)
	var result struct {
		Schedules []struct {
			PerDay  float64 `json:"checks_per_day"`
			Latency struct {
				Mean float64 `json:"mean"`
			} `json:"latency"`
		} `json:"schedules"`
	}
	text := runOK(t, "-c", "../../examples/forecast.yaml", "backtest", "--arrivals", arrivals, "--from", "2025-04-01", "--vs", "../../examples/default.yaml", "-o", "json")
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatal(err)
	}
	learned, table := result.Schedules[0], result.Schedules[1]
	if learned.Latency.Mean > table.Latency.Mean/2 || learned.PerDay > 38 {
		t.Errorf("learned: %.0f s at %.1f checks a day; the table: %.0f s at %.1f", learned.Latency.Mean, learned.PerDay, table.Latency.Mean, table.PerDay)
	}
}

func TestPropose(t *testing.T) {
	arrivals := invented(t, 20)
	dir := t.TempDir()
	shipped, err := os.ReadFile("../../examples/default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	schedule := filepath.Join(dir, "schedule.yaml")
	if err := os.WriteFile(schedule, shipped, 0o644); err != nil {
		t.Fatal(err)
	}
	out := runOK(t, "-c", schedule, "forecast", "--propose", "--arrivals", arrivals)
	proposed, err := os.ReadFile(filepath.Join(dir, "schedule.proposed.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := bytes.Cut(shipped, []byte("\nwindows:"))
	if !bytes.HasPrefix(proposed, before) || !bytes.Contains(proposed, []byte("days: [")) {
		t.Errorf("the proposal does not keep what stands before the windows:\n%s", proposed)
	}
	if now, err := os.ReadFile(schedule); err != nil || !bytes.Equal(now, shipped) {
		t.Errorf("the schedule itself was changed, %v", err)
	}
	runOK(t, "validate", filepath.Join(dir, "schedule.proposed.yaml"))
	if !strings.Contains(out, "measured on the days after") {
		t.Errorf("it does not say what the measure is worth:\n%s", out)
	}
	var stderr bytes.Buffer
	if code := cli.Main([]string{"-c", "../../examples/many-servers.yaml", "forecast", "--propose", "--arrivals", arrivals, "--to", filepath.Join(dir, "x.yaml")}, &stderr, &stderr); code != 1 || !strings.Contains(stderr.String(), "windows of its own") {
		t.Errorf("a source with a named set: exit code %d, %s", code, &stderr)
	}
}
