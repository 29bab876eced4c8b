package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/smartsync/smartsync/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"smartsync": func() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs one script a behaviour: what a person types, and what they see.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_GOLDEN") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("USERPROFILE", env.WorkDir)
			env.Setenv("TZ", "America/New_York") // nothing may depend on the machine's zone
			env.Setenv("SSH_AUTH_SOCK", "")
			s := &stage{env: env, running: map[string]*process{}}
			env.Values[stageKey{}] = s
			env.Defer(s.end)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": wantCode, "shipped": shipped, "edit": edit, "waitfor": waitFor, "eventually": eventually,
			"start": start, "signal": sendSignal, "ended": ended, "jsonlines": jsonLines, "hold": holdDatabase, "hook": hook, "played": played, "port": takePort, "ask": ask,
		},
	})
}

// TestCodes holds the exit codes to their scripts: each is hit by at least one.
func TestCodes(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts: %q, %v", scripts, err)
	}
	var hit []string
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:code|ended \S+) ([0-9]+)`).FindAllSubmatch(text, -1) {
			hit = append(hit, string(m[1]))
		}
	}
	for _, code := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "130"} {
		if !slices.Contains(hit, code) {
			t.Errorf("no script hits exit code %s", code)
		}
	}
}
