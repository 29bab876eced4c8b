package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/internal/cli"
)

// page is one Markdown file.
type page struct {
	path   string // from the repository's root
	text   string
	blocks []block
}

// block is a piece of code on a page, fenced or indented.
type block struct {
	line int // of its first line
	kind string
	text string
}

// pages reads the README and all of docs. The test then runs in the root.
func pages(t *testing.T) []page {
	t.Helper()
	t.Chdir("../..")
	paths, err := filepath.Glob("docs/*.md")
	if err != nil || len(paths) < 8 {
		t.Fatalf("pages: %q, %v", paths, err)
	}
	var out []page
	for _, path := range append(paths, "README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page{path, string(text), blocksOf(string(text))})
	}
	return out
}

func blocksOf(text string) []block {
	var out []block
	var open *block
	fenced := false
	for i, line := range strings.Split(text, "\n") {
		kind, fence := strings.CutPrefix(line, "```")
		indented, ok := strings.CutPrefix(line, "    ")
		switch {
		case fence && fenced:
			open, fenced = nil, false
		case fence:
			out = append(out, block{line: i + 2, kind: kind})
			open, fenced = &out[len(out)-1], true
		case fenced:
			open.text += line + "\n"
		case ok && open == nil:
			out = append(out, block{line: i + 1, kind: "indented", text: indented + "\n"})
			open = &out[len(out)-1]
		case ok:
			open.text += indented + "\n"
		default:
			open = nil
		}
	}
	return out
}

// TestDocsSchedules reads every piece of a schedule on the pages as smartsync
// does; what a piece leaves out is put around it. The recipes show pieces of the
// examples, as they are.
func TestDocsSchedules(t *testing.T) {
	for name, value := range map[string]string{
		"SSH_HOST": "game.example.org", "SSH_USER": "et", "SSH_KEY_PATH": "~/.ssh/id_ed25519", "SSH_PASSWORD": "made up",
		"SMARTSYNC_TOKEN": "made-up-made-up-made-up", "DISCORD_WEBHOOK": "https://discord.com/api/webhooks/1/made-up", "ADMIN_WEBHOOK": "https://discord.com/api/webhooks/2/made-up",
	} {
		t.Setenv(name, value)
	}
	seen := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if b.kind != "yaml" {
				continue
			}
			if slices.Contains(others, firstKey(b.text)) {
				continue
			}
			seen++
			if isExcerpt(t, b.text) {
				continue // other tests read the examples
			}
			if p.path == "docs/recipes.md" {
				t.Errorf("%s:%d: no example holds this", p.path, b.line)
				continue
			}
			file := filepath.Join(t.TempDir(), "schedule.yaml")
			text, command := wholeSchedule(t, p.path, b), "validate"
			if strings.Contains(b.text, "\ntests:") {
				shipped, err := os.ReadFile("schedule.yaml")
				if err != nil || os.WriteFile(file, shipped, 0o600) != nil {
					t.Fatal(err)
				}
				file, command = filepath.Join(filepath.Dir(file), "x.test.yaml"), "test"
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if code := cli.Main([]string{command, file}, &stdout, &stderr); code != 0 {
				t.Errorf("%s:%d: %s refuses it\n%s\n%s%s", p.path, b.line, command, text, &stdout, &stderr)
			}
		}
	}
	if seen < 15 {
		t.Errorf("%d pieces of schedules", seen)
	}
}

// isExcerpt tells whether an example holds the text.
func isExcerpt(t *testing.T, text string) bool {
	t.Helper()
	paths, err := filepath.Glob("examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		example, err := os.ReadFile(path)
		return err == nil && strings.Contains("\n"+string(example), "\n"+text)
	})
}

// wholeSchedule completes a piece of a schedule.
func wholeSchedule(t *testing.T, path string, b block) string {
	t.Helper()
	text := b.text
	switch firstKey(text) {
	case "schedule", "tests":
		return text
	case "when":
		text = regexp.MustCompile(`(?m)^when: *(.*?)( +#.*)?$`).ReplaceAllString(text, "      - when: $1\n        interval: 1h")
		return "sources: {game: {url: x}}\ndefault: {interval: 2h}\nwindows:\n  - name: w\n    rules:\n" + text
	case "interval", "until":
		return "sources: {game: {url: x}}\ndefault: {interval: 2h}\nwindows:\n  - name: w\n    rules:\n      - when: misses > 3\n        " + text
	case "rules":
		return "sources: {game: {url: x}}\ndefault: {interval: 2h}\nwindows:\n  - name: w\n    " + strings.ReplaceAll(text, "\n", "\n    ")
	case "import", "match", "ignore", "url":
		if !strings.Contains(text, "url:") {
			text = "url: x\n" + text
		}
		text = "sources:\n  game:\n    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
	}
	var top map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &top); err != nil {
		t.Errorf("%s:%d: %v", path, b.line, err)
	}
	if _, ok := top["sources"]; !ok {
		text += "sources: {game: {url: x}}\n"
	}
	if _, ok := top["default"]; !ok && top["windows"].Kind == 0 && !strings.Contains(text, "schedule:") {
		text += "default: {interval: 1h}\n"
	}
	return text
}

