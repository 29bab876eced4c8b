//go:build unix

package cli

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/service"
)

// nobody is an account without any rights, and a folder that it may reach.
func nobody(t *testing.T) (account, string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become another account")
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	who, err := accountOf(u)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "smartsync-account-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	chmod(t, folder, 0o755)
	return who, folder
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// put makes a file, and the folders above it, for everybody to read.
func put(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\ntest ! -e \"$3.bad\" || { echo 'smartsync: error: as told'; echo 'smartsync: hint: x'; exit 1; } >&2\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestAccountReady(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(t *testing.T, folder string)
		want  string // in the error, after the account's name; empty: none
	}{
		"all is well":        {func(*testing.T, string) {}, ""},
		"a closed folder":    {func(t *testing.T, folder string) { chmod(t, folder+"/srv", 0o700) }, "cannot reach DIR/srv/schedule.yaml: it may not enter DIR/srv"},
		"a closed schedule":  {func(t *testing.T, folder string) { chmod(t, folder+"/srv/schedule.yaml", 0o600) }, "cannot read DIR/srv/schedule.yaml"},
		"a closed .env":      {func(t *testing.T, folder string) { put(t, folder+"/srv/.env"); chmod(t, folder+"/srv/.env", 0o600) }, "cannot read DIR/srv/.env"},
		"a faulty schedule":  {func(t *testing.T, folder string) { put(t, folder+"/srv/schedule.yaml.bad") }, "cannot run it: as told"},
		"a folder of root's": {func(t *testing.T, folder string) { put(t, folder+"/srv/site/data/x") }, "cannot write to DIR/srv/site/data"},
		"a folder of root's within its own": {func(t *testing.T, folder string) {
			who, _ := nobody(t)
			for _, path := range []string{"/srv/site", "/srv/site/data", "/srv/site/data/files"} {
				if err := errors.Join(os.Mkdir(folder+path, 0o755), os.Chown(folder+path, who.uid, who.gid)); err != nil {
					t.Fatal(err)
				}
			}
			put(t, folder+"/srv/site/data/files/game/x")
		}, "cannot write to DIR/srv/site/data/files/game"},
	} {
		t.Run(name, func(t *testing.T) {
			who, folder := nobody(t)
			u := service.Unit{Program: folder + "/smartsync", Schedule: folder + "/srv/schedule.yaml", Writes: []string{folder + "/srv/site/data"}}
			put(t, u.Program)
			put(t, u.Schedule)
			tt.spoil(t, folder)
			got := ""
			if err := who.ready(u); err != nil {
				got = strings.ReplaceAll(strings.TrimPrefix(err.Error(), "nobody "), folder, "DIR")
			}
			if got != tt.want {
				t.Errorf("ready: %q, want %q", got, tt.want)
			}
			if _, err := os.Stat(folder + "/srv/site"); err == nil && strings.Contains(tt.want, "schedule.yaml") {
				t.Error("it made folders for an account that cannot run it")
			}
		})
	}
}

// A folder to write to is made with all that lies above it, for the account.
func TestAccountOwnsWhatIsMade(t *testing.T) {
	who, folder := nobody(t)
	if err := who.own(folder + "/site/data/files"); err != nil {
		t.Fatal(err)
	}
	if err := who.writes(folder + "/site/data/files"); err != nil {
		t.Error(err)
	}
}

func TestAccountLacks(t *testing.T) {
	who, folder := nobody(t)
	put(t, folder+"/key")
	put(t, folder+"/closed/key")
	chmod(t, folder+"/closed", 0o700)
	sources := []config.Source{
		{Name: "good", URL: "sftp://a@b/c", Key: folder + "/key", KnownHosts: folder + "/none"},
		{Name: "gone", URL: "sftp://a@b/c", Key: folder + "/none"},
		{Name: "closed", URL: "sftp://a@b/c", Key: folder + "/closed/key", KnownHosts: folder + "/closed/key"},
		{Name: "drop", URL: folder + "/closed"},
		{Name: "open", URL: folder},
	}
	var got []string
	for _, line := range who.lacks(sources) {
		line, _, _ = strings.Cut(strings.ReplaceAll(line, folder, "DIR"), ": ")
		got = append(got, line)
	}
	want := []string{
		`nobody cannot read the key of source "gone", DIR/none`,
		`nobody cannot read the key of source "closed", DIR/closed/key`,
		`nobody cannot read the known_hosts of source "closed", DIR/closed/key`,
		`nobody cannot read the folder of source "drop", DIR/closed`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("lacks:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"/srv/smartsync/schedule.yaml": "/srv/smartsync/schedule.yaml",
		"/srv/a b":                     "'/srv/a b'",
		"$HOME/it's":                   `'$HOME/it'\''s'`,
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q is written %s, want %s", word, got, want)
		}
	}
}
