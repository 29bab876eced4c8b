package config

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/smartsync/smartsync/rules"
)

// secretKey finds the values of secrets that stand in the file itself.
var secretKey = regexp.MustCompile(`(?i)((?:password|passphrase)["']?\s*:\s*)([^\n]+)|(://[^\s/:@]*:)([^\s/@]+)(@)`)

// faultError makes one error of the faults, in which no secret shows: values
// from the environment appear as their ${NAME}, and secrets in the text as stars.
func faultError(path string, text []byte, faults []rules.Fault, expanded map[string]string) error {
	values := make([]string, 0, len(expanded))
	for value := range expanded {
		if len(value) < 4 { // a port, say: replacing it would spoil other numbers
			continue
		}
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(values))
	for _, value := range values {
		pairs = append(pairs, value, expanded[value])
	}
	unexpand := strings.NewReplacer(pairs...)
	for i, f := range faults {
		f.Message, f.Where = unexpand.Replace(f.Message), unexpand.Replace(f.Where)
		faults[i] = f
	}
	e := &rules.FaultError{File: path, Source: mask(text), Faults: faults}
	e.Sort()
	return e
}

// mask overwrites secrets with stars, letter for letter, so that columns hold.
func mask(text []byte) []byte {
	out := slices.Clone(text)
	for _, m := range secretKey.FindAllSubmatchIndex(text, -1) {
		for _, group := range []int{2, 4} {
			if m[2*group] < 0 || strings.HasPrefix(string(text[m[2*group]:]), "${") {
				continue
			}
			for i := m[2*group]; i < m[2*group+1]; i++ {
				out[i] = '*'
			}
		}
	}
	return out
}
