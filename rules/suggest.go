package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxSuggest bounds the names that are compared with the known ones, in bytes.
const maxSuggest = 64

// Suggest returns ` (did you mean "x"?)` for the known name that is nearest to
// name, or nothing when none is near.
func Suggest(name string, known []string) string {
	// One slip in a short word, three in a long one: more makes another word of it.
	best, nearest := "", min(max(1, utf8.RuneCountInString(name)/3), 3)
	if len(name) > maxSuggest {
		return ""
	}
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= nearest && (d < nearest || best == "") {
			best, nearest = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// distance is the Damerau-Levenshtein distance (adjacent transpositions count
// once) of two short strings, in bytes.
func distance(a, b string) int {
	prev2, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(b)]
}
