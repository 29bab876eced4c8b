package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Place is a spot in a schedule file: line and column, both from 1, the column
// in characters. The zero Place is the file as a whole.
type Place struct {
	Line, Column int
}

// Fault is one thing that is wrong in a schedule file.
type Fault struct {
	Place
	Where   string // `window "prime time", rule 2`; may be empty
	Message string
}

// FaultError is every fault of one schedule file.
type FaultError struct {
	File   string // as the user named it
	Source []byte // the file's text, to show the lines
	Faults []Fault
}

// Address renders the fault without its source line: "file:line:col: where: message".
func (f Fault) Address(file string) string {
	var b strings.Builder
	b.WriteString(file)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, ":%d", f.Column)
		}
	}
	b.WriteString(": ")
	if f.Where != "" {
		b.WriteString(f.Where + ": ")
	}
	b.WriteString(f.Message)
	return b.String()
}

// Sort puts the faults in the file's order and drops repetitions: a part that an
// alias repeats is wrong once, where it stands.
func (e *FaultError) Sort() {
	slices.SortStableFunc(e.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	type spot struct {
		place   Place
		message string
	}
	told := map[spot]bool{}
	e.Faults = slices.DeleteFunc(e.Faults, func(f Fault) bool {
		s := spot{f.Place, f.Message}
		again := told[s] && f.Place != Place{}
		told[s] = true
		return again
	})
}

// Error renders all faults, each followed by its line and a caret under the spot.
func (e *FaultError) Error() string {
	lines := Lines(e.Source)
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.Address(e.File))
		if f.Line < 1 || f.Line > len(lines) {
			continue
		}
		b.WriteString(excerpt(lines[f.Line-1], f.Column))
	}
	return b.String()
}

// excerpt shows a source line, cut to what a terminal holds around the column,
// and a caret below.
func excerpt(line string, column int) string {
	const width, before = 100, 60
	if line = strings.ToValidUTF8(line, "\uFFFD"); strings.TrimSpace(line) == "" {
		return ""
	}
	runes := []rune(line)
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = ' '
		}
	}
	caret := min(max(column-1, 0), len(runes))
	if start := caret - before; start > 0 {
		runes, caret = runes[start:], before
	}
	runes = runes[:min(len(runes), width)]
	out := "\n    " + strings.TrimRight(string(runes), " ")
	if column > 0 {
		out += "\n    " + strings.Repeat(" ", caret) + "^"
	}
	return out
}
