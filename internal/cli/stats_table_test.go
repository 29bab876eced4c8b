package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// TestGridFits: whatever players call themselves, a table has no line that is
// wider than a terminal, its columns stand under each other, and nothing speaks
// to the terminal.
func TestGridFits(t *testing.T) {
	var out bytes.Buffer
	g := grid{titles: []string{"#", "PLAYER", "DPM", "DAMAGE", "K/D", "KILLS", "DEATHS", "ACC %", "ROUNDS", "MIN"}, names: 1}
	for _, name := range []string{"plain", strings.Repeat("long ", 40), strings.Repeat("漢字", 30), "\x1b[31mred\n", "e\u0301\u0301\u0301", strings.Repeat("👩‍👩‍👧‍👦", 20), ""} {
		g.add("1", name, "1234.5", "1234567", "12.34", "12345", "12345", "100.0", "12345", "123456")
	}
	g.print(&app{stdout: &out})
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	for _, line := range lines {
		if w := uniseg.StringWidth(line); w > tableWidth || w != uniseg.StringWidth(lines[0]) {
			t.Errorf("%d columns wide: %q", w, line)
		}
		if strings.ContainsAny(line, "\x1b\n") {
			t.Errorf("control characters: %q", line)
		}
	}
	if !strings.Contains(lines[2], "…") || strings.Contains(lines[1], "…") {
		t.Errorf("cut: %q %q", lines[1], lines[2])
	}
}

func TestFitted(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"漢字漢", 4, "漢…"}, {"", 0, ""}, {"e\u0301ab", 2, "e\u0301…"}} {
		if got := fitted(test.text, test.width); got != test.want {
			t.Errorf("%q in %d is %q, want %q", test.text, test.width, got, test.want)
		}
	}
}
