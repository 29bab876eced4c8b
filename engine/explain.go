package engine

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// Explanation is which rule holds at a moment and why, as JSON; instants are in
// the schedule's zone.
type Explanation struct {
	Source  string            `json:"source"`
	At      time.Time         `json:"at"`
	Window  string            `json:"window"`
	Opened  *time.Time        `json:"opened"`
	Closes  *time.Time        `json:"closes"`
	Windows []ExplainedWindow `json:"windows"`
	Facts   map[string]any    `json:"facts"` // numbers and texts as such, the rest as it is printed
	Rules   []ExplainedRule   `json:"rules"`
	Answer  Answer            `json:"answer"`
	Change  *ExplainedChange  `json:"change"`  // null: no number of misses changes the answer
	OnFind  Answer            `json:"on_find"` // the answer if the next check finds a file
}

// ExplainedWindow says whether a window holds the moment.
type ExplainedWindow struct {
	Name  string `json:"name"`
	When  string `json:"when"`
	Holds bool   `json:"holds"`
}

// ExplainedRule says what became of a rule.
type ExplainedRule struct {
	Rule    int             `json:"rule"` // from 1; 0 is the default rule
	Line    int             `json:"line"`
	When    string          `json:"when"`
	Then    string          `json:"then"`
	Reason  string          `json:"reason"`
	Held    bool            `json:"held"`
	Won     bool            `json:"won"`
	Verdict string          `json:"verdict"`
	Parts   []ExplainedPart `json:"parts"`
}

// ExplainedPart is an expression within a condition, and its value; depth 0 is the
// whole condition.
type ExplainedPart struct {
	Depth int    `json:"depth"`
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Answer is a decision as JSON.
type Answer struct {
	Window      string    `json:"window"`
	Rule        int       `json:"rule"`
	Line        int       `json:"line"`
	Reason      string    `json:"reason"`
	WaitSeconds int64     `json:"wait_seconds"`
	Next        time.Time `json:"next"`
	Jitter      int64     `json:"jitter_seconds"` // of the wait
	Clamped     string    `json:"clamped"`
	Faults      []string  `json:"faults"`
}

// ExplainedChange is the next answer that differs.
type ExplainedChange struct {
	Misses int       `json:"misses"` // more misses that lead there
	At     time.Time `json:"at"`
	Answer Answer    `json:"answer"`
}

// Wait is the wait as a duration.
func (a Answer) Wait() time.Duration { return time.Duration(a.WaitSeconds) * time.Second }

// OnFind is the decision of the check after d, if that finds a file.
func OnFind(s *rules.Schedule, source string, st rules.State, out rules.Outcome, d rules.Decision) rules.Decision {
	find := rules.Outcome{At: d.Next, Found: 1, Imported: 1, Forecast: out.Forecast,
		Files: []rules.FoundFile{{Name: "a new file", Modified: d.Next}}}
	_, found := s.Decide(source, st, find)
	return found
}

// Explain tells how the schedule decides in a state that holds the outcome.
func Explain(s *rules.Schedule, source string, st rules.State, outcome rules.Outcome) Explanation {
	zone := s.Zone()
	e := s.Explain(source, st, outcome)
	out := Explanation{
		Source: source, At: outcome.At.In(zone), Window: e.Decision.Window, Opened: momentIn(e.Opened, zone), Closes: momentIn(e.Closes, zone),
		Windows: []ExplainedWindow{}, Facts: map[string]any{}, Rules: []ExplainedRule{},
		Answer: answerOf(outcome.At, e.Decision), OnFind: answerOf(e.Decision.Next, OnFind(s, source, st, outcome, e.Decision)),
	}
	for _, w := range e.Windows {
		out.Windows = append(out.Windows, ExplainedWindow{w.Name, w.When, w.Holds})
	}
	for _, f := range e.Facts {
		out.Facts[f.Name] = factOf(f.Value)
	}
	for _, r := range e.Rules {
		rule := ExplainedRule{r.Number, r.Line, r.When, r.Then, r.Reason, r.Held, r.Won, r.Verdict, []ExplainedPart{}}
		for _, p := range r.Parts {
			rule.Parts = append(rule.Parts, ExplainedPart{p.Depth, p.Text, p.Value})
		}
		out.Rules = append(out.Rules, rule)
	}
	if change, ok := s.Outlook(source, st, outcome); ok {
		out.Change = &ExplainedChange{change.Misses, change.At.In(zone), answerOf(change.At, change.Decision)}
	}
	return out
}

// factOf is a fact's printed value as JSON has it: numbers, texts and lists as
// such, the rest as it is printed.
func factOf(printed string) any {
	var value any
	decoder := json.NewDecoder(strings.NewReader(printed))
	decoder.UseNumber()
	if !json.Valid([]byte(printed)) || decoder.Decode(&value) != nil {
		return printed
	}
	return value
}

// momentIn is t in zone, or nil for the zero time.
func momentIn(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

func answerOf(at time.Time, d rules.Decision) Answer {
	faults := d.Faults
	if faults == nil {
		faults = []string{}
	}
	return Answer{d.Window, d.Rule, d.Line, d.Reason, int64(d.Next.Sub(at) / time.Second), d.Next, int64(d.Jitter / time.Second), d.Clamped, faults}
}
