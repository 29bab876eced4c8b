package cli_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/cli"
)

// TestHelp holds each command's help to what a person needs of it: what it does,
// in more than its one line, and the exit codes; and lines that fit a terminal.
func TestHelp(t *testing.T) {
	page := runOK(t, "--help")
	_, list, _ := strings.Cut(page, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	names := regexp.MustCompile(`(?m)^  ([a-z]+) +(.*)$`).FindAllStringSubmatch(list, -1)
	if len(names) < 10 {
		t.Fatalf("commands: %q", names)
	}
	for _, name := range names {
		help := runOK(t, name[1], "--help")
		about, _, found := strings.Cut(help, "\n\nUsage:\n")
		if !found || len(about) < 60 || strings.TrimSpace(about) == name[2] {
			t.Errorf("%s: its help says no more than its line: %q", name[1], about)
		}
		if !strings.Contains(help, "\nExit codes:\n  0  ok\n") || !strings.Contains(help, "130  interrupted\n") {
			t.Errorf("%s: its help has no exit codes", name[1])
		}
		for line := range strings.SplitSeq(help, "\n") {
			if n := len([]rune(line)); n > 130 {
				t.Errorf("%s: a line of %d characters: %s", name[1], n, line)
			}
		}
		if strings.Contains(help, "\x1b") {
			t.Errorf("%s: escape codes in its help", name[1])
		}
	}
}

// TestExamplesOfHelp runs the shape of each example: it must be no usage error.
func TestExamplesOfHelp(t *testing.T) {
	t.Chdir(t.TempDir())
	example := regexp.MustCompile(`(?m)^  smartsync ((sync|simulate|probe|import|run|files|status|validate|explain|backtest|pause|resume)\b.*)$`)
	seen := 0
	for _, name := range []string{"run", "sync", "probe", "validate", "simulate", "status", "files", "import", "explain", "backtest", "pause", "resume"} {
		for _, m := range example.FindAllStringSubmatch(runOK(t, name, "--help"), -1) {
			if strings.ContainsAny(m[1], "[") {
				continue // the usage line
			}
			seen++
			var stdout, stderr bytes.Buffer
			args := strings.Fields(strings.ReplaceAll(m[1], " /etc/", " ")) // this machine may have that one
			if code := cli.Main(args, &stdout, &stderr); code != 3 {
				t.Errorf("smartsync %s: exit code %d without a schedule, want 3\n%s", m[1], code, &stderr)
			}
		}
	}
	if seen < 14 {
		t.Errorf("%d examples", seen)
	}
}
