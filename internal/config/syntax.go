package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// read parses the text as one YAML document of keys and values.
func (b *builder) read(text []byte) *yaml.Node {
	if at, what := strange(text); what != "" {
		b.fail(at, "%s", what)
		return nil
	}
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	err := decoder.Decode(&document)
	switch {
	case errors.Is(err, io.EOF):
		b.fail(rules.Place{}, "the file is empty")
		return nil
	case err != nil:
		b.syntax(text, err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		b.syntax(text, err)
	default:
		at := rules.Place{Line: second.Line, Column: second.Column}
		b.fail(at, "a second YAML document starts here: a schedule is one document")
	}
	root := document.Content[0]
	switch {
	case root.Kind == yaml.ScalarNode && root.Tag == "!!null":
		b.fail(rules.Place{}, "the file is empty")
		return nil
	case root.Kind != yaml.MappingNode:
		b.fail(rules.Place{Line: root.Line, Column: root.Column}, "a schedule is keys and values, such as timezone: Europe/Paris")
		return nil
	}
	return root
}

// strange finds the first character that no schedule holds.
func strange(text []byte) (at rules.Place, what string) {
	for n, line := range rules.Lines(text) {
		column := 0
		for i, r := range line {
			column++
			_, size := utf8.DecodeRuneInString(line[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				what = "this is not UTF-8: save the file as UTF-8"
			case r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0:
				what = fmt.Sprintf("the control character %q may not stand here: delete it", r)
			default:
				continue
			}
			return rules.Place{Line: n + 1, Column: column}, what
		}
	}
	return rules.Place{}, ""
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntax adds a fault for an error of the YAML parser. The parser names the line
// where the part began that it could not finish, or none: the fault is where the
// text stops being YAML.
func (b *builder) syntax(text []byte, err error) {
	message, line := err.Error(), 0
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	lines := rules.Lines(text)
	if n := brokenLine(lines); n > 0 {
		line = n
	}
	if line < 1 || line > len(lines) {
		b.fail(rules.Place{}, "not YAML: %s", message)
		return
	}
	before := ""
	if line > 1 {
		before = lines[line-2]
	}
	slip := diagnose(lines[line-1], before, message)
	at := rules.Place{Line: line - slip.up, Column: slip.column}
	if at.Column == 0 {
		shown := lines[at.Line-1]
		at.Column = len(shown) - len(strings.TrimLeft(shown, " \t")) + 1
	}
	b.fail(at, "not YAML: %s", slip.message)
}

// maxReparse bounds the bytes that brokenLine parses.
const maxReparse = 4 << 20

// brokenLine returns the line, from 1, behind the longest part of the text that
// is YAML; 0 when that takes too long to find.
func brokenLine(lines []string) int {
	parsed := 0
	for n := len(lines) - 1; n >= 0; n-- {
		part := strings.Join(lines[:n], "\n")
		if parsed += len(part); parsed > maxReparse {
			return 0
		}
		if isYAML(part) {
			return n + 1
		}
	}
	return 0
}

func isYAML(text string) bool {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var node yaml.Node
		switch err := decoder.Decode(&node); {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return false
		}
	}
}
