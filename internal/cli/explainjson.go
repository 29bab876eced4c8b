package cli

import (
	"encoding/json"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// explanation is the result of explain as JSON.
type explanation struct {
	Source  string         `json:"source"`
	At      time.Time      `json:"at"`
	Window  string         `json:"window"`
	Opened  *time.Time     `json:"opened"`
	Closes  *time.Time     `json:"closes"`
	Windows []windowOutput `json:"windows"`
	Facts   map[string]any `json:"facts"` // numbers and texts as such, the rest as it is printed
	Rules   []ruleOutput   `json:"rules"`
	Answer  answerOutput   `json:"answer"`
	Change  *changeOutput  `json:"change"`  // null: no number of misses changes the answer
	OnFound answerOutput   `json:"on_find"` // the answer if the next check finds a file
}

type windowOutput struct {
	Name  string `json:"name"`
	When  string `json:"when"`
	Holds bool   `json:"holds"`
}

type ruleOutput struct {
	Rule    int          `json:"rule"` // from 1; 0 is the default rule
	Line    int          `json:"line"`
	When    string       `json:"when"`
	Then    string       `json:"then"`
	Reason  string       `json:"reason"`
	Held    bool         `json:"held"`
	Won     bool         `json:"won"`
	Verdict string       `json:"verdict"`
	Parts   []partOutput `json:"parts"`
}

type partOutput struct {
	Depth int    `json:"depth"`
	Text  string `json:"text"`
	Value string `json:"value"`
}

type answerOutput struct {
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

type changeOutput struct {
	Misses int          `json:"misses"` // more misses that lead there
	At     time.Time    `json:"at"`
	Answer answerOutput `json:"answer"`
}

func explanationOf(s config.Source, at time.Time, e rules.Explanation, change rules.Change, changes bool, found rules.Decision) explanation {
	zone := s.Schedule.Zone()
	out := explanation{
		Source: s.Name, At: at.In(zone), Window: e.Decision.Window, Opened: moment(e.Opened, zone), Closes: moment(e.Closes, zone),
		Windows: []windowOutput{}, Facts: map[string]any{}, Rules: []ruleOutput{},
		Answer: answerOf(at, e.Decision), OnFound: answerOf(e.Decision.Next, found),
	}
	for _, w := range e.Windows {
		out.Windows = append(out.Windows, windowOutput{w.Name, w.When, w.Holds})
	}
	for _, f := range e.Facts {
		out.Facts[f.Name] = f.Value
		if json.Valid([]byte(f.Value)) {
			out.Facts[f.Name] = json.RawMessage(f.Value)
		}
	}
	for _, r := range e.Rules {
		rule := ruleOutput{r.Number, r.Line, r.When, r.Then, r.Reason, r.Held, r.Won, r.Verdict, []partOutput{}}
		for _, p := range r.Parts {
			rule.Parts = append(rule.Parts, partOutput{p.Depth, p.Text, p.Value})
		}
		out.Rules = append(out.Rules, rule)
	}
	if changes {
		out.Change = &changeOutput{change.Misses, change.At, answerOf(change.At, change.Decision)}
	}
	return out
}

func answerOf(at time.Time, d rules.Decision) answerOutput {
	faults := d.Faults
	if faults == nil {
		faults = []string{}
	}
	return answerOutput{d.Window, d.Rule, d.Line, d.Reason, int64(d.Next.Sub(at) / time.Second), d.Next, int64(d.Jitter / time.Second), d.Clamped, faults}
}
