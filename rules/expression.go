package rules

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// What one expression may cost: characters before it is parsed, nodes, and
// values that it makes while it runs.
const (
	maxExpression = 4096
	maxExprNodes  = 500
	maxExprMemory = 100_000
)

// builtins are the functions that a condition may call. None of them reads the
// world, builds text or nests.
var builtins = []string{
	"all", "any", "none", "one", "count", "filter", "find", "len",
	"abs", "min", "max", "floor", "ceil", "round", "int", "float",
	"duration", "lower", "upper", "trim", "hasPrefix", "hasSuffix", "indexOf",
}

// momentMethods are what may be asked of now and of a file's modified: nothing
// that speaks of another zone.
var momentMethods = map[string]bool{
	"Year": true, "Month": true, "Day": true, "YearDay": true, "Hour": true, "Minute": true, "Second": true, "Unix": true,
	"Hours": true, "Minutes": true, "Seconds": true,
}

var factNames = func() (names []string) {
	for f := range reflect.TypeFor[Facts]().Fields() {
		names = append(names, f.Tag.Get("expr"))
	}
	return names
}()

// expression is a compiled expression over Facts.
type expression struct {
	text    string
	program *vm.Program
	tree    ast.Node // as checked, before it was optimized
}

func exprOptions(extra ...expr.Option) []expr.Option {
	options := []expr.Option{expr.Env(&Facts{}), expr.DisableAllBuiltins(), expr.MaxNodes(maxExprNodes)}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	return append(options, extra...)
}

// compileExpression compiles text; every fault it has is added through fail with
// the character offset at which it shows, -1 for the expression as a whole.
func compileExpression(text string, fail func(offset int, message string), extra ...expr.Option) *expression {
	if len(text) > maxExpression {
		fail(-1, fmt.Sprintf("the expression is longer than %d characters", maxExpression))
		return nil
	}
	config := conf.CreateNew()
	options := exprOptions(extra...)
	for _, option := range options {
		option(config)
	}
	for name := range config.Disabled {
		delete(config.Builtins, name)
	}
	config.Check()
	tree, err := parser.ParseWithConfig(text, config)
	if err != nil {
		fail(offsetOf(err), plainWords(err))
		return nil
	}
	names := &guard{fail: fail}
	ast.Walk(&tree.Node, names)
	if names.failed {
		return nil
	}
	tree, err = checker.ParseCheck(text, config)
	if err != nil {
		fail(offsetOf(err), plainWords(err))
		return nil
	}
	types := &joinGuard{fail: fail}
	ast.Walk(&tree.Node, types)
	if types.failed {
		return nil
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		fail(offsetOf(err), plainWords(err))
		return nil
	}
	return &expression{text, program, tree.Node}
}

// run evaluates the expression. An error is the expression's, in plain words.
func (e *expression) run(machine *vm.VM, facts *Facts) (any, error) {
	machine.MemoryBudget = maxExprMemory
	value, err := machine.Run(e.program, facts)
	if err != nil {
		return nil, errors.New(plainWords(err))
	}
	return value, nil
}

// guard finds names that are no facts and constructs that may not be used.
type guard struct {
	fail   func(offset int, message string)
	failed bool
}

func (g *guard) refuse(node ast.Node, format string, args ...any) {
	g.failed = true
	g.fail(node.Location().From, fmt.Sprintf(format, args...))
}

// Visit refuses what an expression may not hold.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		g.identifier(n)
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok && isFact(callee.Value) {
			g.refuse(n, "%s() is not available: %s is a fact, write it without ()", callee.Value, callee.Value)
		}
	case *ast.MemberNode:
		if name, ok := n.Property.(*ast.StringNode); ok && n.Method && !momentMethods[name.Value] {
			g.refuse(n, "%s() is not available", name.Value)
		}
	case *ast.VariableDeclaratorNode:
		g.refuse(n, "let is not available")
	case *ast.SequenceNode:
		g.refuse(n, "only one expression may stand here")
	case *ast.BinaryNode:
		if n.Operator == ".." {
			g.refuse(n, "ranges are not available")
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
	case isFact(n.Value):
	case strings.HasPrefix(n.Value, "$"):
		g.refuse(n, "%s is not available", n.Value)
	default:
		hint := Suggest(n.Value, append(factNames, builtins...))
		if hint == "" {
			hint = ": a condition may use " + strings.Join(factNames, ", ")
		}
		g.refuse(n, "unknown name %q%s", n.Value, hint)
	}
}

func isFact(name string) bool {
	for _, known := range factNames {
		if known == name {
			return true
		}
	}
	return false
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
type joinGuard struct {
	fail   func(offset int, message string)
	failed bool
}

// Visit refuses text + text.
func (g *joinGuard) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if ok && n.Operator == "+" && n.Type() != nil && n.Type().Kind() == reflect.String {
		g.failed = true
		g.fail(n.Location().From, "texts cannot be joined in an expression")
	}
}

func offsetOf(err error) int {
	if e, ok := errors.AsType[*file.Error](err); ok && e.Location != (file.Location{}) {
		return e.From
	}
	return -1
}

var goWords = regexp.MustCompile(`\*?\b(?:time\.Time|time\.Duration|rules\.\w+|\w*interface \{\}|float64|int|string|bool)\b`)

// plainWords is an expr error without its position, and without Go's names of
// types.
func plainWords(err error) string {
	message := err.Error()
	if e, ok := errors.AsType[*file.Error](err); ok {
		message = e.Message
	}
	message = strings.ReplaceAll(message, "[]rules.FoundFile", "list of files")
	message = goWords.ReplaceAllStringFunc(message, func(word string) string {
		switch strings.TrimPrefix(word, "*") {
		case reflect.TypeFor[time.Time]().String():
			return "moment"
		case reflect.TypeFor[time.Duration]().String():
			return "duration"
		case reflect.TypeFor[FoundFile]().String():
			return "file"
		case "float64":
			return "number"
		case "int":
			return "whole number"
		case "string":
			return "text"
		case "bool":
			return "true or false"
		default:
			return "value"
		}
	})
	return strings.TrimSuffix(strings.ReplaceAll(message, "\n", " "), ".")
}
