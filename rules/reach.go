package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// checkReach finds rules that can never win: those behind a rule without a
// condition, and those whose condition holds only where an earlier one does.
func (c *compiler) checkReach(s *Schedule) {
	for i := range s.windows {
		spec := &c.spec.Windows[i]
		c.where = []string{spec.title(i), ""}
		for k := range s.windows[i].rules {
			c.where[1] = fmt.Sprintf("rule %d", k+1)
			c.reach(s.windows[i].rules[:k+1], &spec.Rules[k], s.windows[i].name)
		}
		c.where = nil
	}
}

func (c *compiler) reach(rules []rule, spec *RuleSpec, window string) {
	k := len(rules) - 1
	for i := range rules[:k] {
		switch {
		case rules[i].when == nil:
			c.fail(spec.Place, "never reached: rule %d, before it, has no condition", i+1)
			return
		case rules[k].when != nil && rules[i].when.text == rules[k].when.text:
			c.fail(spec.When.Place, "never reached: rule %d has the same condition", i+1)
			return
		}
	}
	table := axes{}
	if rules[k].when == nil || !table.tabulates(rules[k].when.tree) {
		return
	}
	var known []*rule // the earlier ones whose truth can be tabulated
	for i := range rules[:k] {
		if table.tabulates(rules[i].when.tree) {
			known = append(known, &rules[i])
		}
	}
	ever, reached, complete := table.search(known, &rules[k], window)
	switch {
	case !complete || reached:
	case !ever:
		c.fail(spec.When.Place, "the condition never holds")
	default:
		c.fail(spec.Place, "never reached: whenever it holds, a rule before it does")
	}
}

// axes are the values of each fact between which the truth of the conditions
// may change: every constant that a fact is compared with, one less, one more.
type axes map[string][]any

// naturals are facts that are whole numbers from 0, and their bounds.
var naturals = map[string]int{
	"found": 1 << 30, "imported": 1 << 30, "rejected": 1 << 30, "misses": 1 << 30,
	"misses_total": 1 << 30, "errors": 1 << 30, "hour": 23, "minute": 59,
}

// tabulates tells whether node is made of nothing but comparisons of facts with
// constants, and adds those constants.
func (a axes) tabulates(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.BoolNode:
		return true
	case *ast.UnaryNode:
		return (n.Operator == "not" || n.Operator == "!") && a.tabulates(n.Node)
	case *ast.BinaryNode:
		switch n.Operator {
		case "and", "&&", "or", "||":
			return a.tabulates(n.Left) && a.tabulates(n.Right)
		case "==", "!=", "<", "<=", ">", ">=":
			return a.compares(n.Left, n.Right) || a.compares(n.Right, n.Left)
		case "in":
			list, ok := n.Right.(*ast.ArrayNode)
			return ok && !slices.ContainsFunc(list.Nodes, func(item ast.Node) bool { return !a.compares(n.Left, item) })
		}
	}
	return false
}

func (a axes) compares(fact, constant ast.Node) bool {
	name, ok := fact.(*ast.IdentifierNode)
	if !ok {
		return false
	}
	switch n := constant.(type) {
	case *ast.IntegerNode:
		top, ok := naturals[name.Value]
		if !ok {
			return false
		}
		for v := n.Value - 1; v <= n.Value+1; v++ {
			a.add(name.Value, min(max(v, 0), top))
		}
		return true
	case *ast.StringNode:
		if name.Value != "weekday" && name.Value != "window" && name.Value != "source" {
			return false
		}
		a.add(name.Value, n.Value)
		return true
	}
	return false
}

func (a axes) add(fact string, value any) {
	if !slices.Contains(a[fact], value) {
		a[fact] = append(a[fact], value)
	}
}

// maxPoints bounds the table; a window whose conditions need more is not searched.
const maxPoints = 20_000

