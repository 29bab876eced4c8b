package rules

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
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
	fail := func(offset int, message string) {
		at := text.Place
		switch {
		case text.hidden:
			message = fmt.Sprintf("the %s is wrong once its variables have their values", kind)
		case offset != whole:
			at = text.at(offset)
		}
		c.fail(at, "%s", message)
	}
	e := compileExpression(text.Value, fail, options...)
	if e == nil {
		return nil
	}
	names := &constants{windows: c.windows()}
	ast.Walk(&e.tree, names)
	if names.tell(fail) {
		return nil
	}
	return e
}

// windows returns the names of the windows, in order.
func (c *compiler) windows() []string {
	var names []string
	for _, w := range c.spec.Windows {
		names = append(names, w.Name.Value)
	}
	return names
}

// constants finds texts that the weekday or the window never is.
type constants struct {
	refusals
	windows []string
}

// Visit looks at comparisons and at lists.
func (v *constants) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok || n.Operator != "==" && n.Operator != "!=" && n.Operator != "in" {
		return
	}
	v.compare(n.Left, n.Right)
	if n.Operator != "in" {
		v.compare(n.Right, n.Left)
	}
}

func (v *constants) compare(fact, with ast.Node) {
	name, ok := fact.(*ast.IdentifierNode)
	if !ok {
		return
	}
	values := []ast.Node{with}
	if list, ok := with.(*ast.ArrayNode); ok {
		values = list.Nodes
	}
	for _, value := range values {
		text, ok := value.(*ast.StringNode)
		switch {
		case !ok:
		case name.Value == "weekday" && !slices.Contains(weekdays[:], text.Value):
			v.refuse(text, "%q is no weekday: write mon, tue, wed, thu, fri, sat or sun", text.Value)
		case name.Value == "window" && text.Value != defaultWindow && !slices.Contains(v.windows, text.Value):
			v.refuse(text, "%q is no window%s", text.Value, Suggest(text.Value, v.windows))
		}
	}
}

// plainNumber tells a duration with a slip from an expression.
var plainNumber = regexp.MustCompile(`^-?[0-9.]+ ?[A-Za-zµ]*$`)

func (c *compiler) interval(text Text, r *rule) {
	d, err := ParseDuration(text.Value)
	switch {
	case text.Value == forecastWord:
		r.foresees, r.forecast = true, &forecast{}
		return
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
