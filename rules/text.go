package rules

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Text is a scalar of a schedule file that remembers where it stands.
type Text struct {
	Place
	Value string
	// inline tells that the file holds Value in one line, letter for letter but
	// for the characters in doubled, each of which takes two there.
	inline  bool
	opening int // characters before Value: its quote
	doubled string
	hidden  bool // Value came, at least in part, from the environment
}

// Set tells whether the file holds the scalar at all.
func (t Text) Set() bool { return t.Line > 0 }

// MarshalJSON writes the value without its place; null where it is not set.
func (t Text) MarshalJSON() ([]byte, error) {
	if !t.Set() {
		return []byte("null"), nil
	}
	return json.Marshal(t.Value)
}

// at returns the place of the value's character offset (from 0); of the whole
// scalar where the file does not hold the value letter for letter.
func (t Text) at(offset int) Place {
	if !t.inline {
		return t.Place
	}
	column := t.Column + t.opening
	for i, r := range []rune(t.Value) {
		if i == offset {
			return Place{t.Line, column}
		}
		if column++; strings.ContainsRune(t.doubled, r) {
			column++
		}
	}
	return Place{t.Line, column}
}

// maxColumn bounds where a value is looked for in its line: a file that is one
// long line would be walked once for each of its values.
const maxColumn = 4096

// textOf returns a scalar node's text, and how it stands in the file's lines.
// Aliases, anchors, tags, blocks, unusual escapes and values that continue on
// the next line are not inline.
func textOf(node *yaml.Node, lines []string) Text {
	t := Text{Place: Place{node.Line, node.Column}, Value: node.Value, hidden: node.Tag == Expanded}
	written := node.Value
	switch {
	case node.Style&yaml.SingleQuotedStyle != 0:
		t.opening, t.doubled = 1, "'"
		written = "'" + strings.ReplaceAll(written, "'", "''") + "'"
	case node.Style&yaml.DoubleQuotedStyle != 0:
		t.opening, t.doubled = 1, `"\`
		written = `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(written) + `"`
	}
	if node.Line >= 1 && node.Line <= len(lines) && node.Column <= maxColumn {
		t.inline = strings.HasPrefix(skip(lines[node.Line-1], node.Column-1), written)
	}
	return t
}

// skip returns line without its first n characters.
func skip(line string, n int) string {
	for ; n > 0 && line != ""; n-- {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// Lines splits a YAML text where YAML does.
func Lines(text []byte) []string { return strings.Split(lineBreaks.Replace(string(text)), "\n") }
