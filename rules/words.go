package rules

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
)

func offsetOf(err error) int {
	if e, ok := errors.AsType[*file.Error](err); ok && e.Location != (file.Location{}) {
		return e.From
	}
	return whole
}

// messageOf is an expr error without its position and the text around it.
func messageOf(err error) string {
	if e, ok := errors.AsType[*file.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

var (
	badNumber  = regexp.MustCompile(`^bad number syntax: "(.*)"$`)
	badToken   = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
	badRune    = regexp.MustCompile(`^unrecognized character: U\+\w+(?: '(.*)')?$`)
	mismatch   = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types? (.+?)(?: and (.+))?\)$`)
	notInList  = regexp.MustCompile(`^cannot use (.+) as type (.+) in array$`)
	noField    = regexp.MustCompile(`^type (.+) has no (field|method) (\w+)$`)
	curlyQuote = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
)

// syntaxFault returns the offset and the plain words of an error in an
// expression's form.
func syntaxFault(text string, err error) (offset int, message string) {
	offset, message = offsetOf(err), messageOf(err)
	if m := badNumber.FindStringSubmatch(message); m != nil {
		// The position is behind the word.
		offset = max(0, strings.LastIndex(text[:min(byteOffset(text, offset)+1, len(text))], m[1]))
		offset = utf8.RuneCountInString(text[:offset])
		if _, err := ParseDuration(m[1]); err == nil {
			return offset, fmt.Sprintf("a duration stands in quotes here: write duration(%q)", m[1])
		}
		return offset, fmt.Sprintf("%q is no number", m[1])
	}
	if m := badRune.FindStringSubmatch(message); m != nil {
		hint := ""
		if m[1] != "" && strings.Contains(curlyQuote, m[1]) {
			hint = `: write a straight quote, "`
		}
		return offset, fmt.Sprintf("the character %q has no meaning here%s", m[1], hint)
	}
	m := badToken.FindStringSubmatch(message)
	switch {
	case m == nil && message == "literal not terminated":
		return offset, "the quote is not closed"
	case m == nil:
		return offset, plainWords(err)
	case m[1] == "EOF":
		return offset, "the expression ends too early: something is missing behind this"
	case m[2] == "=":
		return offset, "= has no meaning here: write == to compare"
	case m[2] == "&" || m[2] == "|":
		return offset, fmt.Sprintf("%s has no meaning here: write and, or", m[2])
	}
	return offset, fmt.Sprintf("%q does not fit here: is an operator missing before it?", m[2])
}

// byteOffset returns where the n-th character starts.
func byteOffset(text string, n int) int {
	for i := range text {
		if n--; n < 0 {
			return i
		}
	}
	return len(text)
}

// typeFault returns the offset and the plain words of an error in an
// expression's types.
func typeFault(err error) (offset int, message string) {
	offset, message = offsetOf(err), plainWords(err)
	if m := mismatch.FindStringSubmatch(message); m != nil {
		switch {
		case m[3] == "":
			message = fmt.Sprintf("%s cannot be used with a %s", m[1], m[2])
		case m[1] == "in":
			message = fmt.Sprintf("in needs a list, such as [1, 2] or 20..23, not a %s", m[3])
		default:
			message = fmt.Sprintf("a %s and a %s do not go together with %s", m[2], m[3], m[1])
		}
		if (m[2] == "duration") != (m[3] == "duration") && !strings.Contains("*/%", m[1]) {
			message += `: write a duration as duration("2h")`
		}
		if m[1] == "matches" || m[2] == "text" && m[3] == "whole number" || m[2] == "whole number" && m[3] == "text" {
			message += ": write a number without quotes, a text with them"
		}
	}
	if m := notInList.FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("a %s is never in a list of %ss", m[1], m[2])
	}
	message = strings.Replace(message, "error parsing regexp:", "the pattern is broken:", 1)
	if m := noField.FindStringSubmatch(message); m != nil {
		message = fmt.Sprintf("a %s has no %s", m[1], m[3])
		if m[1] == "file" {
			message += ": it has name, size and modified"
		}
	}
	if got, ok := strings.CutPrefix(message, "expected true or false, but got "); ok {
		message = fmt.Sprintf("the condition must be true or false, but is a %s: compare it, as in found > 0", got)
		offset = whole
	}
	return offset, message
}

var (
	goLists = regexp.MustCompile(`(?:\[\]){1,9}(?:[\w.]+(?: \{\})?)`)
	goMaps  = regexp.MustCompile(`map\[[\w.]+\][\w.]+(?: \{\})?`)
)

var goWords = regexp.MustCompile(`\*?\b(?:time\.Time|time\.Duration|rules\.\w+|\w*interface \{\}|float64|int|string|bool)\b`)

// plainWords is an expr error without its position, and without Go's names of
// types.
func plainWords(err error) string {
	message := messageOf(err)
	if strings.Contains(message, "func(") {
		return "a function stands here without its (): it must be called"
	}
	message = strings.ReplaceAll(message, "[]rules.FoundFile", "list of files")
	message = goLists.ReplaceAllString(message, "list")
	message = goMaps.ReplaceAllString(message, "mapping")
	if strings.HasSuffix(message, "exceeds maximum allowed nodes") {
		message = fmt.Sprintf("the expression has more than %d parts", maxExprNodes)
	}
	message = goWords.ReplaceAllStringFunc(message, func(word string) string {
		switch strings.TrimPrefix(word, "*") {
		case reflect.TypeFor[time.Time]().String():
			return "moment"
		case reflect.TypeFor[time.Duration]().String():
			return "duration"
		case reflect.TypeFor[FoundFile]().String():
			return "file"
		case "float64":
			return "number"
		case "int":
			return "whole number"
		case "string":
			return "text"
		case "bool":
			return "true or false"
		default:
			return "value"
		}
	})
	return strings.TrimSuffix(strings.ReplaceAll(message, "\n", " "), ".")
}
