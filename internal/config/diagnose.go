package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// slip is what is wrong with a line that is not YAML.
type slip struct {
	message string
	column  int // from 1, in characters; 0: the line's first word
	up      int // lines above the one that was looked at
}

var (
	tabFirst   = regexp.MustCompile(`^ *(\t)`)
	quoteFirst = regexp.MustCompile(`(?:^\s*|[:\-]\s+|[\[{,]\s*)(["'])`)
	signFirst  = regexp.MustCompile(`(?:[:\-]\s+|[\[{,]\s*)([*&%@` + "`" + `!|>])`)
	colonTight = regexp.MustCompile(`^\s*(?:- )?\w+(:)[^\s/]`)
	dashTight  = regexp.MustCompile(`^\s*(-)[A-Za-z]`)
	colonTwice = regexp.MustCompile(`:\s+[^"'\[{].*?(:)(?:\s|$)`)
	bareName   = regexp.MustCompile(`[\[{].*?[\[{,:]\s*[^"',\s]*(\$\{\w)`)
)

// plain are the parser's texts, and what an admin does about them.
var plain = []struct{ text, message string }{
	{"could not find expected ':'", "a key and its colon are expected here, as in timezone: Europe/Paris"},
	{"did not find expected key", "this line does not fit the ones above: indent it as its neighbours are"},
	{"did not find expected '-' indicator", "this line does not fit the list above: start an item with -, under the others"},
	{"mapping values are not allowed", "this line is indented deeper than the key and value above: align the keys"},
	{"found unexpected end of stream", "something that opens here is not closed: a quote, [ or {"},
	{"did not find expected node content", "a value is missing here, or a ] or } is too much"},
	{"found unknown escape character", `a \ in double quotes starts an escape: use single quotes, or \\`},
	{"block sequence entries are not allowed", "a list starts on a line of its own, with - under its key"},
}

// diagnose says in plain words what is wrong with a line, of which before is the
// one above and message what the parser says.
func diagnose(line, before, message string) slip {
	if m := tabFirst.FindStringSubmatchIndex(line); m != nil {
		return slip{message: "a tab indents this line: use spaces", column: m[2] + 1}
	}
	if strings.HasPrefix(message, "unknown anchor ") {
		name := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(message, "unknown anchor "), " referenced"), "'")
		return slip{message: "* refers to a value that & marks above, and there is none: put the value in quotes", column: column(line, strings.Index(line, "*"+name))}
	}
	if m := openQuote(line); m >= 0 {
		return slip{message: "the quote is not closed", column: column(line, m)}
	}
	if m := signFirst.FindStringSubmatchIndex(line); m != nil && !strings.Contains(message, "expected ','") {
		return slip{message: fmt.Sprintf("a value cannot start with %s: put it in quotes", line[m[2]:m[3]]), column: column(line, m[2])}
	}
	switch {
	case strings.Contains(message, "mapping values are not allowed"), strings.Contains(message, "could not find expected ':'"):
		for up, l := range []string{line, before} {
			if m := colonTight.FindStringSubmatchIndex(l); m != nil {
				return slip{message: "a space is missing after the colon", column: column(l, m[2]), up: up}
			}
			if m := dashTight.FindStringSubmatchIndex(l); m != nil {
				return slip{message: "a space is missing after the -", column: column(l, m[2]), up: up}
			}
		}
		if m := colonTwice.FindStringSubmatchIndex(line); m != nil {
			return slip{message: "a value that holds a colon and a space must stand in quotes", column: column(line, m[2])}
		}
	case strings.Contains(message, "expected ',' or ']'"), strings.Contains(message, "expected ',' or '}'"):
		return openBracket(line, message)
	}
	if first := strings.TrimLeft(line, " "); strings.HasPrefix(first, "{") || strings.HasPrefix(first, "[") {
		return slip{message: "a list item starts with -, under the others"}
	}
	for _, pair := range []string{"[]", "{}"} {
		if strings.Count(line, pair[1:]) > strings.Count(line, pair[:1]) {
			return slip{message: fmt.Sprintf("this %s closes nothing", pair[1:]), column: column(line, strings.LastIndex(line, pair[1:]))}
		}
	}
	return inPlainWords(line, message)
}

// inPlainWords finds the parser's text among those that are plain.
func inPlainWords(line, message string) slip {
	for _, p := range plain {
		if strings.Contains(message, p.text) {
			s := slip{message: p.message}
			if i := strings.IndexByte(line, '\\'); strings.Contains(message, "escape") && i >= 0 {
				s.column = column(line, i)
			}
			return s
		}
	}
	return slip{message: message}
}

// column is the column of the byte at i.
func column(line string, i int) int {
	if i < 0 {
		return 0
	}
	return utf8.RuneCountInString(line[:i]) + 1
}

// openQuote returns where the quote opens that the line does not close, or -1.
func openQuote(line string) int {
	for at := 0; ; {
		m := quoteFirst.FindStringSubmatchIndex(line[at:])
		if m == nil {
			return -1
		}
		quote, from := line[at+m[2]:at+m[3]], at+m[2]
		rest := line[from+1:]
		if quote == `"` {
			rest = strings.NewReplacer(`\\`, "  ", `\"`, "  ").Replace(rest)
		}
		end := strings.Index(rest, quote)
		if end < 0 {
			return from
		}
		at = from + 1 + end + 1
	}
}

// openBracket finds the [ or { that the line does not close.
func openBracket(line, message string) slip {
	open, shut := "[", "]"
	if strings.Contains(message, "'}'") {
		open, shut = "{", "}"
	}
	if m := bareName.FindStringSubmatchIndex(line); m != nil {
		return slip{message: "between { and }, or [ and ], a ${NAME} must stand in quotes", column: column(line, m[2])}
	}
	if strings.Count(line, open) > strings.Count(line, shut) {
		return slip{message: fmt.Sprintf("the %s is not closed, or a comma is missing in it", open), column: column(line, strings.LastIndex(line, open))}
	}
	if i := strings.LastIndex(line, open); i >= 0 {
		return slip{message: fmt.Sprintf("between %s and %s a comma is missing, or a value with [, {, a comma or a colon stands without quotes", open, shut), column: column(line, i)}
	}
	return slip{message: fmt.Sprintf("a %s above is not closed, or a comma is missing in it", open)}
}
