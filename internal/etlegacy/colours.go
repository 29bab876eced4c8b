package etlegacy

import (
	"strings"
	"unicode/utf8"
)

// CleanName returns raw without colour codes: every '^' goes, and the
// character after it, whatever that is.
func CleanName(raw string) string {
	if strings.IndexByte(raw, '^') < 0 {
		return raw
	}
	var b strings.Builder
	b.Grow(len(raw))
	for {
		plain, code, found := strings.Cut(raw, "^")
		b.WriteString(plain)
		if !found {
			return b.String()
		}
		_, size := utf8.DecodeRuneInString(code)
		raw = code[size:]
	}
}
