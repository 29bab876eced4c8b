package notify

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// message is what a receiver is shown, before its own form.
type message struct {
	Title  string
	Text   string
	Fields []field
	Footer string // without any name: its marks are not read
	Colour int    // 0xRRGGBB
	At     time.Time
}

// field is a heading with a few lines.
type field struct{ Name, Value string }

// The colours of messages.
const (
	blue  = 0x3B82F6
	green = 0x22C55E
	red   = 0xEF4444
	grey  = 0x64748B
)

// text is the message for services that take plain text.
func (m *message) text() string {
	parts := []string{m.Text}
	for _, f := range m.Fields {
		parts = append(parts, f.Name+"\n"+f.Value)
	}
	parts = append(parts, m.Footer)
	return strings.Join(compact(parts), "\n\n")
}

func compact(parts []string) []string {
	out := parts[:0]
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			out = append(out, p)
		}
	}
	return out
}

// blanks are letters and signs that show nothing.
const blanks = "\u115f\u1160\u2800\u3164\uffa0"

// clean is foreign text on one line, without what does not print or turns the
// line around, and no longer than a name may be.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == utf8.RuneError || strings.ContainsRune(blanks, r) {
			return -1
		}
		return r
	}, text)
	return cut(strings.TrimSpace(text), 200)
}

// escaped is clean text in which nothing is a mark, a mention or a link to Discord:
// it takes a \ before any punctuation for that very sign.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range clean(text) {
		if r < utf8.RuneSelf && r != ' ' && !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// apart is clean text in which nothing is a link, a mention or a command to services
// that look for these in plain text: a sign that shows nothing parts what makes one.
func apart(text string) string {
	const joiner = "\u2060"
	var b strings.Builder
	runes := append([]rune(clean(text)), ' ')
	for i, r := range runes[:len(runes)-1] {
		b.WriteRune(r)
		next := runes[i+1]
		word := unicode.IsLetter(next) || unicode.IsDigit(next) || next == '_'
		begins := i == 0 || !unicode.IsLetter(runes[i-1]) && !unicode.IsDigit(runes[i-1])
		switch {
		case r == '@' && word, r == '.' && unicode.IsLetter(next), r == ':' && next == '/':
			b.WriteString(joiner)
		case (r == '/' || r == '#' || r == '$') && word && begins:
			b.WriteString(joiner)
		}
	}
	return b.String()
}

// cut returns text with at most most characters; where it was longer the last is …
// and no \ stands before that alone.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	if most < 1 {
		return ""
	}
	kept := string([]rune(text)[:most-1])
	if slashes := len(kept) - len(strings.TrimRight(kept, `\`)); slashes%2 == 1 {
		kept = kept[:len(kept)-1]
	}
	return kept + "…"
}

// cutBytes is cut to at most most bytes.
func cutBytes(text string, most int) string {
	text = strings.ToValidUTF8(text, "")
	if len(text) <= most {
		return text
	}
	end := most - len("…")
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}
