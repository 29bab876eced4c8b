// Package house holds the plan of the module as a check: which room may import
// which, what a pure room may not call, how large a file may grow. Its test
// runs the check over the module itself, so that an edge which is not in the
// plan fails the build. Changing a table here is a change of the design and
// wants its reason in the commit.
package house

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
)

// Fault is one place where a tree departs from the plan.
type Fault struct {
	File    string // relative to the module's root, with slashes
	Line    int    // from 1; 0 when it is the whole file or folder
	Message string
}

// String returns "file:line: message", without the line where there is none.
func (f Fault) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.Message)
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Check returns every fault of the module at the root of fsys, ordered by file
// and line. It reads all .go files whatever their build tags, but none in
// testdata, in folders that start with a dot or an underscore, or under a name
// that .gitignore anchors to the root. The error says that the tree could not
// be read or a file not be parsed.
func Check(fsys fs.FS) ([]Fault, error) {
	m, err := load(fsys)
	if err != nil {
		return nil, err
	}
	faults := m.layout()
	for _, check := range []func(*source) []Fault{
		m.imports, purity, names, sizes, docs, noMutex,
	} {
		for _, src := range m.sources {
			faults = append(faults, check(src)...)
		}
	}
	faults = append(faults, m.sleeps()...)
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return faults, nil
}
