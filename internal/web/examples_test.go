package web

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestExamplesAskForMetrics holds the alert rules and the Grafana dashboard to the
// metrics that there are, each with the labels that it has.
func TestExamplesAskForMetrics(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	m := s.o.Meter
	m.checks.WithLabelValues("game", "found")
	m.files.WithLabelValues("game", "found")
	m.decisions.WithLabelValues("game", "w", "1")
	m.pokes.WithLabelValues("game", "taken")
	m.duration.WithLabelValues("game")
	m.latency.WithLabelValues("game")
	page := s.get("/metrics").body
	var expressions []string
	var alerts struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations struct{ Summary string }
			}
		}
	}
	text, err := os.ReadFile(alertRules)
	s.must(err)
	s.must(yaml.Unmarshal(text, &alerts))
	for _, rule := range alerts.Groups[0].Rules {
		if rule.Alert == "" || rule.Annotations.Summary == "" {
			t.Errorf("a rule says nothing: %+v", rule)
		}
		expressions = append(expressions, rule.Expr)
	}
	expressions = append(expressions, dashboardExpressions(t)...)
	labels := map[string]bool{"job": true, "instance": true} // which Prometheus adds
	for _, label := range regexp.MustCompile(`[{,](\w+)="`).FindAllStringSubmatch(page, -1) {
		labels[label[1]] = true
	}
	used := 0
	for _, expression := range expressions {
		for _, name := range regexp.MustCompile(`smartsync_\w+`).FindAllString(expression, -1) {
			used++
			if !strings.Contains(page, "\n"+name+"{") && !strings.Contains(page, "\n"+name+" ") {
				t.Errorf("%q asks for %s, which is no metric", expression, name)
			}
		}
		for _, label := range labelsIn(expression) {
			if !labels[label] {
				t.Errorf("%q asks for the label %q, which no metric has", expression, label)
			}
		}
		if strings.Count(expression, "(") != strings.Count(expression, ")") {
			t.Errorf("%q does not close what it opens", expression)
		}
	}
	if used < 15 {
		t.Errorf("only %d names of metrics found", used)
	}
}

// labelsIn are the labels that an expression selects or groups by.
func labelsIn(expression string) (names []string) {
	for _, m := range regexp.MustCompile(`[{,]\s*(\w+)\s*(?:=|!)`).FindAllStringSubmatch(expression, -1) {
		names = append(names, m[1])
	}
	for _, m := range regexp.MustCompile(`\b(?:by|on|without|ignoring)\s*\(([^)]*)\)`).FindAllStringSubmatch(expression, -1) {
		names = append(names, strings.FieldsFunc(m[1], func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return names
}
