package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

const alertRules = "../../examples/prometheus-alerts.yml"

// promtool runs Prometheus' own tool, which must find no fault.
func promtool(t *testing.T, input string, args ...string) {
	t.Helper()
	path, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: Debian has it in the package prometheus")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(input)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("promtool %q: %v\n%s", args, err, out)
	}
}

// TestAlertRules runs the alert rules over made-up hours: testdata/alerts.yml has
// what happens, and which alerts are to be raised.
func TestAlertRules(t *testing.T) {
	promtool(t, "", "check", "rules", "--lint-fatal", alertRules)
	promtool(t, "", "test", "rules", "testdata/alerts.yml")
}

// TestDashboardExpressions has Prometheus read what the Grafana dashboard asks for.
func TestDashboardExpressions(t *testing.T) {
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var recorded []rule
	variable := regexp.MustCompile(`\$(__)?\w+`)
	for _, expression := range dashboardExpressions(t) {
		recorded = append(recorded, rule{"dashboard:panel", variable.ReplaceAllString(expression, "5m")})
	}
	text, err := yaml.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": recorded}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "", "check", "rules", "--lint=none", path)
}

// dashboardExpressions are those of the Grafana dashboard.
func dashboardExpressions(t *testing.T) (all []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	text, err := os.ReadFile("../../examples/grafana-dashboard.json")
	if err == nil {
		err = json.Unmarshal(text, &dashboard)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			all = append(all, target.Expr)
		}
	}
	return all
}

// TestMetricsForm has Prometheus read all metrics, once each of them has a value.
func TestMetricsForm(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	result := engine.Result{Imported: 1, Rejected: 1, Found: []rules.FoundFile{{Name: "a", Modified: time.Now()}}}
	failure := error(nil)
	checker := s.o.Meter.Checker(visits(func(context.Context) (engine.Result, error) { return result, failure }),
		func(_, _ string, modified time.Time) time.Time { return modified })
	for _, failure = range []error{nil, errors.New("no route")} {
		_, _ = checker.Check(t.Context(), "game")
	}
	s.must(s.o.Meter.Memory(s.o.Store).SaveState(t.Context(), store.SourceState{Source: "game", Window: `prime "time"`, Rule: 2, LastCheck: evening, Next: evening}))
	s.o.Meter.pokes.WithLabelValues("game", "taken").Inc()
	page := s.get("/metrics").body
	if n := strings.Count(page, "\n# TYPE smartsync_"); n < 15 {
		t.Errorf("%d metrics of our own", n)
	}
	promtool(t, page, "check", "metrics")
	if !bytes.Contains([]byte(page), []byte(`window="prime \"time\""`)) {
		t.Errorf("a window's name is not quoted")
	}
}
