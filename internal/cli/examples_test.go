package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/cli"
)

// TestExamples validates the shipped schedule and every example, and compares a
// simulated Friday and Sunday of each with its golden file.
func TestExamples(t *testing.T) {
	paths, err := filepath.Glob("../../examples/*.yaml")
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, ".test.yaml") })
	if err != nil || len(paths) < 5 {
		t.Fatalf("examples: %q, %v", paths, err)
	}
	for _, path := range append(paths, "../../schedule.yaml", "template/schedule.yaml") {
		name := strings.TrimPrefix(strings.TrimSuffix(filepath.ToSlash(path), ".yaml"), "../../")
		t.Run(name, func(t *testing.T) {
			for variable, value := range map[string]string{"SSH_HOST": "game.example.org", "SSH_PORT": "22", "SSH_USER": "et", "SSH_KEY_PATH": "~/.ssh/id_ed25519"} {
				t.Setenv(variable, value)
			}
			if out := runOK(t, "validate", path); !strings.HasPrefix(out, "ok") {
				t.Errorf("validate says %q", out)
			}
			var got strings.Builder
			for _, day := range []string{"2025-10-03", "2025-10-26"} {
				got.WriteString(runOK(t, "-c", path, "simulate", "--day", day))
			}
			compareGolden(t, filepath.Join("testdata/golden", strings.ReplaceAll(name, "/", "-")+".txt"), got.String())
		})
	}
}

// TestExampleTests runs the tests of every example, and refuses an example that has
// none.
func TestExampleTests(t *testing.T) {
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("examples: %q, %v", paths, err)
	}
	for _, path := range paths {
		tests := strings.TrimSuffix(path, ".yaml") + ".test.yaml"
		if strings.HasSuffix(path, ".test.yaml") {
			if _, err := os.Stat(strings.TrimSuffix(path, ".test.yaml") + ".yaml"); err != nil {
				t.Errorf("%s tests no example: %v", path, err)
			}
			continue
		}
		if _, err := os.Stat(tests); err != nil {
			t.Errorf("%s has no tests: %v", path, err)
			continue
		}
		if text, err := os.ReadFile(tests); err != nil || !strings.Contains(string(text), "\nschedule: "+filepath.Base(path)+"\n") {
			t.Errorf("%s does not test %s: %v", tests, path, err)
		}
		if out := runOK(t, "test", tests); !strings.HasPrefix(out, "ok    "+tests+": ") {
			t.Errorf("test says %q", out)
		}
	}
}

// TestDefaultExample holds the default example to the shipped schedule.
func TestDefaultExample(t *testing.T) {
	windows := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := bytes.Cut(text, []byte("\nwindows:"))
		if !found {
			t.Fatalf("%s has no windows", path)
		}
		return string(after)
	}
	for _, path := range []string{"../../examples/default.yaml", "../../examples/sftp.yaml"} {
		if windows(path) != windows("../../schedule.yaml") {
			t.Errorf("the windows of %s are not those of schedule.yaml", path)
		}
	}
}

func runOK(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := cli.Main(args, &stdout, &stderr); code != 0 {
		t.Fatalf("smartsync %q: exit code %d\n%s", args, code, &stderr)
	}
	return stdout.String()
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; UPDATE_GOLDEN=1 rewrites it. Got:\n%s", path, got)
	}
}
