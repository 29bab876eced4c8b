package house

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// purity returns what a pure room's non-test files take from the world.
func purity(src *source) []Fault {
	if src.test || !slices.Contains(pure, src.room) {
		return nil
	}
	var faults []Fault
	for _, spec := range src.file.Imports {
		name := unquoted(spec.Path.Value)
		if i := slices.IndexFunc(worldly, func(w string) bool { return below(name, w) }); i >= 0 {
			faults = append(faults, src.fault(spec.Pos(),
				"%s imports %q: this room is pure and touches nothing outside", src.room, name))
		}
		if name == "time" && spec.Name != nil && spec.Name.Name == "." {
			faults = append(faults, src.fault(spec.Pos(),
				"%s imports %q with a dot: the clock must stay visible", src.room, name))
		}
	}
	for _, sel := range selectors(src, "time") {
		if slices.Contains(clock, sel.Sel.Name) {
			faults = append(faults, src.fault(sel.Pos(),
				"%s uses time.%s: this room is told the time", src.room, sel.Sel.Name))
		}
	}
	return faults
}

// noMutex returns the locks of the engine, whose state one goroutine owns.
func noMutex(src *source) []Fault {
	if src.test || src.room != "engine" {
		return nil
	}
	var faults []Fault
	for _, sel := range selectors(src, "sync") {
		if slices.Contains([]string{"Mutex", "RWMutex", "Locker"}, sel.Sel.Name) {
			faults = append(faults, src.fault(sel.Pos(),
				"engine uses sync.%s: one goroutine owns the state, news arrives by channel", sel.Sel.Name))
		}
	}
	return faults
}

// below reports whether the import path name is parent or lies below it.
func below(name, parent string) bool {
	return name == parent || strings.HasPrefix(name, parent+"/")
}

// selectors returns every x.Name in src where x is the package imported from
// pkg, under whatever name the file gives it.
func selectors(src *source, pkg string) []*ast.SelectorExpr {
	local := localName(src.file, pkg)
	var found []*ast.SelectorExpr
	for node := range ast.Preorder(src.file) {
		if sel, ok := node.(*ast.SelectorExpr); ok && isPackage(sel.X, local) {
			found = append(found, sel)
		}
	}
	return found
}

// localName returns the name under which file knows the package imported from
// pkg; empty when it does not import it.
func localName(file *ast.File, pkg string) string {
	for _, spec := range file.Imports {
		switch {
		case unquoted(spec.Path.Value) != pkg:
		case spec.Name != nil:
			return spec.Name.Name
		default:
			return path.Base(pkg)
		}
	}
	return ""
}

// isPackage reports whether expr is the package that the file calls local. A
// variable that takes the package's name counts as it: such a name misleads
// readers as well.
func isPackage(expr ast.Expr, local string) bool {
	ident, ok := expr.(*ast.Ident)
	return ok && local != "" && ident.Name == local
}
