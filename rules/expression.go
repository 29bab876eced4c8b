package rules

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
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

// whole is the offset of a fault that is the whole expression's.
const whole = -1

// builtins are the functions that a condition may call. None of them reads the
// world, builds text or nests.
var builtins = []string{
	"all", "any", "none", "one", "count", "filter", "find", "len",
	"abs", "min", "max", "floor", "ceil", "round", "int", "float",
	"lower", "upper", "trim", "hasPrefix", "hasSuffix", "indexOf",
}

// functions are the names of all that a condition may call. Its duration reads
// what an interval does, days and weeks included.
var functions = append([]string{"duration"}, builtins...)

func durationOf(params ...any) (any, error) {
	text, _ := params[0].(string)
	d, err := ParseDuration(text)
	if err != nil {
		return nil, fmt.Errorf("duration %q %w", text, err)
	}
	return d, nil
}

// momentMethods are what may be asked of now and of a file's modified: nothing
// that speaks of another zone, and nothing that is no plain number.
var momentMethods = map[string]bool{
	"Year": true, "Day": true, "YearDay": true, "Hour": true, "Minute": true, "Second": true, "Unix": true,
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
	options := []expr.Option{expr.Env(&Facts{}), expr.DisableAllBuiltins(), expr.MaxNodes(maxExprNodes),
		expr.Function("duration", durationOf, new(func(string) time.Duration))}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	return append(options, extra...)
}

// compileExpression compiles text; every fault it has is added through fail with
// the character offset at which it shows, or whole.
func compileExpression(text string, fail func(offset int, message string), extra ...expr.Option) *expression {
	if len(text) > maxExpression {
		fail(whole, fmt.Sprintf("the expression is longer than %d characters", maxExpression))
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
		fail(syntaxFault(text, err))
		return nil
	}
	names := &guard{}
	ast.Walk(&tree.Node, names)
	if names.tell(fail) {
		return nil
	}
	tree, err = checker.ParseCheck(text, config)
	if err != nil {
		fail(typeFault(err))
		return nil
	}
	types := &joinGuard{}
	ast.Walk(&tree.Node, types)
	if types.tell(fail) {
		return nil
	}
	program, err := expr.Compile(text, options...)
	if err != nil {
		fail(typeFault(err))
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
