package rules

import (
	"fmt"
	"time"

	"github.com/expr-lang/expr/vm"
)

// Decide folds a check's outcome into a source's state, and says when to check
// the source again. Misses start again when the ruling window opened since the
// last check. The decision's Next is in the schedule's zone and later than
// out.At.
func (s *Schedule) Decide(source string, st State, out Outcome) (State, Decision) {
	_, opened := s.stretch(out.At.In(s.zone))
	st = fold(st, out, opened)
	return st, s.Judge(source, st, out)
}

// Judge says when to check a source again whose state holds the outcome already.
func (s *Schedule) Judge(source string, st State, out Outcome) Decision {
	at := out.At.In(s.zone)
	window, opened := s.stretch(at)
	facts := s.facts(source, st, out, window, opened)
	d := Decision{Window: facts.Window}
	r, wait := s.choose(window, facts, out, &d)
	switch {
	case r == nil:
		wait = s.errorWait(st.Errors, out.Refused)
		d.Line, d.Reason = s.errorLine, fmt.Sprintf("check failed, %d in a row", st.Errors)
	default:
		d.Rule, d.Line, d.Reason = r.number, r.line, r.reason
		d.Until = r.clock >= 0 || r.opening != none
		if r.when != nil {
			d.When = r.when.text
		}
	}
	switch {
	case r != nil && r.clock >= 0:
		d.Next = s.clock(at, r.clock)
	case r != nil && r.opening != none:
		d.Next = s.untilOpening(at, r.opening, &d)
	default:
		jitter := s.jitter
		if r != nil {
			jitter = r.jitter
		}
		d.Jitter = time.Duration(float64(wait) * jitter * spread(source)).Truncate(time.Second)
		d.Next = at.Add(wait + d.Jitter)
	}
	if wake, w, ok := s.opening(at, d.Next, func(w int) bool { return w != none && s.windows[w].wake }); ok && wake.Before(d.Next) {
		d.Next, d.Jitter, d.Clamped = wake, 0, fmt.Sprintf("wakes for %q", s.windows[w].name)
	}
	return d
}

// fold adds an outcome to a state. A failed check is never a miss, nor is one
// that left files for the next.
func fold(st State, out Outcome, opened time.Time) State {
	if !opened.IsZero() && opened.After(st.LastCheck) {
		st.Misses = 0
	}
	st.LastCheck = out.At
	switch {
	case out.Found > 0: // also one that failed half way
		st.Misses, st.MissesTotal, st.LastFound = 0, 0, out.At
	case out.Pending == 0 && !out.Failed:
		st.Misses++
		st.MissesTotal++
	}
	if st.Errors++; !out.Failed {
		st.Errors = 0
	}
	return st
}

// choose returns the rule that holds and its wait, for a rule with an interval;
// nil after a failed check of which no rule speaks.
func (s *Schedule) choose(window int, facts *Facts, out Outcome, d *Decision) (*rule, time.Duration) {
	var rules []rule
	if window != none {
		rules = s.windows[window].rules
	}
	var machine vm.VM
	for i := range rules {
		r := &rules[i]
		if !r.asked(out) {
			continue
		}
		if r.when != nil {
			held, err := r.when.run(&machine, facts)
			if err != nil {
				d.fault(r, err)
				continue
			}
			if held != true {
				continue
			}
		}
		wait, err := r.interval(&machine, facts, out.Forecast, d)
		if err != nil {
			d.fault(r, err)
			continue
		}
		return r, wait
	}
	if out.Failed {
		return nil, 0
	}
	if s.byDefault == nil {
		// Only a last rule whose interval cannot be computed leads here.
		return &rules[len(rules)-1], s.maxError
	}
	wait, err := s.byDefault.interval(&machine, facts, out.Forecast, d)
	if err != nil {
		d.fault(s.byDefault, err)
		wait = s.maxError
	}
	return s.byDefault, wait
}

// asked tells whether the rule has a say about the outcome.
func (r *rule) asked(out Outcome) bool {
	return (!out.Failed || r.errors) && (!r.foresees || out.Forecast != nil)
}

// fault notes an expression that failed while running.
func (d *Decision) fault(r *rule, err error) {
	name := fmt.Sprintf("window %q, rule %d", d.Window, r.number)
	if r.number == 0 {
		name = "default"
	}
	d.Faults = append(d.Faults, fmt.Sprintf("line %d: %s: %v", r.line, name, err))
}

// interval returns the rule's wait, held between MinWait and MaxWait.
func (r *rule) interval(machine *vm.VM, facts *Facts, foretell Forecaster, d *Decision) (time.Duration, error) {
	if r.forecast != nil {
		wait := foretell.Wait(facts.Now, r.forecast.budget, r.forecast.least, r.forecast.most)
		return min(max(wait, r.forecast.least), r.forecast.most), nil
	}
	if r.waitExpr == nil {
		return r.wait, nil
	}
	value, err := r.waitExpr.run(machine, facts)
	if err != nil {
		return 0, err
	}
	wait, ok := value.(time.Duration)
	if text, isText := value.(string); isText {
		if wait, err = ParseDuration(text); err != nil {
			return 0, fmt.Errorf("interval %q %w", text, err)
		}
		ok = true
	}
	if !ok {
		return 0, fmt.Errorf("the interval is no duration")
	}
	if held := min(max(wait, MinWait), MaxWait); held != wait {
		d.Clamped = fmt.Sprintf("the interval %s is out of bounds: 1s to 7d", wait)
		wait = held
	}
	return wait, nil
}

// errorWait returns on_error doubled for each failed check after the first, at
// most max_error; max_error at once when the server refused the login or its
// host key is wrong, where trying again soon only does harm.
func (s *Schedule) errorWait(failures int, refused bool) time.Duration {
	wait := s.onError
	for range failures - 1 {
		if wait *= 2; wait >= s.maxError {
			return s.maxError
		}
	}
	if refused {
		return s.maxError
	}
	return wait
}

func (s *Schedule) untilOpening(at time.Time, window int, d *Decision) time.Time {
	limit := at.Add(MaxWait)
	if next, _, ok := s.opening(at, limit, func(w int) bool { return w == window }); ok {
		return next
	}
	d.Clamped = fmt.Sprintf("%q does not open within 7d", s.windows[window].name)
	return limit
}
