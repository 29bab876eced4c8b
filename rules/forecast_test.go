package rules_test

import (
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// steady is a forecast of which every answer is known.
type steady struct {
	chance float64
	eta    time.Duration
	wait   time.Duration
	asked  *rules.Budget
}

func (f steady) Chance(_ time.Time, within time.Duration) float64 {
	return f.chance * within.Hours()
}
func (f steady) ETA(time.Time) time.Duration { return f.eta }
func (f steady) Wait(_ time.Time, budget rules.Budget, _, _ time.Duration) time.Duration {
	*f.asked = budget
	return f.wait
}

func TestForecastRules(t *testing.T) {
	s := compile(t, `
windows:
  - name: all day
    rules:
      - {when: found > 0 and eta < duration("10m"), interval: 1m, reason: soon}
      - {when: chance("30m") > 0.2, interval: 2m, reason: likely}
      - {interval: forecast, budget: 48/day, min: 3m, max: 20m}
      - {when: misses < 3, interval: 4m, reason: learning}
      - {interval: 40m, reason: still learning}
`, time.UTC)
	at := time.Date(2025, 10, 3, 12, 0, 0, 0, time.UTC)
	var budget rules.Budget
	for _, tt := range []struct {
		name     string
		forecast rules.Forecaster
		found    int
		misses   int
		rule     int
		wait     time.Duration
		reason   string
	}{
		{"nothing known", nil, 1, 0, 4, 4 * time.Minute, "learning"},
		{"nothing known, later", nil, 0, 7, 5, 40 * time.Minute, "still learning"},
		{"soon", steady{0, 9 * time.Minute, 0, &budget}, 1, 0, 1, time.Minute, "soon"},
		{"not so soon", steady{0, 10 * time.Minute, 7 * time.Minute, &budget}, 1, 0, 3, 7 * time.Minute, "forecast"},
		{"likely", steady{0.5, time.Hour, 0, &budget}, 0, 0, 2, 2 * time.Minute, "likely"},
		{"as likely as not asked for", steady{0.4, time.Hour, 5 * time.Minute, &budget}, 0, 0, 3, 5 * time.Minute, "forecast"},
		{"held at min", steady{0, time.Hour, time.Second, &budget}, 0, 0, 3, 3 * time.Minute, "forecast"},
		{"held at max", steady{0, time.Hour, 9 * time.Hour, &budget}, 0, 0, 3, 20 * time.Minute, "forecast"},
	} {
		state := rules.State{Misses: max(0, tt.misses-1), LastCheck: at.Add(-time.Minute), LastFound: at.Add(-time.Hour)}
		_, d := s.Decide("game", state, rules.Outcome{At: at, Found: tt.found, Forecast: tt.forecast})
		if d.Rule != tt.rule || d.Next.Sub(at) != tt.wait || d.Reason != tt.reason || len(d.Faults) > 0 {
			t.Errorf("%s: rule %d, wait %s, %q, faults %q; want rule %d, %s, %q", tt.name, d.Rule, d.Next.Sub(at), d.Reason, d.Faults, tt.rule, tt.wait, tt.reason)
		}
	}
	if want := (rules.Budget{PerDay: 48}); budget != want {
		t.Errorf("the forecast was asked for %+v, want %+v", budget, want)
	}
}
