//go:build !linux

package service

import (
	"errors"
	"os"
	"time"

	"github.com/kardianos/service"
)

// stateOf is how a service stands as far as the service library tells.
func stateOf(s service.Service) (State, error) {
	switch status, err := s.Status(); {
	case errors.Is(err, service.ErrNotInstalled):
		return NotInstalled, nil
	case err != nil:
		return "", err
	case status == service.StatusRunning:
		return Running, nil
	default:
		return Stopped, nil
	}
}

// put makes the service.
func (m Manager) put(u Unit) error {
	s, err := m.handle(func(c *service.Config) {
		c.Executable, c.Arguments = u.Program, []string{"run", "-c", u.Schedule}
		m.configure(c, &u)
	})
	if err != nil {
		return err
	}
	return s.Install()
}

// Schedule returns nothing: what the system keeps is not read back.
func (m Manager) Schedule() string { return "" }

func (m Manager) forget() {}

// Account returns nothing, as Schedule does.
func (m Manager) Account() string { return "" }

// Additions returns nothing: there is no systemctl edit.
func (m Manager) Additions() string { return "" }

// staysUp watches a service that was just started: one whose schedule is faulty ends
// at once.
func (m Manager) staysUp() bool {
	for range 10 {
		time.Sleep(200 * time.Millisecond)
		if state, err := m.Status(); err == nil && state != Running {
			return false
		}
	}
	return true
}

// Journald tells whether what is written to f goes to systemd's journal.
func Journald(*os.File) bool { return false }