// others are first keys of other programs' files: Docker Compose's, Kubernetes',
// Prometheus'.
var others = []string{"services", "apiVersion", "groups", "scrape_configs"}

func firstKey(text string) string {
	text = regexp.MustCompile(`(?m)^ *#.*$`).ReplaceAllString(text, "")
	key, _, _ := strings.Cut(strings.TrimSpace(text), ":")
	return strings.TrimLeft(key, "- {")
}

var (
	commandLine = regexp.MustCompile(`(?m)^(?:\$ |sudo )?smartsync +(\S.*)$`)
	commandSpan = regexp.MustCompile("`smartsync ([a-z][^`]*)`")
	aside       = regexp.MustCompile(`\s+#.*|\s{2,}.*|[|>&].*`)
)

// TestDocsCommands holds each command that a page shows to the commands that there
// are: its name, its subcommand and its flags.
func TestDocsCommands(t *testing.T) {
	seen, helps := 0, map[string]string{}
	for _, p := range pages(t) {
		var commands []string
		for _, b := range p.blocks {
			if !slices.Contains([]string{"", "indented", "console", "sh", "bash"}, b.kind) {
				continue
			}
			for _, m := range commandLine.FindAllStringSubmatch(b.text, -1) {
				commands = append(commands, m[1])
			}
		}
		for _, m := range commandSpan.FindAllStringSubmatch(strings.ReplaceAll(p.text, "\n", " "), -1) {
			commands = append(commands, m[1])
		}
		for _, command := range commands {
			seen++
			if strings.HasPrefix(command, "started:") || strings.HasPrefix(command, "error:") || strings.HasPrefix(command, "hint:") {
				continue // what it prints
			}
			words := strings.Fields(aside.ReplaceAllString(command, ""))
			if wrong := wrongWord(t, words, helps); wrong != "" {
				t.Errorf("%s: smartsync %s: %s", p.path, command, wrong)
			}
		}
	}
	if seen < 60 {
		t.Errorf("%d commands", seen)
	}
}

var (
	subcommand = regexp.MustCompile(`(?m)^  ([a-z]+) +\S`)
	flagName   = regexp.MustCompile(`(?m)^ +(?:(-\w), )?(?:    )?(--[a-z-]+)`)
)

// wrongWord returns what is wrong with a command line's words; empty: nothing.
func wrongWord(t *testing.T, words []string, helps map[string]string) string {
	t.Helper()
	var path []string
	help := helpOf(t, path, helps)
	for i := 0; i < len(words); i++ {
		word, _, _ := strings.Cut(words[i], "=")
		_, list, group := strings.Cut(help, "Available Commands:\n")
		list, flags, _ := strings.Cut(list, "Flags:\n")
		if !group {
			_, flags, _ = strings.Cut(help, "Flags:\n")
		}
		switch {
		case strings.HasPrefix(word, "-"):
			known := strings.Fields(strings.Join(flagName.FindAllString(flags, -1), " "))
			if !slices.Contains(known, word) && !slices.Contains(known, word+",") {
				return word + " is no flag of it"
			}
			if (word == "-c" || word == "--config") && word == words[i] {
				i++
			}
		case group && !regexp.MustCompile(`^[A-Z…]`).MatchString(word):
			names := subcommand.FindAllStringSubmatch(list, -1)
			if !slices.ContainsFunc(names, func(m []string) bool { return m[1] == word }) {
				return word + " is no command"
			}
			path = append(path, word)
			help = helpOf(t, path, helps)
		}
	}
	return ""
}

func helpOf(t *testing.T, path []string, helps map[string]string) string {
	t.Helper()
	key := strings.Join(path, " ")
	if helps[key] == "" {
		helps[key] = runOK(t, append(slices.Clone(path), "--help")...)
	}
	return helps[key]
}
