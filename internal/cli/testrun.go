package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// testStep is a check of a test.
type testStep struct {
	at       time.Time
	found    int
	state    rules.State
	decision rules.Decision
}

// testResult is how a test went.
type testResult struct {
	test     schedTest
	failures []rules.Fault
	checks   int
}

// maxTestChecks bounds how many checks a test makes.
const maxTestChecks = 100_000

// run makes the test's checks, up to the last that it expects something of, and
// compares.
func (t schedTest) run() testResult {
	zone := t.source.Schedule.Zone()
	last, number := t.start, 0
	for _, w := range t.spec.Expect {
		if w.At.Set() {
			if at, _ := momentAfter(w.At.Value, t.start, zone); at.After(last) {
				last = at
			}
		} else {
			number = max(number, atoi(w.Check))
		}
	}
	var steps []testStep
	script, arrivals := t.script, t.arrivals
	var state rules.State
	for at := t.start; len(steps) < maxTestChecks && (len(steps) < number || !at.After(last)); {
		step := testStep{at: at}
		outcome := rules.Outcome{At: at}
		away := time.Duration(0)
		for len(script) > 0 && script[0].kind == "wait" {
			away, script = away+script[0].wait, script[1:]
		}
		if len(steps) > 0 && away > 0 {
			at = maxTime(at, steps[len(steps)-1].at.Add(away))
			step.at, outcome.At = at, at
		}
		if len(script) > 0 {
			e := script[0]
			script = script[1:]
			outcome.Failed, outcome.Refused = e.kind == "error" || e.kind == "refused", e.kind == "refused"
			if e.kind == "find" {
				outcome.Found = e.n
			}
		}
		for range outcome.Found { // of a script: just now
			outcome.Files = append(outcome.Files, madeUp(len(outcome.Files), at))
		}
		for ; len(arrivals) > 0 && !arrivals[0].After(at); arrivals = arrivals[1:] {
			outcome.Files = append(outcome.Files, madeUp(len(outcome.Files), arrivals[0]))
		}
		outcome.Found = len(outcome.Files)
		outcome.Imported, step.found = outcome.Found, outcome.Found
		state, step.decision = t.source.Schedule.Decide(t.source.Name, state, outcome)
		step.state = state
		steps = append(steps, step)
		at = step.decision.Next
	}
	result := testResult{test: t, checks: len(steps)}
	for i := range t.spec.Expect {
		result.failures = append(result.failures, t.compare(&t.spec.Expect[i], steps)...)
	}
	slices.SortStableFunc(result.failures, func(a, b rules.Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return result
}

// madeUp is a file that a check finds beside so many others.
func madeUp(others int, modified time.Time) rules.FoundFile {
	return rules.FoundFile{Name: fmt.Sprintf("file-%d.txt", others+1), Modified: modified}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func atoi(text rules.Text) int {
	n, _ := strconv.Atoi(text.Value) // its form was checked when the test was read
	return n
}

// compare returns what is not as expected.
func (t schedTest) compare(w *wantSpec, steps []testStep) []rules.Fault {
	step, ok := t.find(w, steps)
	if !ok {
		return []rules.Fault{{Place: w.Place, Where: t.title, Message: t.noCheck(w, steps)}}
	}
	d := step.decision
	var faults []rules.Fault
	differ := func(text rules.Text, key, got string) {
		if text.Set() && text.Value != got {
			faults = append(faults, rules.Fault{Place: text.Place, Where: t.title,
				Message: fmt.Sprintf("check at %s: %s is %s, want %s", step.at.Format(time.DateTime), key, shownValue(key, got), shownValue(key, text.Value))})
		}
	}
	differ(w.Window, "window", d.Window)
	differ(w.Reason, "reason", d.Reason)
	differ(w.Rule, "rule", strconv.Itoa(d.Rule))
	differ(w.Misses, "misses", strconv.Itoa(step.state.Misses))
	differ(w.Errors, "errors", strconv.Itoa(step.state.Errors))
	differ(w.Found, "found", strconv.Itoa(step.found))
	if want, err := rules.ParseDuration(w.Wait.Value); err == nil && d.Next.Sub(step.at).Round(time.Second) != want {
		differ(w.Wait, "wait", rules.FormatDuration(d.Next.Sub(step.at).Round(time.Second)))
	}
	if want, ok := momentAfter(w.Next.Value, step.at.Add(time.Second), t.source.Schedule.Zone()); ok && !d.Next.Truncate(time.Second).Equal(want) {
		differ(w.Next, "next", d.Next.Format(time.DateTime))
	}
	return faults
}

// shownValue is a value of a key in a message: a text in quotes, a number without.
func shownValue(key, value string) string {
	if key == "window" || key == "reason" {
		return strconv.Quote(value)
	}
	return value
}

func (t schedTest) find(w *wantSpec, steps []testStep) (testStep, bool) {
	if w.Check.Set() {
		n := atoi(w.Check)
		if n < 1 || n > len(steps) {
			return testStep{}, false
		}
		return steps[n-1], true
	}
	at, _ := momentAfter(w.At.Value, t.start, t.source.Schedule.Zone())
	for _, s := range steps {
		if s.at.Truncate(time.Second).Equal(at) {
			return s, true
		}
	}
	return testStep{}, false
}

// noCheck says that the expected check was not made, and which were near it.
func (t schedTest) noCheck(w *wantSpec, steps []testStep) string {
	if w.Check.Set() {
		return fmt.Sprintf("there is no check %s: checks count from 1 to %d", w.Check.Value, len(steps))
	}
	at, _ := momentAfter(w.At.Value, t.start, t.source.Schedule.Zone())
	var near []string
	for i, s := range steps {
		if s.at.After(at) || i == len(steps)-1 {
			for _, n := range steps[max(0, i-2):min(len(steps), i+2)] {
				near = append(near, n.at.Format("15:04:05"))
			}
			break
		}
	}
	return fmt.Sprintf("there is no check at %s: near it are those at %s", w.At.Value, strings.Join(near, ", "))
}
