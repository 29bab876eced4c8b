package rules

import (
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// expression compiles a scalar of the file; kind names it in faults.
func (c *compiler) expression(text Text, kind string, options ...expr.Option) *expression {
	if strings.TrimSpace(text.Value) == "" {
		c.fail(text.Place, "the %s is empty", kind)
		return nil
	}
	return compileExpression(text.Value, func(offset int, message string) {
		at := text.Place
		if offset >= 0 {
			at = text.at(offset)
		}
		if strings.HasPrefix(message, "expected true or false, but got ") {
			message = "the condition must be true or false, but is a " + strings.TrimPrefix(message, "expected true or false, but got ")
		}
		c.fail(at, "%s", message)
	}, options...)
}

// plainNumber tells a duration with a slip from an expression.
var plainNumber = regexp.MustCompile(`^-?[0-9.]+ ?[A-Za-zµ]*$`)

func (c *compiler) interval(text Text, r *rule) {
	d, err := ParseDuration(text.Value)
	switch {
	case err == nil && (d < MinWait || d > MaxWait):
		c.fail(text.Place, "interval %q is out of bounds: 1s to 7d", text.Value)
		return
	case err == nil:
		r.wait = d
		return
	case plainNumber.MatchString(text.Value):
		c.fail(text.Place, "interval %q %v", text.Value, err)
		return
	}
	e := c.expression(text, "interval")
	if e == nil {
		return
	}
	if t := e.tree.Type(); t != reflect.TypeFor[time.Duration]() && t.Kind() != reflect.String {
		c.fail(text.Place, `the interval must be a duration such as 5m or duration("5m")`)
		return
	}
	r.waitExpr = e
}

// mentions tells whether an expression uses a fact.
func mentions(tree ast.Node, fact string) bool {
	v := &mention{fact: fact}
	ast.Walk(&tree, v)
	return v.found
}

type mention struct {
	fact  string
	found bool
}

// Visit notes the fact.
func (v *mention) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.IdentifierNode); ok && n.Value == v.fact {
		v.found = true
	}
}
