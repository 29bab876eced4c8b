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

// LabelName returns raw without the colour codes that are a '^' and an ASCII
// letter or digit. Other codes stay: it is how the game's communities have kept
// names so far, and what they compare with.
func LabelName(raw string) string {
	if strings.IndexByte(raw, '^') < 0 {
		return raw
	}
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '^' && i+1 < len(raw) && isAlphanumeric(raw[i+1]) {
			i++
			continue
		}
		b = append(b, raw[i])
	}
	return string(b)
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
