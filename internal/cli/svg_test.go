package cli_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// namesOf writes the names of the example's stats files, without those that its
// source ignores, as a file of arrivals.
func namesOf(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../../examples/gamestats/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("files: %q, %v", files, err)
	}
	var text strings.Builder
	for _, file := range files {
		if !strings.HasSuffix(file, "_ws.txt") {
			text.WriteString(filepath.Base(file) + "\n")
		}
	}
	path := filepath.Join(t.TempDir(), "names.txt")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDayPicture holds the picture in the README to what the program draws.
func TestDayPicture(t *testing.T) {
	drawn := filepath.Join(t.TempDir(), "day.svg")
	runOK(t, "-c", "../../schedule.yaml", "simulate", "--day", "2025-10-03", "--arrivals", namesOf(t), "--svg", drawn)
	text, err := os.ReadFile(drawn)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "../../docs/day.svg", string(text))
}

// TestPictures draws days that are not like others, and wants XML that parses,
// whatever a window is called.
func TestPictures(t *testing.T) {
	dir := t.TempDir()
	schedule := filepath.Join(dir, "a rather long name of a schedule.yaml")
	text := `timezone: Australia/Lord_Howe
sources: {game: {url: drop}}
windows: [{name: "<a> & \"b\"", from: "22:00", to: "06:00", rules: [{interval: 10m}]}]
default: {interval: 1h}
`
	if err := os.WriteFile(schedule, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	drawn := filepath.Join(dir, "days.svg")
	runOK(t, "-c", schedule, "simulate", "--from", "2025-04-05", "--to", "2025-04-08", "--vs", schedule, "--vs", "every=5m", "--arrivals", namesOf(t), "--svg", drawn)
	svg, err := os.ReadFile(drawn)
	if err != nil {
		t.Fatal(err)
	}
	for decoder := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"&lt;a&gt; &amp; ", ">default<", ">a rather long n…<", ">every=5m<", ">Sun 6 Apr<"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture has no %q", want)
		}
	}
	for _, wrong := range []string{"NaN", "-Inf", `width="-`} {
		if strings.Contains(string(svg), wrong) {
			t.Errorf("the picture has %q", wrong)
		}
	}
}
