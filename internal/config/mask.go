package config

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/smartsync/smartsync/rules"
)

// faultError makes one error of the faults, in which no secret shows: values
// from the environment appear as their ${NAME}, and secrets in the text as stars.
func faultError(path string, text []byte, faults []rules.Fault, x *expander) error {
	values := make([]string, 0, len(x.secrets))
	for value := range x.secrets {
		if len(value) < 4 { // a port, say: replacing it would spoil other numbers
			continue
		}
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, value := range values {
		quoted := strconv.Quote(value) // as %q shows it
		pairs = append(pairs, quoted[1:len(quoted)-1], x.secrets[value], value, x.secrets[value])
	}
	unexpand := strings.NewReplacer(pairs...)
	for i, f := range faults {
		if value, ok := x.places[f.Place]; ok {
			f.Message = withoutParts(f.Message, value, x.secrets[value])
		}
		if strings.HasPrefix(f.Where, "notify ") && receiverURL.MatchString(f.Message) {
			f.Message = quotedPart.ReplaceAllString(f.Message, `"…"`)
		}
		f.Message, f.Where = unexpand.Replace(f.Message), unexpand.Replace(f.Where)
		faults[i] = f
	}
	e := &rules.FaultError{File: path, Source: mask(text), Faults: faults}
	e.Sort()
	return e
}

var quotedPart = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withoutParts replaces what message quotes of value, in letters of any case.
func withoutParts(message, value, written string) string {
	value = strings.ToLower(value)
	return quotedPart.ReplaceAllStringFunc(message, func(quoted string) string {
		if part, err := strconv.Unquote(quoted); err != nil || part != "" && strings.Contains(value, strings.ToLower(strings.TrimSuffix(part, "://"))) {
			return strconv.Quote(written)
		}
		return quoted
	})
}

var (
	keyOfLine  = regexp.MustCompile(`([\w-]+)["']?[\s\p{Z}]*:(?:\s+|$)`)
	secretWord = regexp.MustCompile(`(?i)pass|pw|secret|token`)
	onlyName   = regexp.MustCompile(`^["']?\$\{\w+\}["']?[ \t\r]*[,}]?[ \t\r]*$`)
	inAddress  = regexp.MustCompile(`://[^\s/:@]*:(.+)@|(?:^|["'\s])[^\s/:@"']+:([^\s/]\S*)@`)
)

// secretKey tells a key whose value no error may show, misspelt ones included:
// the fault may be the key.
func secretKey(key string) bool {
	return secretWord.MatchString(key) || rules.Suggest(key, []string{"password", "passphrase"}) != ""
}

// maxSearched bounds what is searched of a line for secrets, in bytes: nothing
// behind it is shown.
const maxSearched = 8 << 10

// receiverURL ends where the address of a receiver of messages begins: all of it is
// a secret.
var receiverURL = regexp.MustCompile(`(?i)["']?\bu\w?\w?l\b["']?[\s\p{Z}]*:[\s\p{Z}]*|://|/api/(?:v\d+/)?webhooks/`)

// ofReceivers tells whether a line belongs to notify, as the one before it did.
func ofReceivers(line []byte, before bool) bool {
	if line[0] == ' ' || line[0] == '#' || line[0] == '\t' {
		return before
	}
	key := keyOfLine.FindSubmatch(line)
	return key != nil && (string(key[1]) == "notify" || rules.Suggest(string(key[1]), []string{"notify"}) != "")
}

// mask overwrites secrets with stars, letter for letter, so that columns hold:
// to the end of their line, and in the deeper lines that continue them.
func mask(text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	hide := -1 // lines that are deeper belong to a secret; -1: none
	receivers := false
	for i, line := range lines {
		if bytes.TrimSpace(line) == nil {
			continue
		}
		if depth := len(line) - len(bytes.TrimLeft(line, " ")); hide >= 0 && depth > hide {
			lines[i] = stars(line, depth, len(line))
			continue
		}
		receivers = ofReceivers(line, receivers)
		lines[i], hide = maskLine(line)
		if where := receiverURL.FindIndex(lines[i]); receivers && hide < 0 && where != nil && !onlyName.Match(lines[i][where[1]:]) {
			lines[i], hide = stars(lines[i], where[1], len(line)), len(line)-len(bytes.TrimLeft(line, " -{?"))
		}
	}
	return bytes.Join(lines, nil)
}

// maskLine masks one line; deeper lines than hide belong to its secret, -1: none
// do.
func maskLine(line []byte) (masked []byte, hide int) {
	indent := func() int { return len(line) - len(bytes.TrimLeft(line, " -{?")) }
	if len(line) > maxSearched+1 { // one more, for what is added below
		cut := maxSearched - 1
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		// As if an address ended here, for its password may go on.
		head, _ := maskLine(append(bytes.Clone(line[:cut]), '@'))
		return append(head[:len(head)-1], stars(line[cut:], 0, len(line)-cut)...), indent()
	}
	masked, hide = line, -1
	for _, m := range keyOfLine.FindAllSubmatchIndex(line, -1) {
		if secretKey(string(line[m[2]:m[3]])) && !onlyName.Match(line[m[1]:]) {
			masked, hide = stars(line, m[1], len(line)), indent()
			break
		}
	}
	for _, m := range inAddress.FindAllSubmatchIndex(masked, -1) {
		from, to := max(m[2], m[4]), max(m[3], m[5])
		if !onlyName.Match(masked[from:to]) {
			masked = stars(masked, from, to)
		}
	}
	return masked, hide
}

// stars returns line with a star for each character of [from, to), but for the
// end of the line.
func stars(line []byte, from, to int) []byte {
	body := bytes.TrimRight(line[from:to], "\r\n")
	return slices.Concat(line[:from], bytes.Repeat([]byte("*"), utf8.RuneCount(body)), line[from+len(body):])
}
