package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kardianos/service"
	"golang.org/x/sys/unix"
)

// available tells whether a systemd runs that can be asked.
func (m Manager) available() error {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return ErrNoManager
	}
	if _, err := exec.LookPath("systemctl"); err != nil {
		return fmt.Errorf("%w: %w", ErrNoManager, err)
	}
	return nil
}

func (m Manager) configure(c *service.Config, u *Unit) {
	c.Option["SystemdScript"] = u.Text()
}

// systemctl returns what systemctl prints.
func (m Manager) systemctl(args ...string) (string, error) {
	if m.User {
		args = append([]string{"--user"}, args...)
	}
	out, err := exec.Command("systemctl", args...).Output()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok && len(failed.Stderr) > 0 {
		err = errors.New(strings.TrimSpace(string(failed.Stderr)))
	}
	return string(out), err
}

// state asks systemd itself: the service library does not tell a service that
// failed from one that is not there.
func (m Manager) state(service.Service) (State, error) {
	out, err := m.systemctl("show", "--property=LoadState,ActiveState,SubState", m.Name+".service")
	switch {
	case err != nil:
		return "", err
	case strings.Contains(out, "LoadState=not-found"):
		return NotInstalled, nil
	case strings.Contains(out, "ActiveState=failed"), strings.Contains(out, "SubState=auto-restart"):
		return Failed, nil
	case strings.Contains(out, "ActiveState=inactive"):
		return Stopped, nil
	default:
		return Running, nil
	}
}

// foreign tells whether the unit of that name is nothing of smartsync's.
func (m Manager) foreign() bool {
	out, err := m.systemctl("cat", m.Name+".service")
	return err != nil || !strings.Contains(out, "\n"+marker)
}

// removable refuses to remove what Install did not make.
func (m Manager) removable() error {
	path, err := m.Path()
	if err != nil {
		return err
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return ErrPackaged
	}
	return nil
}

// Path returns the file that Install writes.
func (m Manager) Path() (string, error) {
	if !m.User {
		return "/etc/systemd/system/" + m.Name + ".service", nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config/systemd/user", m.Name+".service"), err
}

// staysUp is what systemctl start has waited for.
func (m Manager) staysUp() bool { return true }

// LastWords returns the newest lines that the service logged since it was last
// started, oldest first; none when the journal cannot be read.
func (m Manager) LastWords() []string {
	id, err := m.systemctl("show", "--property=InvocationID", "--value", m.Name+".service")
	if id = strings.TrimSpace(id); err != nil || id == "" {
		return nil
	}
	args := []string{"_SYSTEMD_INVOCATION_ID=" + id, "--lines=10", "--output=cat", "--no-pager", "--quiet"}
	if m.User {
		args = append([]string{"--user"}, args...)
	}
	out, err := exec.Command("journalctl", args...).Output()
	if err != nil {
		return nil
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// Journald tells whether what is written to f goes to the journal, which puts the
// time before each line and takes the level from "<N>" at its start.
func Journald(f *os.File) bool {
	var info unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &info); err != nil {
		return false
	}
	return os.Getenv("JOURNAL_STREAM") == fmt.Sprintf("%d:%d", info.Dev, info.Ino)
}
