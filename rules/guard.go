package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// refusals are what a walk over an expression found, by its offset.
type refusals struct {
	found []refusal
	only  *refusal // makes the others follow from it
}

type refusal struct {
	offset  int
	message string
}

func (r *refusals) refuse(node ast.Node, format string, args ...any) {
	r.found = append(r.found, refusal{node.Location().From, fmt.Sprintf(format, args...)})
}

// tell hands the refusals over, and tells whether there are any.
func (r *refusals) tell(fail func(offset int, message string)) bool {
	if r.only != nil {
		r.found = []refusal{*r.only}
	}
	for _, f := range r.found {
		fail(f.offset, f.message)
	}
	return len(r.found) > 0
}

// guard finds names that are no facts and constructs that may not be used.
type guard struct{ refusals }

// Visit refuses what an expression may not hold.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		g.identifier(n)
	case *ast.NilNode:
		g.refuse(n, "nil is not available: every fact has a value")
	case *ast.CallNode:
		g.call(n)
	case *ast.MemberNode:
		if name, ok := n.Property.(*ast.StringNode); ok && n.Method && !momentMethods[name.Value] {
			g.method(n, name.Value)
		}
	case *ast.VariableDeclaratorNode:
		g.only = &refusal{n.Location().From, "let is not available"}
	case *ast.SequenceNode:
		g.refuse(n, "only one expression may stand here: join two with and, or")
	case *ast.BinaryNode:
		if n.Operator == ".." {
			g.numbers(n)
		}
	case *ast.PredicateNode:
		inner := &nesting{}
		ast.Walk(&n.Node, inner)
		if inner.found {
			g.refuse(n, "all, any, count and the like may not be nested")
		}
	}
}

func (g *guard) identifier(n *ast.IdentifierNode) {
	switch {
	case slices.Contains(factNames, n.Value) || slices.Contains(functions, n.Value):
	case strings.HasPrefix(n.Value, "$"):
		g.refuse(n, "%s is not available", n.Value)
	case n.Value == "yes" || n.Value == "no" || n.Value == "always" || n.Value == "never":
		g.refuse(n, "unknown name %q: for a rule that always holds, leave the condition out", n.Value)
	default:
		hint := Suggest(n.Value, slices.Concat(factNames, functions))
		if hint == "" {
			hint = ": a condition may use " + strings.Join(factNames, ", ")
		}
		g.refuse(n, "unknown name %q%s", n.Value, hint)
	}
}

// call refuses what is called and is no function.
func (g *guard) call(n *ast.CallNode) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	switch {
	case !ok:
	case slices.Contains(factNames, callee.Value) && callee.Value != "chance":
		g.refuse(n, "%s() is not available: %s is a fact, write it without ()", callee.Value, callee.Value)
	case (callee.Value == "duration" || callee.Value == "chance") && len(n.Arguments) == 1:
		text, ok := n.Arguments[0].(*ast.StringNode)
		if !ok {
			break
		}
		if _, err := ParseDuration(text.Value); err != nil {
			g.refuse(text, "%s %q %v", callee.Value, text.Value, err)
		}
	}
}

func (g *guard) method(n *ast.MemberNode, name string) {
	var known []string
	for m := range momentMethods {
		known = append(known, m)
	}
	slices.Sort(known)
	g.refuse(n.Property, "%s() is not available: only %s() are", name, strings.Join(known, "(), "))
}

// maxRange bounds the numbers of a range.
const maxRange = 1000

// numbers refuses ranges but those of small numbers that stand in the text.
func (g *guard) numbers(n *ast.BinaryNode) {
	from, fromOK := n.Left.(*ast.IntegerNode)
	to, toOK := n.Right.(*ast.IntegerNode)
	switch {
	case !fromOK || !toOK || to.Value > maxRange:
		g.refuse(n, "a range is of two whole numbers up to %d, such as hour in 20..23: compare with >= and <=", maxRange)
	case from.Value > to.Value:
		g.refuse(n, "the range %d..%d is empty: compare with >= %d or <= %d", from.Value, to.Value, from.Value, to.Value)
	}
}

// nesting tells whether a predicate stands inside another.
type nesting struct{ found bool }

// Visit notes predicates.
func (v *nesting) Visit(node *ast.Node) {
	if _, ok := (*node).(*ast.PredicateNode); ok {
		v.found = true
	}
}

// joinGuard refuses to join texts: a few lines can double one past all memory,
// and the memory budget does not count them.
type joinGuard struct{ refusals }

// Visit refuses text + text.
func (g *joinGuard) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if ok && n.Operator == "+" && n.Type() != nil && n.Type().Kind() == reflect.String {
		g.refuse(n, "texts cannot be joined in an expression")
	}
}
