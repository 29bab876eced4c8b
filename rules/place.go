package rules

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Place is a spot in a schedule file: line and column, both from 1, the column
// in characters. The zero Place is the file as a whole.
type Place struct {
	Line, Column int
}

// Text is a scalar of a schedule file that remembers where it stands.
type Text struct {
	Place
	Value string
	// style tells whether Value stands in the file letter for letter.
	style yaml.Style
}

// Set tells whether the file holds the scalar at all.
func (t Text) Set() bool { return t.Line > 0 }

// at returns the place of the value's character offset (from 0); of the whole
// scalar where the file does not hold the value letter for letter.
func (t Text) at(offset int) Place {
	switch {
	case strings.Contains(t.Value, "\n"), t.style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return t.Place
	case t.style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		offset++
	}
	return Place{t.Line, t.Column + offset}
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

// Sort puts the faults in the file's order and drops repetitions.
func (e *FaultError) Sort() {
	slices.SortStableFunc(e.Faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	e.Faults = slices.Compact(e.Faults)
}

// Error renders all faults, each followed by its line and a caret under the spot.
func (e *FaultError) Error() string {
	lines := bytes.Split(e.Source, []byte("\n"))
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.Address(e.File))
		if f.Line < 1 || f.Line > len(lines) {
			continue
		}
		b.WriteString(excerpt(string(lines[f.Line-1]), f.Column))
	}
	return b.String()
}

// excerpt shows a source line, cut to what a terminal holds around the column,
// and a caret below.
func excerpt(line string, column int) string {
	const width, before = 100, 60
	line = strings.TrimRight(line, "\r")
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

// Suggest returns ` (did you mean "x"?)` for the known name that is nearest to
// name, or nothing when none is near.
func Suggest(name string, known []string) string {
	best, nearest := "", 3
	if n := utf8.RuneCountInString(name); n <= 4 {
		nearest = 2
	}
	for _, k := range known {
		if d := distance(strings.ToLower(name), k); d <= nearest && (d < nearest || best == "") {
			best, nearest = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance is the Damerau-Levenshtein distance (adjacent transpositions count
// once) of two short strings, in bytes.
func distance(a, b string) int {
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
