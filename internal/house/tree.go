package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// source is one parsed .go file.
type source struct {
	path string // relative to the module's root
	room string // where it stands in the plan, known to it or not
	test bool
	file *ast.File
	fset *token.FileSet
}

// line returns the line of pos, from 1.
func (s *source) line(pos token.Pos) int { return s.fset.Position(pos).Line }

// fault returns a fault at pos.
func (s *source) fault(pos token.Pos, format string, args ...any) Fault {
	return Fault{File: s.path, Line: s.line(pos), Message: fmt.Sprintf(format, args...)}
}

// dir returns the folder of the file.
func (s *source) dir() string { return path.Dir(s.path) }

// module is a module's tree as the checks see it.
type module struct {
	path    string   // of go.mod
	folders []string // every folder that was walked, without the root
	top     []string // the files beside go.mod
	sources []*source
}

// load reads the tree below the root of fsys.
func load(fsys fs.FS) (*module, error) {
	modPath, err := modulePath(fsys)
	if err != nil {
		return nil, err
	}
	m := &module{path: modPath}
	ignored := ignoredAtRoot(fsys)
	fset := token.NewFileSet()
	err = fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == root:
			return nil
		case matchesAny(ignored, name):
			return skip(d)
		case d.IsDir():
			if base := d.Name(); base == "testdata" || base[0] == '.' || base[0] == '_' {
				return fs.SkipDir
			}
			m.folders = append(m.folders, name)
			return nil
		case path.Dir(name) == root:
			m.top = append(m.top, name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		src, err := parse(fsys, fset, name)
		if err != nil {
			return err
		}
		m.sources = append(m.sources, src)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the module: %w", err)
	}
	return m, nil
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func parse(fsys fs.FS, fset *token.FileSet, name string) (*source, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &source{
		path: name,
		room: roomOf(path.Dir(name)),
		test: strings.HasSuffix(name, "_test.go"),
		file: file,
		fset: fset,
	}, nil
}

// roomOf returns the room that the folder dir belongs to: its first element,
// or its first two below internal.
func roomOf(dir string) string {
	parts := strings.Split(dir, "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// modulePath returns the path that go.mod declares.
func modulePath(fsys fs.FS) (string, error) {
	text, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "module" {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("find the module: no module line in %q", "go.mod")
}

// ignoredAtRoot returns the patterns of .gitignore that are anchored to the
// root: what running and building leaves there.
func ignoredAtRoot(fsys fs.FS) []string {
	text, err := fs.ReadFile(fsys, ".gitignore")
	if err != nil {
		return nil
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		if pattern, ok := strings.CutPrefix(strings.TrimSpace(line), "/"); ok {
			patterns = append(patterns, strings.TrimSuffix(pattern, "/"))
		}
	}
	return patterns
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}
