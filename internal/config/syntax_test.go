package config_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// breaks are slips of the hand in one line, each of which makes it no YAML.
var breaks = map[string]func(line string) string{
	"a tab": func(line string) string { return "\t" + strings.TrimLeft(line, " ") },
	"a quote that stays open": func(line string) string {
		key, _, _ := strings.Cut(line, ": ")
		return key + `: "open`
	},
	"a sign": func(line string) string {
		key, _, _ := strings.Cut(line, ": ")
		return key + ": %x"
	},
	"a colon too many": func(line string) string {
		key, _, _ := strings.Cut(line, ": ")
		return key + ": a: b"
	},
	"a bracket that stays open": func(line string) string {
		key, _, _ := strings.Cut(line, ": ")
		return key + ": [a, b"
	},
	"a control character":      func(line string) string { return line + "\x02" },
	"a byte that is not UTF-8": func(line string) string { return line + "\xff" },
}

// TestSyntaxLines breaks each line of the shipped schedule that holds a key and
// its value in each way: the fault is in that line.
func TestSyntaxLines(t *testing.T) {
	text, err := os.ReadFile("../../schedule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines, tried := strings.Split(string(text), "\n"), 0
	for name, slip := range breaks {
		for n, line := range lines {
			if strings.HasPrefix(line, "#") || strings.Contains(line, "{") || !strings.Contains(line, ": ") || strings.Contains(line, ":  ") {
				continue
			}
			if name == "a tab" && !strings.HasPrefix(line, "    ") {
				continue // before a key of the top level, or between - and a key, a tab may stand
			}
			broken := strings.Join(append(append(append([]string{}, lines[:n]...), slip(line)), lines[n+1:]...), "\n")
			_, err := config.Parse("schedule.yaml", []byte(broken), noVariables)
			fault, ok := errors.AsType[*rules.FaultError](err)
			if tried++; !ok || len(fault.Faults) != 1 || fault.Faults[0].Line != n+1 || fault.Faults[0].Column == 0 {
				t.Errorf("%s in line %d: %v", name, n+1, err)
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d slips", tried)
	}
}

// TestEnvFile reads the forms of a .env line.
func TestEnvFile(t *testing.T) {
	for line, want := range map[string]string{
		"X=plain": "plain", "X = spaced ": "spaced", "X='single # quotes \\n'": `single # quotes \n`, `X="double \"quotes\" \\ \n."`: "double \"quotes\" \\ \n.",
		"export X=exported": "exported", "X=with # a comment": "with", "X=with#none": "with#none", "X=$HOME": "$HOME", "X=": "", "\uFEFFX=marked": "marked", "X=a\r": "a",
		"X=first\nX=second": "second",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/.env", []byte(line+"\n\n# end"), 0o600); err != nil {
			t.Fatal(err)
		}
		lookup, err := config.Environment(dir)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		if got, ok := lookup("X"); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", line, got, ok, want)
		}
		if _, ok := lookup("SMARTSYNC_NO_SUCH_NAME"); ok {
			t.Errorf("%q: a name that is nowhere is set", line)
		}
	}
	for text, want := range map[string]string{
		"A=1\nX='hunter2": ".env:2: the value of X has no closing quote", `X="hunter2`: ".env:1: the value of X", "hunter2": ".env:1: expected NAME=value",
		"2X=hunter2": ".env:1: expected", strings.Repeat("#", 65<<10): "larger than 64 KiB",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/.env", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Environment(dir); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}
