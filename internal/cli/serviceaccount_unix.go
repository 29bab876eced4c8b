//go:build unix

package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/smartsync/smartsync/internal/service"
)

func isAdministrator() bool { return os.Geteuid() == 0 }

// accountFor is the named account, or the owner of the schedule's folder; the
// calling user for a service of their own.
func accountFor(own bool, name, folder string) (account, error) {
	if own {
		home, err := os.UserHomeDir()
		return account{home: home}, err
	}
	if name == "" {
		return ownerOf(folder)
	}
	u, err := user.Lookup(name)
	if err != nil {
		return account{}, &failure{exitFailed, "useradd --system --shell /usr/sbin/nologin " + name + " makes it", fmt.Errorf("--run-as: there is no account %q", name)}
	}
	return accountOf(u)
}

func ownerOf(folder string) (account, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return account{}, err
	}
	uid := info.Sys().(*syscall.Stat_t).Uid
	if uid == 0 {
		return account{}, &failure{exitUsage, "--run-as NAME takes another account; useradd --system --shell /usr/sbin/nologin smartsync makes one",
			fmt.Errorf("%s belongs to root, whose rights smartsync does not need", folder)}
	}
	u, err := user.LookupId(strconv.Itoa(int(uid)))
	if err != nil {
		return account{}, &failure{exitUsage, "--run-as NAME takes another account", fmt.Errorf("%s belongs to user %d, who has no account", folder, uid)}
	}
	return accountOf(u)
}

func accountOf(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.Atoi(u.Gid)
	return account{u.Username, u.HomeDir, uid, gid}, err
}

// ready makes the folders that u writes to, and tries as the account what u will
// do: start, read the schedule, write. The error says what is in its way.
func (who account) ready(u service.Unit) error {
	for _, folder := range u.Writes {
		if err := who.own(folder); err != nil {
			return err
		}
	}
	if who.name == "" {
		return nil
	}
	if out, err := who.try(u.Program, "validate", "-c", u.Schedule); err != nil {
		return &failure{exitFailed, fmt.Sprintf("sudo -u %s %s validate -c %s shows the same; let %[1]s read what it needs", who.name, u.Program, u.Schedule),
			fmt.Errorf("%s cannot run it: %s", who.name, out)}
	}
	for _, folder := range u.Writes {
		if out, err := who.try("/bin/sh", "-c", `for f in "$1" "$1"/*; do test -w "$f" || test ! -e "$f" || { echo "$f"; exit 1; }; done`, "sh", folder); err != nil {
			return &failure{exitFailed, fmt.Sprintf("chown -R %s %s", who.name, folder), fmt.Errorf("%s cannot write to %s", who.name, out)}
		}
	}
	return nil
}

// own makes a folder of the account's, unless it is there.
func (who account) own(folder string) error {
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	if who.name == "" {
		return nil
	}
	return os.Chown(folder, who.uid, who.gid)
}

// trialLimit bounds a trial.
const trialLimit = 20 * time.Second

// try runs a program as the account, and returns what it says.
func (who account) try(program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), trialLimit)
	defer cancel()
	command := exec.CommandContext(ctx, program, args...)
	command.Dir, command.Env = "/", []string{"HOME=" + who.home, "PATH=" + os.Getenv("PATH"), "USER=" + who.name}
	command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(who.uid), Gid: uint32(who.gid), Groups: who.groups()}}
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	err := command.Run()
	text := strings.TrimSpace(said.String())
	if text == "" && err != nil {
		text = err.Error()
	}
	return strings.TrimPrefix(text, "smartsync: error: "), err
}

// groups are the account's further groups.
func (who account) groups() []uint32 {
	var out []uint32
	u, err := user.Lookup(who.name)
	if err != nil {
		return nil
	}
	ids, _ := u.GroupIds() // without them it has fewer rights
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 32); err == nil {
			out = append(out, uint32(n))
		}
	}
	return out
}
