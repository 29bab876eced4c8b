package house

import (
	"go/ast"
	"go/token"
)

// selfTold are the methods whose meaning their interface fixes.
var selfTold = map[string]bool{
	"Error": true, "String": true, "Unwrap": true, "Is": true, "As": true,
	"Len": true, "Less": true, "Swap": true, "Write": true, "Read": true, "Close": true,
	"MarshalJSON": true, "UnmarshalJSON": true, "MarshalYAML": true, "UnmarshalYAML": true,
	"MarshalText": true, "UnmarshalText": true, "LogValue": true,
}

// docs returns the exported names of a non-test file that have no comment. In a
// group of constants, variables or types one comment may stand for all.
func docs(src *source) []Fault {
	if src.test {
		return nil
	}
	var faults []Fault
	for _, decl := range src.file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc == nil && decl.Name.IsExported() && reachable(decl) {
				faults = append(faults, undocumented(src, decl.Name))
			}
		case *ast.GenDecl:
			if decl.Doc == nil && decl.Tok != token.IMPORT {
				faults = append(faults, undocumentedSpecs(src, decl)...)
			}
		}
	}
	return faults
}

// reachable reports whether other packages can call fn and would look for its comment.
func reachable(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	return !selfTold[fn.Name.Name] && ast.IsExported(receiver(fn.Recv.List[0].Type))
}

// receiver returns the name of a receiver's type.
func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.IndexListExpr:
		return receiver(expr.X)
	case *ast.Ident:
		return expr.Name
	}
	return ""
}

func undocumentedSpecs(src *source, decl *ast.GenDecl) []Fault {
	var faults []Fault
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Doc == nil && spec.Comment == nil && spec.Name.IsExported() {
				faults = append(faults, undocumented(src, spec.Name))
			}
		case *ast.ValueSpec:
			if spec.Doc != nil || spec.Comment != nil {
				continue
			}
			for _, name := range spec.Names {
				if name.IsExported() {
					faults = append(faults, undocumented(src, name))
				}
			}
		}
	}
	return faults
}

func undocumented(src *source, name *ast.Ident) Fault {
	return src.fault(name.Pos(), "%s has no comment: say what it is, its bounds and its errors", name.Name)
}
