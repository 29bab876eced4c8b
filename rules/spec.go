package rules

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// Spec is the part of a schedule file that Compile turns into a Schedule, as it
// is written.
type Spec struct {
	Windows  []WindowSpec `yaml:"windows"`   // the first window that contains the moment rules
	Default  *RuleSpec    `yaml:"default"`   // rules where no window, or no rule of a window, does
	Jitter   Text         `yaml:"jitter"`    // lengthens every interval by up to this share, a fixed share for each source
	OnError  Text         `yaml:"on_error"`  // wait after a failed check, doubled while it keeps failing; 5m
	MaxError Text         `yaml:"max_error"` // the longest wait after failed checks; 1h
}

// WindowSpec is a named part of the day, as it is written.
type WindowSpec struct {
	Place  `yaml:",place" json:"-"`
	Name   Text       `yaml:"name"`   // said in logs and tables, and what an until may name
	From   Text       `yaml:"from"`   // local clock time, included
	To     Text       `yaml:"to"`     // local clock time, excluded; before from: on the next day
	Days   []Text     `yaml:"days"`   // mon … sun, the days on which the window opens; every day
	Dates  []Text     `yaml:"dates"`  // YYYY-MM-DD, the only dates on which the window opens
	Except []Text     `yaml:"except"` // YYYY-MM-DD, dates on which it does not
	Wake   Flag       `yaml:"wake"`   // no longer wait sleeps past this window's opening
	Jitter Text       `yaml:"jitter"` // as at the top, for this window
	Rules  []RuleSpec `yaml:"rules"`  // the first rule whose condition holds wins
}

// RuleSpec is a condition and how long to wait when it holds, as it is written.
type RuleSpec struct {
	Place    `yaml:",place" json:"-"`
	When     Text `yaml:"when"`     // an expression over the facts; always
	Interval Text `yaml:"interval"` // a duration, an expression that yields one, or forecast
	Until    Text `yaml:"until"`    // a clock time, or a window's name: its next opening
	Reason   Text `yaml:"reason"`   // said in logs and tables
	Jitter   Text `yaml:"jitter"`   // as at the top, for this rule
	Budget   Text `yaml:"budget"`   // with interval: forecast: checks a day, as 36/day, or the latency that a check is worth, as 20s; 36/day
	Min      Text `yaml:"min"`      // with interval: forecast: the shortest wait; 30s
	Max      Text `yaml:"max"`      // with interval: forecast: the longest wait; 6h
}

// Describe names the window by its name, or by its number.
func (WindowSpec) Describe(node *yaml.Node, index int) string {
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
		if node.Content[i].Value == "name" && node.Content[i+1].Value != "" {
			return fmt.Sprintf("window %q", node.Content[i+1].Value)
		}
	}
	return fmt.Sprintf("window %d", index+1)
}

// Describe names the rule by its number.
func (RuleSpec) Describe(_ *yaml.Node, index int) string { return fmt.Sprintf("rule %d", index+1) }
