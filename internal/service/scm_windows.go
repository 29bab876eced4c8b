package service

import (
	"fmt"
	"strings"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"
)

func (m Manager) available() error {
	if m.User {
		return ErrNoUserLevel
	}
	return nil
}

func (m Manager) configure(c *service.Config, u *Unit) {
	c.UserName = u.Account
	c.Option["DelayedAutoStart"] = true // the network is there by then
	c.Option["OnFailure"], c.Option["OnFailureDelayDuration"], c.Option["OnFailureResetPeriod"] = "restart", restartAfter, 3600
}

func (m Manager) state(s service.Service) (State, error) { return stateOf(s) }

// foreign tells whether the service of that name is nothing of smartsync's.
func (m Manager) foreign() bool {
	line, err := m.commandLine()
	return err != nil || !strings.Contains(line, " run -c ")
}

// commandLine returns what the service starts.
func (m Manager) commandLine() (string, error) {
	manager, err := windows.OpenSCManager(nil, nil, windows.SC_MANAGER_CONNECT)
	if err != nil {
		return "", fmt.Errorf("open the service manager: %w", err)
	}
	defer windows.CloseServiceHandle(manager)
	name, err := windows.UTF16PtrFromString(m.Name)
	if err != nil {
		return "", err
	}
	handle, err := windows.OpenService(manager, name, windows.SERVICE_QUERY_CONFIG)
	if err != nil {
		return "", fmt.Errorf("open service %q: %w", m.Name, err)
	}
	s := mgr.Service{Handle: handle, Name: m.Name}
	defer s.Close()
	c, err := s.Config()
	return c.BinaryPathName, err
}

func (m Manager) removable() error { return nil }

// Path returns where the system keeps what Install makes.
func (m Manager) Path() (string, error) {
	return `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\` + m.Name, nil
}

// LastWords returns nothing: they are in the event log, and in the log file.
func (m Manager) LastWords() []string { return nil }