// search walks the table: does last's condition ever hold, and where no earlier
// known rule does? complete is false when the table is too large.
func (a axes) search(known []*rule, last *rule, window string) (ever, reached, complete bool) {
	for fact, top := range naturals {
		if _, used := a[fact]; used {
			a.add(fact, 0)
			a.add(fact, min(1, top))
		}
	}
	if _, used := a["weekday"]; used {
		a["weekday"] = []any{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	}
	if _, used := a["window"]; used {
		a["window"] = []any{window}
	}
	if _, used := a["source"]; used {
		a.add("source", "\x00any other")
	}
	names, points := []string{}, 1
	for fact, values := range a {
		names = append(names, fact)
		if points *= len(values); points > maxPoints {
			return false, false, false
		}
	}
	var machine vm.VM
	for point := range points {
		facts := &Facts{Weekday: "mon", Window: window, SinceFound: time.Hour}
		target := reflect.ValueOf(facts).Elem()
		for _, name := range names {
			values := a[name]
			target.Field(slices.Index(factNames, name)).Set(reflect.ValueOf(values[point%len(values)]))
			point /= len(values)
		}
		if !possible(facts, a) {
			continue
		}
		if !last.holds(&machine, facts) {
			continue
		}
		ever = true
		if !slices.ContainsFunc(known, func(r *rule) bool { return r.holds(&machine, facts) }) {
			return true, true, true
		}
	}
	return ever, false, true
}

// possible tells whether a check can have these facts: one that found files ends
// the misses, and a failed one found none.
func possible(f *Facts, a axes) bool {
	if f.Found > 0 && (f.Misses > 0 || f.MissesTotal > 0 || f.Errors > 0) {
		return false
	}
	_, counted := a["misses_total"]
	return !counted || a["misses"] == nil || f.MissesTotal >= f.Misses
}

// holds tells whether the rule is asked for these facts, and its condition holds.
func (r *rule) holds(machine *vm.VM, facts *Facts) bool {
	if facts.Errors > 0 && !r.errors {
		return false
	}
	value, err := r.when.run(machine, facts)
	return err == nil && value == true
}

// checkCover finds windows that never rule because earlier ones always do, and
// moments that nothing rules.
func (c *compiler) checkCover(s *Schedule) {
	seen := make([]bool, len(s.windows))
	var gaps []string
	plain := &Schedule{zone: time.UTC, windows: s.windows}
	for _, day := range c.sampleDays() {
		segments := plain.segments(day, 1)
		for i, seg := range segments {
			if seg.window != none {
				seen[seg.window] = true
				continue
			}
			end := day.naive(24 * 60)
			if i+1 < len(segments) {
				end = segments[i+1].at
			}
			to := end.Format("15:04")
			if to == "00:00" {
				to = "24:00"
			}
			gaps = append(gaps, fmt.Sprintf("%s %s-%s", weekdays[day.weekday()], seg.at.Format("15:04"), to))
		}
	}
	for i, ruled := range seen {
		if !ruled {
			c.where = []string{c.spec.Windows[i].title(i)}
			c.fail(c.spec.Windows[i].Place, "never rules: %s", hiddenWhy(s, i))
			c.where = nil
		}
	}
	if len(gaps) > 0 && s.byDefault == nil {
		at := Place{}
		if len(c.spec.Windows) > 0 {
			at = c.spec.Windows[len(c.spec.Windows)-1].Place
		}
		more := ""
		if len(gaps) > 3 {
			gaps, more = gaps[:3], " and more"
		}
		c.fail(at, "nothing rules %s%s: end with a window without from and to, or add a default rule", strings.Join(gaps, ", "), more)
	}
}

func hiddenWhy(s *Schedule, i int) string {
	w := &s.windows[i]
	week := []date{{2001, 1, 1}, {2001, 1, 2}, {2001, 1, 3}, {2001, 1, 4}, {2001, 1, 5}, {2001, 1, 6}, {2001, 1, 7}}
	if w.dates == nil && slices.ContainsFunc(week, w.opensOn) || i > 0 && w.dates != nil {
		return "windows before it hold all of its time"
	}
	return "no day fits its days, dates and except"
}

// sampleDays returns days that stand for all: a week without special dates, and
// the special dates with the days after them.
func (c *compiler) sampleDays() []date {
	special := map[date]bool{}
	for i := range c.spec.Windows {
		for _, texts := range [][]Text{c.spec.Windows[i].Dates, c.spec.Windows[i].Except} {
			for _, text := range texts {
				if day, err := time.Parse(time.DateOnly, text.Value); err == nil {
					special[dateOf(day)] = true
					special[dateOf(day).add(1)] = true
				}
			}
		}
	}
	monday := date{2001, 1, 1}
	for slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5, 6}, func(n int) bool { return special[monday.add(n)] }) {
		monday = monday.add(7)
	}
	var days []date
	for n := range 7 {
		days = append(days, monday.add(n))
	}
	for day := range special {
		days = append(days, day)
	}
	slices.SortFunc(days, func(a, b date) int { return a.naive(0).Compare(b.naive(0)) })
	return days
}
