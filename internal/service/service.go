// Package service keeps smartsync running without anybody watching it: as a
// systemd unit, a Windows service or a launchd job.
package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"regexp"
	"runtime"

	"github.com/kardianos/service"
)

// Name is the service's usual name.
const Name = "smartsync"

const (
	displayName = "smartsync"
	description = "Brings new files from remote servers at the right moment"
)

// The reasons for which a service cannot be managed.
var (
	ErrNoManager    = errors.New("no systemd runs here")                         // on Linux
	ErrExists       = errors.New("it exists already")                            // the name is taken
	ErrMasked       = errors.New("it is masked")                                 // somebody forbade it to start
	ErrNotInstalled = errors.New("there is no such service")                     // nothing has the name
	ErrForeign      = errors.New("it is not a service of smartsync's")           // somebody else's has the name
	ErrPackaged     = errors.New("it belongs to an installed package")           // the package manager's business
	ErrNotUp        = errors.New("it does not come up")                          // see LastWords
	ErrName         = errors.New("not a service name")                           // see CheckName
	ErrNoUserLevel  = errors.New("on Windows no user has services of their own") // Manager.User on Windows
)

var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// CheckName refuses what is no name of a service: 1 to 64 letters, digits, ".", "_"
// and "-".
func CheckName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("%q: %w: write 1 to 64 letters, digits, dots, - and _", name, ErrName)
	}
	return nil
}

// State is how a service stands.
type State string

// The states of a service.
const (
	Running      State = "running"
	Stopped      State = "stopped"
	Failed       State = "failed" // stopped by itself; the manager may try again
	Masked       State = "masked" // with systemctl mask: it cannot start
	NotInstalled State = "not installed"
)

// Manager manages one service.
type Manager struct {
	Name string // passes CheckName
	User bool   // the calling user's own service, not the system's; not on Windows
}

// Status returns how the service stands. The error is ErrNoManager where there is
// nothing to ask.
func (m Manager) Status() (State, error) {
	s, err := m.handle()
	if err != nil {
		return "", err
	}
	state, err := m.state(s)
	if err != nil {
		return "", fmt.Errorf("ask how service %q stands: %w", m.Name, err)
	}
	return state, nil
}

// Install makes the service that u describes, to be started with the machine (or
// with the user's login), and does not start it. Under systemd it replaces what an
// earlier Install made for the same schedule, and returns true. The error wraps
// ErrExists when the name is taken otherwise, and ErrForeign or ErrPackaged where it
// never was Install's.
func (m Manager) Install(u Unit) (again bool, err error) {
	state, err := m.Status()
	switch {
	case err != nil:
		return false, err
	case state == Masked:
		return false, m.fault("install", ErrMasked)
	case state != NotInstalled:
		if err := m.replaceable(u); err != nil {
			return false, m.fault("install", err)
		}
	}
	if err := m.put(u); err != nil {
		return false, m.fault("install", err)
	}
	return state != NotInstalled, nil
}

// replaceable tells whether what has the name is an earlier installation of u.
func (m Manager) replaceable(u Unit) error {
	if m.Foreign() {
		return fmt.Errorf("%w: %w", ErrExists, ErrForeign)
	}
	if err := m.removable(); err != nil {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	switch schedule := m.Schedule(); schedule {
	case "":
		return ErrExists
	case u.Schedule:
		return nil
	default:
		return fmt.Errorf("%w, for %s", ErrExists, schedule)
	}
}

// Uninstall stops the service and removes it. What it fetched and remembered stays.
func (m Manager) Uninstall() error {
	s, err := m.ours("uninstall")
	if err != nil {
		return err
	}
	if err := m.removable(); err != nil {
		return m.fault("uninstall", err)
	}
	// One that failed would be started again once more.
	if state, _ := m.Status(); state == Running || state == Failed {
		if err := s.Stop(); err != nil {
			return m.fault("stop", err)
		}
	}
	if err := s.Uninstall(); err != nil {
		return m.fault("uninstall", err)
	}
	m.forget()
	return nil
}

// Start starts the service and returns when it runs.
func (m Manager) Start() error {
	s, err := m.ours("start")
	if err != nil {
		return err
	}
	if err := s.Start(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); ok { // which says nothing more
			err = ErrNotUp
		} else if runtime.GOOS == "windows" && !errors.Is(err, fs.ErrPermission) {
			err = fmt.Errorf("%w: %w", ErrNotUp, err) // it ended before it answered, mostly
		}
		return m.fault("start", err)
	}
	if !m.staysUp() {
		return m.fault("start", ErrNotUp)
	}
	return nil
}

// Stop stops the service and returns when it has ended.
func (m Manager) Stop() error {
	s, err := m.ours("stop")
	if err != nil {
		return err
	}
	if err := s.Stop(); err != nil {
		return m.fault("stop", err)
	}
	return nil
}

// Restart stops the service if it runs, starts it and returns when it runs.
func (m Manager) Restart() error {
	state, err := m.Status()
	if err != nil {
		return err
	}
	if state == Running {
		if err := m.Stop(); err != nil {
			return err
		}
	}
	return m.Start()
}

// ours returns the service that has the name, when it is one of smartsync's.
func (m Manager) ours(operation string) (service.Service, error) {
	s, err := m.handle()
	if err != nil {
		return nil, err
	}
	switch state, err := m.Status(); {
	case err != nil:
		return nil, err
	case state == NotInstalled:
		return nil, m.fault(operation, ErrNotInstalled)
	case state == Masked:
		return nil, m.fault(operation, ErrMasked)
	case m.Foreign():
		return nil, m.fault(operation, ErrForeign)
	}
	return s, nil
}

func (m Manager) fault(operation string, err error) error {
	return fmt.Errorf("%s service %q: %w", operation, m.Name, err)
}

// handle returns the system's service of that name. What it is made of is for put
// to say.
func (m Manager) handle(made ...func(*service.Config)) (service.Service, error) {
	if err := CheckName(m.Name); err != nil {
		return nil, err
	}
	if err := m.available(); err != nil {
		return nil, err
	}
	c := &service.Config{Name: m.Name, DisplayName: displayName, Description: description, Option: service.KeyValue{"UserService": m.User}}
	for _, configure := range made {
		configure(c)
	}
	return service.New(nil, c)
}
