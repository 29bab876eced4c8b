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
	if m.User && os.Getenv("XDG_RUNTIME_DIR") == "" {
		// It is missing after su and sudo; the user's systemd is there all the same.
		if folder := fmt.Sprintf("/run/user/%d", os.Getuid()); isFolder(folder) {
			return os.Setenv("XDG_RUNTIME_DIR", folder)
		}
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// put writes the unit, whole or not at all, and lets it start with the machine.
func (m Manager) put(u Unit) error {
	path, err := m.Path()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := writeWhole(path, u.Text()); err != nil {
		return err
	}
	if _, err := m.systemctl("daemon-reload"); err != nil {
		return err
	}
	_, err = m.systemctl("enable", "--quiet", m.Name+".service")
	return err
}

// writeWhole puts a file that everybody may read in place of one that may be there.
func writeWhole(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".smartsync-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
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
	case strings.Contains(out, "LoadState=masked"):
		return Masked, nil
	case strings.Contains(out, "ActiveState=failed"), strings.Contains(out, "SubState=auto-restart"):
		return Failed, nil
	case strings.Contains(out, "ActiveState=inactive"):
		return Stopped, nil
	default:
		return Running, nil
	}
}

// Foreign tells whether the unit of that name is nothing of smartsync's.
func (m Manager) Foreign() bool {
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

// Schedule returns the schedule file that the service runs; empty when the unit
// does not tell.
func (m Manager) Schedule() string {
	path, err := m.systemctl("show", "--property=FragmentPath", "--value", m.Name+".service")
	if err != nil {
		return ""
	}
	text, err := os.ReadFile(strings.TrimSpace(path))
	if err != nil {
		return ""
	}
	return scheduleOf(string(text))
}

// Account returns whose rights the service has; empty: root's, or the calling user's.
func (m Manager) Account() string {
	name, err := m.systemctl("show", "--property=User", "--value", m.Name+".service")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(name)
}

// Additions returns the folder of what systemctl edit added to the unit that Install
// wrote; empty: there is none.
func (m Manager) Additions() string {
	path, err := m.Path()
	if err != nil || !isFolder(path+".d") {
		return ""
	}
	return path + ".d"
}

// forget takes a service that had failed off the list of those that did.
func (m Manager) forget() { _, _ = m.systemctl("reset-failed", m.Name+".service") }

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
// started, oldest first, or what systemd says of a start that it did not live to
// speak of; none when the journal cannot be read.
func (m Manager) LastWords() []string {
	id, err := m.systemctl("show", "--property=InvocationID", "--value", m.Name+".service")
	if id = strings.TrimSpace(id); err != nil || id == "" {
		return nil
	}
	said := m.journal("_SYSTEMD_INVOCATION_ID=" + id)
	switch {
	case len(said) > 0:
		return said
	case m.User:
		return m.journal("USER_INVOCATION_ID=" + id)
	default:
		return m.journal("INVOCATION_ID=" + id)
	}
}

// journal returns the newest lines of the journal that match.
func (m Manager) journal(match string) []string {
	args := []string{match, "--lines=10", "--output=cat", "--no-pager", "--quiet"}
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
