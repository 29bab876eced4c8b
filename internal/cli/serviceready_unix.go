//go:build unix

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/service"
)

// ready tries as the account what u will do: start, read the schedule, write. It
// makes the folders that u writes to. The error says what is in its way.
func (who account) ready(u service.Unit) error {
	if who.name != "" {
		if err := who.runs(u); err != nil {
			return err
		}
	}
	for _, folder := range u.Writes {
		switch err := who.own(folder); {
		case errors.Is(err, syscall.EROFS):
			return readOnly(folder)
		case err != nil:
			return fmt.Errorf("make a folder to write to: %w", err)
		}
		if who.name == "" {
			continue
		}
		if err := who.writes(folder); err != nil {
			return err
		}
	}
	return nil
}

// runs tries to start the program and to read the schedule.
func (who account) runs(u service.Unit) error {
	for _, path := range []string{u.Program, u.Schedule} {
		if folder := who.stopsAt(path); folder != "" {
			return &failure{exitFailed, fmt.Sprintf("put it where %s may go: a schedule into /srv/smartsync, say, a program into /usr/local/bin", who.name),
				fmt.Errorf("%s cannot reach %s: it may not enter %s", who.name, path, folder)}
		}
	}
	for _, path := range []string{u.Schedule, filepath.Join(filepath.Dir(u.Schedule), ".env")} {
		if _, err := os.Stat(path); err == nil && !who.may("-r", path) {
			return &failure{exitFailed, fmt.Sprintf("sudo chown %s %s", who.name, shellWord(path)), fmt.Errorf("%s cannot read %s", who.name, path)}
		}
	}
	out, err := who.try(u.Program, "validate", "-c", u.Schedule)
	if err == nil {
		return nil
	}
	return &failure{exitFailed, fmt.Sprintf("sudo -u %s %s validate -c %s shows the same", who.name, shellWord(u.Program), shellWord(u.Schedule)),
		fmt.Errorf("%s cannot run it: %s", who.name, withoutHints(out))}
}

// stopsAt returns the first folder on the way to a path that the account may not
// enter; empty: there is none.
func (who account) stopsAt(path string) string {
	var folders []string
	for folder := filepath.Dir(path); folder != filepath.Dir(folder); folder = filepath.Dir(folder) {
		folders = append([]string{folder}, folders...)
	}
	for _, folder := range folders {
		if !who.may("-x", folder) {
			return folder
		}
	}
	return ""
}

// may tells whether the account may do with a path what a flag of test asks.
func (who account) may(flag, path string) bool {
	_, err := who.try("/bin/sh", "-c", `test "$1" "$2"`, "sh", flag, path)
	return err == nil
}

// withoutHints are the errors that a smartsync printed, without what marks them as
// such and without what it advised.
func withoutHints(said string) string {
	var out []string
	for line := range strings.SplitSeq(said, "\n") {
		if !strings.HasPrefix(line, "smartsync: hint: ") {
			out = append(out, strings.TrimPrefix(line, "smartsync: error: "))
		}
	}
	return strings.Join(out, "\n")
}

// own makes a folder of the account's, and those above it, unless they are there.
func (who account) own(folder string) error {
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := who.own(filepath.Dir(folder)); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o750); err != nil {
		return err
	}
	if who.name == "" {
		return nil
	}
	return os.Chown(folder, who.uid, who.gid)
}

// firstReadOnly prints what lies in a folder, or in one below it, and must be
// written to and cannot.
const firstReadOnly = `find "$1" -type d ! -exec test -w {} \; -print 2>/dev/null | head -n 1
for f in "$1"/*; do test -w "$f" || test ! -e "$f" || echo "$f"; done | head -n 1`

// writes tries whether the account may write to a folder and to what is in it.
func (who account) writes(folder string) error {
	if errors.Is(syscall.Access(folder, 2), syscall.EROFS) { // 2: writing
		return readOnly(folder)
	}
	script := firstReadOnly
	if who.uid == 0 { // as a service it has no right to what is not its own
		script = `find "$1" ! -user 0 -print 2>/dev/null | head -n 1`
	}
	out, err := who.try("/bin/sh", "-c", script, "sh", folder)
	if err == nil && out == "" {
		return nil
	}
	first, _, _ := strings.Cut(out, "\n")
	return &failure{exitFailed, fmt.Sprintf("sudo chown -R %s %s", who.name, shellWord(folder)), fmt.Errorf("%s cannot write to %s", who.name, first)}
}

func readOnly(folder string) error {
	return &failure{exitFailed, "mount it for writing, or name another folder in the schedule", fmt.Errorf("%s is on a file system that is mounted read-only", folder)}
}

// lacks tells what of the sources the account cannot read, each with what to do:
// checks will fail until it can.
func (who account) lacks(sources []config.Source) []string {
	if who.name == "" {
		return nil
	}
	var out []string
	say := func(s config.Source, what, path, remedy string) {
		out = append(out, fmt.Sprintf("%s cannot read the %s of source %q, %s: %s", who.name, what, s.Name, path, remedy))
	}
	for _, s := range sources {
		_, err := os.Stat(s.Key)
		switch {
		case s.Key != "" && errors.Is(err, fs.ErrNotExist) && who.homeless(s.Key):
			say(s, "key", s.Key, fmt.Sprintf("%s has no home; name a key elsewhere, or make the home: sudo install -d -o %s %s", who.name, who.name, shellWord(who.home)))
		case s.Key != "" && errors.Is(err, fs.ErrNotExist):
			say(s, "key", s.Key, fmt.Sprintf("it does not exist; sudo -u %s ssh-keygen -t ed25519 -f %s makes it", who.name, shellWord(s.Key)))
		case s.Key != "" && !who.may("-r", s.Key):
			say(s, "key", s.Key, fmt.Sprintf("sudo chown %s %s, or name a key of its own", who.name, shellWord(s.Key)))
		}
		if _, err := os.Stat(s.KnownHosts); err == nil && !who.may("-r", s.KnownHosts) {
			say(s, "known_hosts", s.KnownHosts, fmt.Sprintf("sudo chown %s %s, or name another", who.name, shellWord(s.KnownHosts)))
		}
		if !strings.HasPrefix(s.URL, "sftp://") && !(who.may("-r", s.URL) && who.may("-x", s.URL)) {
			say(s, "folder", s.URL, "it needs the right to list and enter it, and to enter all above it")
		}
	}
	return out
}

// homeless tells whether a path is in the account's home and there is none.
func (who account) homeless(path string) bool {
	_, err := os.Stat(who.home)
	return strings.HasPrefix(path, who.home+"/") && errors.Is(err, fs.ErrNotExist)
}

// shellWord quotes a word for a shell, where it needs that.
func shellWord(s string) string {
	if strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,=") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
