package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/cli"
)

// made returns the folder of a whole release of a fixed date.
func made(t *testing.T) string {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1790000000")
	t.Chdir("../..")
	folder := filepath.Join(t.TempDir(), "release")
	if err := write("1.2.3-rc1", folder); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestReleaseIsTheSameAgainAndNamesNoMachine(t *testing.T) {
	first, second := made(t), filepath.Join(t.TempDir(), "again")
	if err := write("1.2.3-rc1", second); err != nil {
		t.Fatal(err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = fs.WalkDir(os.DirFS(first), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		a, b := read(t, first, name), read(t, second, name)
		if a != b {
			t.Errorf("%s differs from one time to the next", name)
		}
		for _, path := range []string{home + "/", here, first} {
			if strings.Contains(a, path) {
				t.Errorf("%s has the path %s", name, path)
			}
		}
		return nil
	})
	if err != nil || n < 50 {
		t.Errorf("%d files, %v", n, err)
	}
}

func TestPackagedScheduleAsksForWhatNobodyCanGuess(t *testing.T) {
	etc := filepath.Join(made(t), "etc")
	for _, name := range []string{"SSH_HOST", "SSH_USER"} {
		t.Setenv(name, "")
		if err := os.Unsetenv(name); err != nil {
			t.Fatal(err)
		}
	}
	env := read(t, etc, "env")
	if code, said := validate(t, etc, env); code != 3 || !strings.Contains(said, "SSH_USER is not set") ||
		!strings.Contains(said, "SSH_HOST is not set") || !strings.Contains(said, "has 2 faults") {
		t.Errorf("as shipped: exit code %d:\n%s", code, said)
	}
	env = strings.NewReplacer("#SSH_HOST", "SSH_HOST", "#SSH_USER", "SSH_USER").Replace(env)
	if code, said := validate(t, etc, env); code != 0 {
		t.Errorf("filled in: exit code %d:\n%s", code, said)
	}
}

// validate tells what smartsync validate says of the packaged schedule.
func validate(t *testing.T, etc, env string) (code int, said string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(etc, ".env"), []byte(env), 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	code = cli.Main([]string{"validate", filepath.Join(etc, "schedule.yaml")}, &b, &b)
	return code, b.String()
}

func TestUnitRunsThePackagedSchedule(t *testing.T) {
	unit := read(t, made(t), "smartsync.service")
	for _, line := range []string{
		"ExecStart=/usr/bin/smartsync run -c /etc/smartsync/schedule.yaml", "User=smartsync", "StateDirectory=smartsync", "ProtectSystem=strict",
	} {
		if !strings.Contains(unit, "\n"+line+"\n") {
			t.Errorf("no line %q in:\n%s", line, unit)
		}
	}
}

func TestCompletionsAreOfTheirShells(t *testing.T) {
	folder := made(t)
	for name, has := range map[string]string{
		"smartsync.bash": "complete -o default -F __start_smartsync smartsync",
		"_smartsync":     "#compdef smartsync",
		"smartsync.fish": "complete -c smartsync",
	} {
		if text := read(t, folder, "completions/"+name); !strings.Contains(text, has) {
			t.Errorf("%s has no %q", name, has)
		}
	}
}

func TestLicencesNameWhatIsLinked(t *testing.T) {
	text := read(t, made(t), "doc/licences")
	for _, has := range []string{"\nmodernc.org/sqlite v", "\ngithub.com/pkg/sftp v", "\nThe Go standard library\n", "Redistribution and use in source and binary forms"} {
		if !strings.Contains(text, has) {
			t.Errorf("no %q", has)
		}
	}
}

func TestChangesFailForATextThatMoved(t *testing.T) {
	for name, text := range map[string]string{"gone": "b", "twice": "a a"} {
		t.Run(name, func(t *testing.T) {
			if got, err := apply(text, []change{{"a", "c"}}); err == nil {
				t.Errorf("made %q", got)
			}
		})
	}
	if got, err := apply("x a y", []change{{"a", "c"}, {"c y", "d"}}); err != nil || got != "x d" {
		t.Errorf("made %q, %v", got, err)
	}
}

func TestCopyrightTakesTheLicenceApart(t *testing.T) {
	got, err := copyright("MIT License\n\nCopyright (c) 2020 somebody\n\nDo as you like.\n\nNo warranty.\n")
	if want := "Copyright: 2020 somebody\nLicense: Expat\n Do as you like.\n .\n No warranty.\n"; err != nil || !strings.HasSuffix(got, want) {
		t.Errorf("%v:\n%s", err, got)
	}
	if _, err := copyright("All rights reserved.\n"); err == nil {
		t.Error("took a text that is no such licence")
	}
}

func read(t *testing.T, folder, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
