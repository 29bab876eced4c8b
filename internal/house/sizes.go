package house

import (
	"fmt"
	"go/ast"
)

// sizes returns the non-test file that is too long, and its functions that are.
func sizes(src *source) []Fault {
	if src.test {
		return nil
	}
	var faults []Fault
	if lines := src.fset.File(src.file.FileStart).LineCount(); lines > maxFileLines {
		faults = append(faults, Fault{File: src.path, Message: tooLong("file", lines, maxFileLines)})
	}
	for node := range ast.Preorder(src.file) {
		var name string
		switch fn := node.(type) {
		case *ast.FuncDecl:
			name = "function " + fn.Name.Name
		case *ast.FuncLit:
			name = "function literal"
		default:
			continue
		}
		if lines := src.line(node.End()) - src.line(node.Pos()) + 1; lines > maxFuncLines {
			faults = append(faults, src.fault(node.Pos(), "%s", tooLong(name, lines, maxFuncLines)))
		}
	}
	return faults
}

func tooLong(what string, lines, most int) string {
	return fmt.Sprintf("%s has %d lines: split it, at most %d", what, lines, most)
}
