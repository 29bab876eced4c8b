package cli_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/cli"
)

// leftOut stands on a page for lines that it does not show.
const leftOut = "[…]"

// TestDocsOutput runs what the pages show with its output, and compares. A block of
// the kind console holds commands behind a $, each with all that it prints.
func TestDocsOutput(t *testing.T) {
	seen := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.kind != "console" {
				continue
			}
			for _, part := range strings.Split("\n"+b.text, "\n$ ")[1:] {
				line, want, _ := strings.Cut(part, "\n")
				words := strings.Fields(line)
				if words[0] != "smartsync" || !slices.ContainsFunc(words, func(word string) bool {
					return slices.Contains([]string{"simulate", "explain", "test"}, word)
				}) {
					t.Errorf("%s:%d: %s: only what always prints the same can be run here; take the word console away", p.path, b.line, line)
					continue
				}
				seen++
				var said bytes.Buffer
				cli.Main(words[1:], &said, &said)
				if !shows(strings.Split(strings.TrimSpace(want), "\n"), strings.Split(strings.TrimSpace(said.String()), "\n")) {
					t.Errorf("%s:%d: %s prints\n%s", p.path, b.line, line, &said)
				}
			}
		}
	}
	if seen < 8 {
		t.Errorf("%d commands", seen)
	}
}

// shows tells whether the lines are those that were printed, but for what is left
// out.
func shows(lines, printed []string) bool {
	if len(lines) == 0 {
		return len(printed) == 0
	}
	if lines[0] != leftOut {
		return len(printed) > 0 && strings.TrimRight(printed[0], " ") == lines[0] && shows(lines[1:], printed[1:])
	}
	for i := range len(printed) + 1 {
		if shows(lines[1:], printed[i:]) {
			return true
		}
	}
	return false
}

var (
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInLink = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestDocsLinks follows every link within the repository, its heading included.
func TestDocsLinks(t *testing.T) {
	seen := 0
	for _, p := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(p.text, -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			seen++
			path := filepath.Join(filepath.Dir(p.path), target)
			if target == "" {
				path = p.path
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s leads nowhere", p.path, m[1])
				continue
			}
			if anchor == "" {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(heading.FindAllStringSubmatch(string(text), -1), func(h []string) bool { return anchorOf(h[1]) == anchor }) {
				t.Errorf("%s: %s has no such heading", p.path, m[1])
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d links", seen)
	}
}

// anchorOf is what a link writes for a heading.
func anchorOf(heading string) string {
	return strings.ReplaceAll(strings.ToLower(notInLink.ReplaceAllString(heading, "")), " ", "-")
}

// TestDocsMessages holds the messages that the page of troubles quotes to the
// program: a good part of each is a text of its code.
func TestDocsMessages(t *testing.T) {
	all := pages(t)
	i := slices.IndexFunc(all, func(p page) bool { return p.path == "docs/troubleshooting.md" })
	if i < 0 {
		t.Fatal("there is no page of troubles")
	}
	texts, seen := messages(t), 0
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(all[i].text, -1) {
		seen++
		quoted := strings.ReplaceAll(m[1], `\|`, "|")
		if !slices.ContainsFunc(texts, func(text message) bool {
			return 3*text.says >= len(strings.ReplaceAll(quoted, "…", "")) && text.form.MatchString(quoted)
		}) {
			t.Errorf("nothing in the code says %s", quoted)
		}
	}
	if seen < 40 {
		t.Errorf("%d messages", seen)
	}
}

// message is a text of the code.
type message struct {
	form *regexp.Regexp
	says int // bytes of it that are always the same
}

var verb = regexp.MustCompile(`%(?:\[\d+\])?[-+# 0-9.]*[a-zA-Z]`)

// messages are the texts of the code, with anything in place of their verbs. Those
// that say too little are left out.
func messages(t *testing.T) []message {
	t.Helper()
	var out []message
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			literal, ok := node.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			text = strings.TrimSpace(text)
			plain := strings.TrimSpace(verb.ReplaceAllString(text, ""))
			if err != nil || len(plain) < 8 || !strings.Contains(plain, " ") {
				return true
			}
			parts := verb.Split(strings.ReplaceAll(text, "%%", "%"), -1)
			for i, part := range parts {
				parts[i] = regexp.QuoteMeta(part)
			}
			out = append(out, message{regexp.MustCompile(strings.Join(parts, ".*?")), len(plain)})
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
