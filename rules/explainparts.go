package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// values returns every fact as it is printed; never tells that nothing was found
// yet.
func (f *Facts) values(forecast Forecaster, never bool) []FactValue {
	var out []FactValue
	v := reflect.ValueOf(f).Elem()
	for i, name := range factNames {
		text := ""
		switch value := v.Field(i).Interface().(type) {
		case func(string) (float64, error):
			text = "no forecast yet"
			if forecast != nil {
				text = fmt.Sprintf(`%.3f for "30m"`, forecast.Chance(f.Now, 30*time.Minute))
			}
		default:
			text = valueText(value)
			if name == "since_found" && never {
				text += ": nothing was found yet"
			}
			if name == "eta" && forecast == nil {
				text = "no forecast yet"
			} else if name == "eta" {
				text = FormatDuration(forecast.ETA(f.Now).Round(time.Second))
			}
		}
		out = append(out, FactValue{name, text})
	}
	return out
}

// parts returns the expression and those within it whose value is not in their
// text already, each with its value for the facts.
func (e *expression) parts(facts *Facts) []Part {
	v := &partWalk{facts: facts}
	v.add(e.tree, 0)
	v.parts[0].Text = e.text
	return v.parts
}

type partWalk struct {
	facts   *Facts
	machine vm.VM
	parts   []Part
}

func (w *partWalk) add(node ast.Node, depth int) {
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.StringNode, *ast.ConstantNode, *ast.ArrayNode:
		if depth > 0 {
			return // its text is its value
		}
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok && callee.Value == "duration" && depth > 0 {
			return
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			return
		}
	}
	text := node.String()
	w.parts = append(w.parts, Part{depth, text, w.value(text)})
	for _, child := range children(node) {
		w.add(child, depth+1)
	}
}

func (w *partWalk) value(text string) string {
	e := compileExpression(text, func(int, string) {})
	if e == nil {
		return "?"
	}
	value, err := e.run(&w.machine, w.facts)
	if err != nil {
		return "fails: " + err.Error()
	}
	return valueText(value)
}

// children are the expressions that a node is made of. What stands inside a
// predicate has a value for each file only, and is left out.
func children(node ast.Node) []ast.Node {
	switch n := node.(type) {
	case *ast.UnaryNode:
		return []ast.Node{n.Node}
	case *ast.BinaryNode:
		return []ast.Node{n.Left, n.Right}
	case *ast.ConditionalNode:
		return []ast.Node{n.Cond, n.Exp1, n.Exp2}
	case *ast.MemberNode:
		return []ast.Node{n.Node}
	case *ast.BuiltinNode:
		var out []ast.Node
		for _, argument := range n.Arguments {
			if _, predicate := argument.(*ast.PredicateNode); !predicate {
				out = append(out, argument)
			}
		}
		return out
	case *ast.CallNode:
		if _, method := n.Callee.(*ast.MemberNode); method {
			return nil
		}
		return n.Arguments
	}
	return nil
}

// valueText prints a value of an expression.
func valueText(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case time.Duration:
		return FormatDuration(v.Round(time.Second))
	case time.Time:
		return v.Format(time.DateTime + " MST")
	case float64:
		return strconv.FormatFloat(v, 'g', 6, 64)
	case []FoundFile:
		names := make([]string, 0, len(v))
		for _, f := range v[:min(len(v), 3)] {
			names = append(names, strconv.Quote(f.Name))
		}
		if len(v) > 3 {
			names = append(names, fmt.Sprintf("and %d more", len(v)-3))
		}
		return "[" + strings.Join(names, ", ") + "]"
	case FoundFile:
		return strconv.Quote(v.Name)
	}
	return fmt.Sprint(value)
}

// times says when a window opens and closes, as the schedule does.
func (w *window) times() string {
	text := "the whole day"
	if w.from != 0 || w.to != 24*60 {
		to := w.to
		if to > 24*60 {
			to -= 24 * 60
		}
		text = clockText(w.from) + "-" + clockText(to)
	}
	var days []string
	for _, i := range []int{1, 2, 3, 4, 5, 6, 0} {
		if w.days&(1<<i) != 0 {
			days = append(days, weekdays[i])
		}
	}
	if days != nil {
		text += " on " + strings.Join(days, ", ")
	}
	if w.dates != nil {
		text += fmt.Sprintf(", on %d dates only", len(w.dates))
	}
	if w.except != nil {
		text += fmt.Sprintf(", but on %d dates", len(w.except))
	}
	return text
}
