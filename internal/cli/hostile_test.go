package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smartsync/smartsync/internal/cli"
)

// TestHostileNames lets a source offer names that would speak to a terminal: no
// command prints one as it is.
func TestHostileNames(t *testing.T) {
	folder := t.TempDir()
	schedule := filepath.Join(folder, "schedule.yaml")
	write := func(path, text string) bool {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if os.WriteFile(path, []byte(text), 0o644) != nil {
			return false
		}
		old := time.Now().Add(-time.Hour)
		return os.Chtimes(path, old, old) == nil
	}
	write(schedule, "sources:\n  drop: {url: drop, import: none}\nwindows:\n  - {name: all day, rules: [{interval: 1h}]}\n")
	made := 0
	for _, name := range []string{"\x1b[2Jcleared.txt", "two\nlines.txt", "\u202egpj.txt", "\u009b31mred.txt", "\xff.txt", "-rf", "fine ünï.txt"} {
		if write(filepath.Join(folder, "drop", name), name) {
			made++
		}
	}
	if made < 2 {
		t.Fatalf("this file system takes %d of the names", made)
	}
	for _, args := range [][]string{
		{"probe"}, {"sync", "--dry-run"}, {"sync"}, {"sync"}, {"import", filepath.Join(folder, "drop")}, {"files"}, {"files", "\x1b[2Jcleared.txt"},
		{"status"}, {"sync", "\x1b[2J\n"}, {"\x1b[2J"}, {"files", "--status", "\x1b[2J"}, {"simulate", "--day", "\x1b[2J"},
	} {
		var stdout, stderr bytes.Buffer
		cli.Main(append(args, "-c", schedule), &stdout, &stderr)
		out := stdout.String() + stderr.String()
		if out == "" {
			t.Errorf("%q says nothing", args)
		}
		if strings.ContainsAny(out, "\x1b\u202e\u009b") || !utf8.ValidString(out) || strings.Contains(out, "two\nlines") {
			t.Errorf("%q prints a name as it is: %q", args, out)
		}
	}
	if out := runOK(t, "files", "-c", schedule); !strings.Contains(out, "fine ünï.txt\n") {
		t.Errorf("a plain name is not shown as it is: %q", out)
	}
}
