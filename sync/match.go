package sync

import (
	"fmt"
	"path"
	"strings"
)

// maxGlobs bounds what the braces of one glob may expand to.
const maxGlobs = 256

// globs is a set of patterns on a file's name.
type globs []string

// parseGlobs expands braces and checks every pattern.
func parseGlobs(patterns []string) (globs, error) {
	var all globs
	for _, p := range patterns {
		expanded, err := expand(p)
		if err != nil {
			return nil, fmt.Errorf("glob %q: %w", p, err)
		}
		for _, glob := range expanded {
			if _, err := path.Match(glob, ""); err != nil {
				return nil, fmt.Errorf("glob %q: a bracket or backslash is left open", p)
			}
		}
		all = append(all, expanded...)
	}
	return all, nil
}

// match reports whether any pattern matches name.
func (g globs) match(name string) bool {
	for _, p := range g {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}

// expand returns the patterns that {a,b} stands for. Braces inside brackets and
// after a backslash are plain characters, as in path.Match.
func expand(pattern string) ([]string, error) {
	done, todo := []string{}, []string{pattern}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		open, end, parts, err := braces(p)
		if err != nil {
			return nil, err
		}
		if open < 0 {
			done = append(done, p)
			continue
		}
		for _, part := range parts {
			todo = append(todo, p[:open]+part+p[end+1:])
		}
		if len(done)+len(todo) > maxGlobs {
			return nil, fmt.Errorf("its braces stand for more than %d patterns", maxGlobs)
		}
	}
	return done, nil
}

// braces finds the first pair of braces of p and the alternatives in it; open is
// -1 when there is none.
func braces(p string) (open, end int, parts []string, err error) {
	open = -1
	depth, start, class := 0, 0, false
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '{':
			if depth++; depth == 1 {
				open, start = i, i+1
			}
		case c == ',' && depth == 1:
			parts, start = append(parts, p[start:i]), i+1
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return open, i, append(parts, p[start:i]), nil
			}
		}
	}
	if depth > 0 {
		return 0, 0, nil, fmt.Errorf("a brace is left open: %q", strings.TrimSpace(p[open:]))
	}
	return -1, 0, nil, nil
}
