//go:build unix

package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"regexp"
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
		hint := "--run-as takes the name of an account"
		if accountForm.MatchString(name) {
			hint = makesAccount(name, folder)
		}
		return account{}, &failure{exitFailed, hint, fmt.Errorf("--run-as: there is no account %q", name)}
	}
	return accountOf(u)
}

// accountForm is what useradd takes for a name.
var accountForm = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)

// makesAccount tells how to make an account that lives in the schedule's folder: its
// ~ is there, and so are its SSH keys.
func makesAccount(name, folder string) string {
	return fmt.Sprintf("sudo useradd --system --home-dir %s --shell /usr/sbin/nologin %s makes it", shellWord(folder), name)
}

func ownerOf(folder string) (account, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return account{}, err
	}
	uid := info.Sys().(*syscall.Stat_t).Uid
	if uid == 0 {
		return account{}, &failure{exitUsage,
			fmt.Sprintf("--run-as NAME takes another account, or give the folder to it: sudo chown -R NAME: %s; if there is none yet, %s", shellWord(folder), makesAccount(service.Name, folder)),
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
	return text, err
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
