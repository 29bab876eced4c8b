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

// maxShown bounds the lines that are searched for secrets, in bytes: of a longer
// one nothing is shown.
const maxShown = 8 << 10

// mask overwrites secrets with stars, letter for letter, so that columns hold:
// to the end of their line, and in the deeper lines that continue them.
func mask(text []byte) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	hide := -1 // lines that are deeper belong to a secret; -1: none
	for i, line := range lines {
		if bytes.TrimSpace(line) == nil {
			continue
		}
		if depth := len(line) - len(bytes.TrimLeft(line, " ")); hide >= 0 && depth > hide {
			lines[i] = stars(line, depth, len(line))
			continue
		}
		if hide = -1; len(line) > maxShown {
			lines[i] = stars(line, 0, len(line))
			continue
		}
		for _, m := range keyOfLine.FindAllSubmatchIndex(line, -1) {
			if secretKey(string(line[m[2]:m[3]])) && !onlyName.Match(line[m[1]:]) {
				lines[i], hide = stars(line, m[1], len(line)), len(line)-len(bytes.TrimLeft(line, " -{?"))
				break
			}
		}
		for _, m := range inAddress.FindAllSubmatchIndex(lines[i], -1) {
			from, to := max(m[2], m[4]), max(m[3], m[5])
			if !onlyName.Match(lines[i][from:to]) {
				lines[i] = stars(lines[i], from, to)
			}
		}
	}
	return bytes.Join(lines, nil)
}

// stars returns line with a star for each character of [from, to), but for the
// end of the line.
func stars(line []byte, from, to int) []byte {
	body := bytes.TrimRight(line[from:to], "\r\n")
	return slices.Concat(line[:from], bytes.Repeat([]byte("*"), utf8.RuneCount(body)), line[from+len(body):])
}
