package rules

import (
	"fmt"
	"reflect"
	"slices"
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
		case rules[i].when == nil && rules[i].foresees:
			// passed over while too little is known
		case rules[i].when == nil:
			if i == k-1 { // told once, not for each rule behind
				c.fail(spec.Place, "never reached: rule %d, before it, has no condition", i+1)
			}
			return
		case rules[k].when != nil && !rules[i].foresees && rules[i].when.text == rules[k].when.text:
			c.fail(spec.When.Place, "never reached: rule %d has the same condition", i+1)
			return
		}
	}
	table := axes{}
	if rules[k].when == nil || c.shared[spec.Place] > 1 || !table.tabulates(rules[k].when.tree) {
		return
	}
	var known []*rule // the earlier ones whose truth can be tabulated
	for i := range rules[:k] {
		if !rules[i].foresees && table.tabulates(rules[i].when.tree) {
			known = append(known, &rules[i])
		}
	}
	ever, reached, complete := table.search(known, &rules[k], window)
	switch {
	case constant(rules[k].when.tree, true):
		c.fail(spec.When.Place, "the condition always holds: leave it out")
	case !complete || reached:
	case !ever && mentions(rules[k].when.tree, "window"):
		c.fail(spec.When.Place, "the condition never holds: here window is always %q", window)
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
			if r, ok := n.Right.(*ast.BinaryNode); ok && r.Operator == ".." {
				return a.compares(n.Left, r.Left) && a.compares(n.Left, r.Right)
			}
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

// constant tells whether node is the constant value.
func constant(node ast.Node, value bool) bool {
	b, ok := node.(*ast.BoolNode)
	return ok && b.Value == value
}
