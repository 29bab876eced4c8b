package web

import (
	"time"

	"github.com/smartsync/smartsync/rules"
)

// explainAnswer tells which rule holds, and why the others do not. Its words are
// those of smartsync explain --output json.
type explainAnswer struct {
	Source  string            `json:"source"`
	At      time.Time         `json:"at"`
	Given   bool              `json:"given"` // the state was asked for; else it is the stored one
	Window  string            `json:"window"`
	Opened  *time.Time        `json:"opened"`
	Closes  *time.Time        `json:"closes"`
	Windows []windowAnswer    `json:"windows"`
	Facts   map[string]string `json:"facts"`
	Rules   []ruleAnswer      `json:"rules"`
	Answer  decisionAnswer    `json:"answer"`
	Change  *changeAnswer     `json:"change"`  // null: no number of misses changes the answer
	OnFind  decisionAnswer    `json:"on_find"` // the answer if the next check finds a file
}

type windowAnswer struct {
	Name  string `json:"name"`
	When  string `json:"when"`
	Holds bool   `json:"holds"`
}

type ruleAnswer struct {
	Rule    int          `json:"rule"`
	Line    int          `json:"line"`
	When    string       `json:"when"`
	Then    string       `json:"then"`
	Reason  string       `json:"reason"`
	Held    bool         `json:"held"`
	Won     bool         `json:"won"`
	Verdict string       `json:"verdict"`
	Parts   []partAnswer `json:"parts"`
}

type partAnswer struct {
	Depth int    `json:"depth"`
	Text  string `json:"text"`
	Value string `json:"value"`
}

type decisionAnswer struct {
	Window      string    `json:"window"`
	Rule        int       `json:"rule"`
	Line        int       `json:"line"`
	Reason      string    `json:"reason"`
	WaitSeconds int64     `json:"wait_seconds"`
	Next        time.Time `json:"next"`
	Clamped     string    `json:"clamped"`
	Faults      []string  `json:"faults"`
}

// Wait is the wait as a duration.
func (d decisionAnswer) Wait() time.Duration { return time.Duration(d.WaitSeconds) * time.Second }

type changeAnswer struct {
	Misses int            `json:"misses"`
	At     time.Time      `json:"at"`
	Answer decisionAnswer `json:"answer"`
}

// answer explains the question's decision.
func (q question) answer() explainAnswer {
	schedule, zone := q.source.Schedule, q.source.Schedule.Zone()
	e := schedule.Explain(q.source.Name, q.state, q.outcome)
	find := rules.Outcome{At: e.Decision.Next, Found: 1, Imported: 1, Forecast: q.outcome.Forecast,
		Files: []rules.FoundFile{{Name: "a new file", Modified: e.Decision.Next}}}
	_, found := schedule.Decide(q.source.Name, q.state, find)
	out := explainAnswer{
		Source: q.source.Name, At: q.outcome.At.In(zone), Given: q.given, Window: e.Decision.Window,
		Opened: moment(e.Opened, zone), Closes: moment(e.Closes, zone),
		Windows: []windowAnswer{}, Facts: map[string]string{}, Rules: []ruleAnswer{},
		Answer: decisionOf(q.outcome.At, e.Decision), OnFind: decisionOf(e.Decision.Next, found),
	}
	for _, w := range e.Windows {
		out.Windows = append(out.Windows, windowAnswer{w.Name, w.When, w.Holds})
	}
	for _, f := range e.Facts {
		out.Facts[f.Name] = f.Value
	}
	for _, r := range e.Rules {
		rule := ruleAnswer{r.Number, r.Line, r.When, r.Then, r.Reason, r.Held, r.Won, r.Verdict, []partAnswer{}}
		for _, p := range r.Parts {
			rule.Parts = append(rule.Parts, partAnswer{p.Depth, p.Text, p.Value})
		}
		out.Rules = append(out.Rules, rule)
	}
	if change, ok := schedule.Outlook(q.source.Name, q.state, q.outcome); ok {
		out.Change = &changeAnswer{change.Misses, change.At.In(zone), decisionOf(change.At, change.Decision)}
	}
	return out
}

func decisionOf(at time.Time, d rules.Decision) decisionAnswer {
	faults := d.Faults
	if faults == nil {
		faults = []string{}
	}
	return decisionAnswer{d.Window, d.Rule, d.Line, d.Reason, int64(d.Next.Sub(at) / time.Second), d.Next, d.Clamped, faults}
}
