package service

import (
	"strings"

	"github.com/kardianos/service"
	"golang.org/x/sys/windows/registry"
)

// restartAfter is the pause before a service that ended is started again.
const restartAfter = "30s"

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

// Foreign tells whether the service of that name is nothing of smartsync's.
func (m Manager) Foreign() bool {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, services+m.Name, registry.QUERY_VALUE)
	if err != nil {
		return true
	}
	defer key.Close()
	line, _, err := key.GetStringValue("ImagePath")
	return err != nil || !strings.Contains(line, " run -c ")
}

// services is where the system keeps them.
const services = `SYSTEM\CurrentControlSet\Services\`

func (m Manager) removable() error { return nil }

// Path returns where the system keeps what Install makes.
func (m Manager) Path() (string, error) {
	return `HKEY_LOCAL_MACHINE\` + services + m.Name, nil
}

// LastWords returns nothing: they are in the event log, and in the log file.
func (m Manager) LastWords() []string { return nil }
