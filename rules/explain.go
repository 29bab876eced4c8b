package rules

import (
	"fmt"
	"time"

	"github.com/expr-lang/expr/vm"
)

// Explanation is a decision with all that led to it.
type Explanation struct {
	State    State
	Facts    []FactValue     // every fact, in the order of the documentation
	Windows  []WindowVerdict // in order, down to the one that rules
	Opened   time.Time       // when the ruling window began to rule; zero: more than eight days ago
	Closes   time.Time       // when another window begins to; zero: not within 7 d
	Rules    []RuleVerdict   // all of the window's, and the default rule, in order
	Decision Decision
}

// FactValue is a fact as it is printed.
type FactValue struct{ Name, Value string }

// WindowVerdict says whether a window contains the moment.
type WindowVerdict struct {
	Name  string
	When  string // its times, as "20:00-23:00 on fri, sat"
	Holds bool
}

// RuleVerdict says what became of a rule.
type RuleVerdict struct {
	Number  int // from 1; 0 is the default rule
	Line    int
	When    string // its condition; empty when it has none
	Then    string // "every 5m", "until 19:30", "as forecast, 36 checks a day"
	Reason  string
	Held    bool
	Won     bool
	Verdict string
	Parts   []Part // the condition and what it is made of
}

// Part is an expression within a condition, and its value.
type Part struct {
	Depth int // 0 is the whole condition
	Text  string
	Value string
}

// Explain tells how Judge comes to its decision.
func (s *Schedule) Explain(source string, st State, out Outcome) Explanation {
	at := out.At.In(s.zone)
	window, opened := s.stretch(at)
	facts := s.facts(source, st, out, window, opened)
	e := Explanation{State: st, Facts: facts.values(out.Forecast, st.LastFound.IsZero()), Opened: opened, Decision: s.Judge(source, st, out)}
	if next, _, ok := s.opening(at, at.Add(MaxWait), func(int) bool { return true }); ok {
		e.Closes = next
	}
	for i := range s.windows {
		e.Windows = append(e.Windows, WindowVerdict{s.windows[i].name, s.windows[i].times(), i == window})
		if i == window {
			break
		}
	}
	var rules []*rule
	if window != none {
		for i := range s.windows[window].rules {
			rules = append(rules, &s.windows[window].rules[i])
		}
	}
	if s.byDefault != nil {
		rules = append(rules, s.byDefault)
	}
	won := false
	for _, r := range rules {
		v := s.verdict(r, facts, out)
		v.Won = !won && (!out.Failed || r.errors) && e.Decision.Rule == r.number && e.Decision.Line == r.line
		switch {
		case v.Won:
			won, v.Verdict = true, "holds, and wins"
		case v.Held && won:
			v.Verdict = "would hold, but an earlier rule wins"
		}
		e.Rules = append(e.Rules, v)
	}
	return e
}

// verdict evaluates a rule by itself.
func (s *Schedule) verdict(r *rule, facts *Facts, out Outcome) RuleVerdict {
	v := RuleVerdict{Number: r.number, Line: r.line, Then: s.then(r), Reason: r.reason}
	if r.when != nil {
		v.When = r.when.text
	}
	var machine vm.VM
	switch {
	case out.Failed && !r.errors:
		v.Verdict = "not asked: the check failed, and it does not speak of errors"
		return v
	case r.foresees && out.Forecast == nil:
		v.Verdict = "passed over: too little is known for a forecast"
		return v
	case r.when == nil:
		v.Held, v.Verdict = true, "always holds"
	default:
		held, err := r.when.run(&machine, facts)
		v.Held = err == nil && held == true
		v.Verdict = "does not hold"
		if err != nil {
			v.Verdict = "fails, so it does not hold: " + err.Error()
		}
		v.Parts = r.when.parts(facts)
	}
	if v.Held {
		if _, err := r.interval(&machine, facts, out.Forecast, &Decision{}); err != nil {
			v.Held, v.Verdict = false, "passed over: its interval fails: "+err.Error()
		}
	}
	return v
}

// then says what a rule asks for.
func (s *Schedule) then(r *rule) string {
	switch {
	case r.clock >= 0:
		return "until " + clockText(r.clock)
	case r.opening != none:
		return fmt.Sprintf("until %q opens", s.windows[r.opening].name)
	case r.forecast != nil:
		return "as forecast, " + r.forecast.budget.String()
	case r.waitExpr != nil:
		return "every " + r.waitExpr.text
	}
	return "every " + FormatDuration(r.wait)
}

// String says the budget as a schedule does.
func (b Budget) String() string {
	if b.Worth > 0 {
		return fmt.Sprintf("a check is worth %s of latency", FormatDuration(b.Worth))
	}
	return fmt.Sprintf("%g checks a day", b.PerDay)
}

func clockText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// Change is a decision that differs from the present one, and what leads to it.
type Change struct {
	Misses   int // more misses before the check at At, that one included
	At       time.Time
	Decision Decision
}

// maxOutlook bounds how many misses ahead Outlook looks.
const maxOutlook = 500

// Outlook returns what changes the answer, if nothing is found any more: the
// first check at which another rule wins. ok is false when none does within 500
// checks. The forecast is asked as it is: a rule that needs it sees no later
// arrivals.
func (s *Schedule) Outlook(source string, st State, out Outcome) (change Change, ok bool) {
	first := s.Judge(source, st, out)
	at := first.Next
	for n := 1; n <= maxOutlook; n++ {
		var d Decision
		st, d = s.Decide(source, st, Outcome{At: at, Forecast: out.Forecast})
		if d.Rule != first.Rule || d.Line != first.Line {
			return Change{n, at, d}, true
		}
		at = d.Next
	}
	return Change{}, false
}
