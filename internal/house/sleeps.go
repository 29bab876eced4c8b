package house

import (
	"go/ast"
	"slices"
	"strings"
)

// sleeps returns the calls of time.Sleep in test files that sleep in real time:
// those outside a synctest bubble. A function counts as inside when the tests
// of its folder name it only inside bubbles, so that a bubble may use fakes
// that sleep.
func (m *module) sleeps() []Fault {
	byFolder := map[string][]*source{}
	for _, src := range m.sources {
		if src.test {
			byFolder[src.dir()] = append(byFolder[src.dir()], src)
		}
	}
	var faults []Fault
	for _, tests := range byFolder {
		faults = append(faults, realSleeps(tests)...)
	}
	return faults
}

// realSleeps looks at the test files of one folder.
func realSleeps(tests []*source) []Fault {
	uses := usesIn(tests)
	virtual := virtualFuncs(tests, uses)
	var faults []Fault
	for _, use := range uses {
		if use.sleep && !use.inBubble && !virtual[use.in] {
			faults = append(faults, use.src.fault(use.ident.Pos(),
				"time.Sleep in real time: use a synctest bubble, or wait for the event itself"))
		}
	}
	return faults
}

// use is one identifier in a test file, and where it stands.
type use struct {
	src      *source
	ident    *ast.Ident
	in       string // the declared function around it; empty outside any
	inBubble bool
	sleep    bool // the Sleep of time.Sleep
}

func usesIn(tests []*source) []use {
	var uses []use
	for _, src := range tests {
		bubbles := bubblesIn(src)
		slept := selectors(src, "time")
		for _, decl := range src.file.Decls {
			in := ""
			var body ast.Node = decl
			if fn, ok := decl.(*ast.FuncDecl); ok {
				if fn.Body == nil {
					continue
				}
				in, body = fn.Name.Name, fn.Body
			}
			for node := range ast.Preorder(body) {
				ident, ok := node.(*ast.Ident)
				if !ok {
					continue
				}
				uses = append(uses, use{
					src: src, ident: ident, in: in,
					inBubble: slices.ContainsFunc(bubbles, func(b ast.Node) bool {
						return b.Pos() <= ident.Pos() && ident.End() <= b.End()
					}),
					sleep: ident.Name == "Sleep" && slices.ContainsFunc(slept, func(sel *ast.SelectorExpr) bool {
						return sel.Sel == ident
					}),
				})
			}
		}
	}
	return uses
}

// bubblesIn returns the arguments of synctest.Test calls.
func bubblesIn(src *source) []ast.Node {
	local := localName(src.file, "testing/synctest")
	var bubbles []ast.Node
	for node := range ast.Preorder(src.file) {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if ok && sel.Sel.Name == "Test" && isPackage(sel.X, local) {
			for _, arg := range call.Args {
				bubbles = append(bubbles, arg)
			}
		}
	}
	return bubbles
}

// virtualFuncs returns the declared functions that only bubbles reach. It starts
// from all but those that the test runner calls, and takes away what real time
// names until nothing changes. Without any bubble none is left.
func virtualFuncs(tests []*source, uses []use) map[string]bool {
	virtual := map[string]bool{}
	if !slices.ContainsFunc(uses, func(u use) bool { return u.inBubble }) {
		return virtual
	}
	for _, src := range tests {
		for _, decl := range src.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && !calledByRunner(fn) {
				virtual[fn.Name.Name] = true
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, u := range uses {
			if virtual[u.ident.Name] && !u.inBubble && !virtual[u.in] {
				delete(virtual, u.ident.Name)
				changed = true
			}
		}
	}
	return virtual
}

func calledByRunner(fn *ast.FuncDecl) bool {
	return fn.Recv == nil && (fn.Name.Name == "init" ||
		slices.ContainsFunc([]string{"Test", "Benchmark", "Fuzz", "Example"}, func(prefix string) bool {
			return strings.HasPrefix(fn.Name.Name, prefix)
		}))
}
