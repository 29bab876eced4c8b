package rules_test

import (
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// zoneOf loads a zone.
func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// fataler is a testing.TB or a rapid.T.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// specOf reads windows and waits; the keys that are not of rules are dropped.
func specOf(t fataler, text string) *rules.Spec {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	root := document.Content[0]
	for i := len(root.Content) - 2; i >= 0; i -= 2 {
		switch root.Content[i].Value {
		case "windows", "default", "jitter", "on_error", "max_error":
		default:
			root.Content = append(root.Content[:i:i], root.Content[i+2:]...)
		}
	}
	spec, decoder := &rules.Spec{}, &rules.Decoder{Source: []byte(text)}
	decoder.Decode(root, spec)
	if len(decoder.Faults) > 0 {
		t.Fatal(decoder.Faults)
	}
	return spec
}

// compile makes a schedule of a text that is right.
func compile(t fataler, text string, zone *time.Location) *rules.Schedule {
	t.Helper()
	schedule, faults := rules.Compile(specOf(t, text), zone, true)
	if len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, text)
	}
	return schedule
}

// shipped is the text of the schedule that the project comes with.
func shipped(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../schedule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// conditionOf is a schedule of one window whose first rule has a condition.
func conditionOf(when string) string {
	return "windows:\n  - name: all day\n    rules:\n      - when: '" + strings.ReplaceAll(when, "'", "''") +
		"'\n        interval: 1m\n      - {interval: 1h}\n"
}
