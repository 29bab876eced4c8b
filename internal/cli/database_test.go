package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
)

const twoSources = `
timezone: Europe/Paris
sources:
  game: {url: "sftp://et@127.0.0.1:1/stats", import: none, password: canary-password, passphrase: canary-phrase}
  drop: {url: drop, import: {command: [cat]}, settle: 0s}
windows:
  - {name: all day, rules: [{interval: 1h}]}
`

// scheduleFile writes a schedule with two sources under name, and returns the
// command line's view of it.
func scheduleFile(t *testing.T, name, text string) (*app, *config.Config) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{stdout: io.Discard, stderr: io.Discard, schedule: path, output: "table"}
	c, err := a.load()
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

// An interrupt that comes while the database opens is told like any other.
func TestInterruptedWhileTheDatabaseOpens(t *testing.T) {
	a, _ := scheduleFile(t, "schedule.yaml", twoSources)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, command := range map[string]func() error{
		"sync":    func() error { return a.sync(ctx, []string{"drop"}, false) },
		"dry run": func() error { return a.sync(ctx, []string{"drop"}, true) },
		"import":  func() error { return a.importFiles(ctx, []string{t.TempDir()}, "drop", false) },
		"probe":   func() error { return a.probe(ctx, []string{"drop"}, false) },
	} {
		err := command()
		if f, ok := errors.AsType[*failure](err); !ok || f.code != exitSignalled || f.Error() != "interrupted" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPinCommandNamesTheSchedule(t *testing.T) {
	_, c := scheduleFile(t, "other.yaml", twoSources)
	if got, want := pinCommand(c, "game"), "smartsync probe -c "+c.Path+" --accept-host-key game"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	_, c = scheduleFile(t, "two words.yaml", twoSources)
	if got, want := pinCommand(c, "game"), `smartsync probe -c "`+c.Path+`" --accept-host-key game`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	_, c = scheduleFile(t, "schedule.yaml", twoSources)
	t.Chdir(filepath.Dir(c.Path))
	if got, want := pinCommand(c, "game"), "smartsync probe --accept-host-key game"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A command gets no password, not even another source's; when one changes it gets
// its new environment, and the other sources stay as they are.
func TestPasswordsAreWithheldFromCommands(t *testing.T) {
	_, before := scheduleFile(t, "schedule.yaml", twoSources)
	if got := options(before, before.Sources[1]).Withhold; !slices.Equal(got, []string{"canary-password", "canary-phrase"}) {
		t.Errorf("withheld: %q", got)
	}
	_, after := scheduleFile(t, "schedule.yaml", strings.Replace(twoSources, "canary-password", "another", 1))
	after.Sources[1].URL = before.Sources[1].URL
	if settings(before, before.Sources[1]) == settings(after, after.Sources[1]) {
		t.Error("the source with a command is not opened anew")
	}
	after.Sources[1].Import, before.Sources[1].Import = config.ImportNone, config.ImportNone
	if settings(before, before.Sources[1]) != settings(after, after.Sources[1]) {
		t.Error("a source without a command is opened anew")
	}
}

func TestProcessLives(t *testing.T) {
	if !processLives(os.Getpid()) {
		t.Error("this process is said to be gone")
	}
	command := exec.Command(os.Args[0], "-test.run=^$")
	if err := command.Run(); err != nil {
		t.Fatal(err)
	}
	if processLives(command.Process.Pid) {
		t.Error("a process that has ended is said to live")
	}
}
