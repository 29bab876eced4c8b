package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// FuzzParse reads any file: it is right, or wrong at addresses within it, in
// words without Go's types.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../../rules/testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "../../schedule.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{"? {a: b}\n: c\n", "&a a: *a", "sources: &s {game: *s}\n", "a: !!binary x\n", "<<: [*x]", "%YAML 1.1\n---\n", "windows: [&w {rules: [*w]}]",
		"sources: {game: {url: 12345678901234567890123}}", "--- ---", "a: |\n  b\n c", "\"\\", "timezone: !!null x", "windows: [~, {}, []]", "default: ~", "sources: {a: *b, &b b: c}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		start := time.Now()
		c, err := config.Parse("schedule.yaml", text, noVariables)
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("%v", took)
		}
		if err == nil {
			for _, s := range c.Sources {
				at := time.Date(2025, 3, 29, 12, 0, 0, 0, time.UTC)
				if _, d := s.Schedule.Decide(s.Name, rules.State{}, rules.Outcome{At: at}); !d.Next.After(at) {
					t.Errorf("next %s", d.Next)
				}
			}
			return
		}
		fault, ok := errors.AsType[*rules.FaultError](err)
		if !ok {
			t.Fatal(err)
		}
		_ = fault.Error()
		lines := len(rules.Lines(text))
		for _, one := range fault.Faults {
			if one.Message == "" || one.Line < 0 || one.Line > lines || one.Line == 0 && one.Column > 0 {
				t.Errorf("%+v in %d lines", one, lines)
			}
		}
	})
}

// BenchmarkParse reads the shipped schedule.
func BenchmarkParse(b *testing.B) {
	text, err := os.ReadFile("../../schedule.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := config.Parse("schedule.yaml", text, noVariables); err != nil {
			b.Fatal(err)
		}
	}
}
