package config_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// goWords are what no admin should read: names of Go's and of YAML's types.
var goWords = regexp.MustCompile(`config\.|rules\.|yaml:|time\.(Duration|Time)|interface *\{|!!|reflect|<nil>|\bnil\b|%!|\bstruct\b|\bfloat64\b|\bint\b`)

// noVariables is an environment with nothing in it.
func noVariables(string) (string, bool) { return "", false }

// TestBad holds each schedule of rules/testdata/bad, named after its one fault,
// against what is said of it. UPDATE_GOLDEN=1 rewrites the golden files.
func TestBad(t *testing.T) {
	const dir = "../../rules/testdata/bad"
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d bad schedules: %v", len(files), err)
	}
	if wants, _ := filepath.Glob(filepath.Join(dir, "*.want")); len(wants) != len(files) {
		t.Errorf("%d golden files for %d schedules", len(wants), len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = config.Parse(name+".yaml", text, noVariables)
			fault, ok := errors.AsType[*rules.FaultError](err)
			if !ok {
				t.Fatalf("got %v, want a fault", err)
			}
			want := 1
			if name == "ten-faults" {
				want = 10
			}
			if n := len(fault.Faults); n != want {
				t.Errorf("%d faults for %d slips", n, want)
			}
			got := err.Error() + "\n"
			for _, f := range fault.Faults {
				if word := goWords.FindString(f.Where + f.Message); word != "" {
					t.Errorf("%q shows in\n%s", word, got)
				}
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".want"
			if os.Getenv("UPDATE_GOLDEN") != "" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			kept, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal([]byte(got), kept) {
				t.Errorf("got\n%s\nwant\n%s", got, kept)
			}
		})
	}
}
