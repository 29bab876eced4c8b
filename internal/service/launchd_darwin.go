package service

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/kardianos/service"
)

func (m Manager) available() error { return nil }

func (m Manager) configure(c *service.Config, u *Unit) {
	c.UserName, c.WorkingDirectory = u.Account, filepath.Dir(u.Schedule)
	c.Option["RunAtLoad"], c.Option["KeepAlive"] = true, true
}

func (m Manager) state(s service.Service) (State, error) { return stateOf(s) }

// Foreign tells whether the job of that name is nothing of smartsync's.
func (m Manager) Foreign() bool {
	path, err := m.Path()
	if err != nil {
		return true
	}
	text, err := os.ReadFile(path)
	return err != nil || !bytes.Contains(text, []byte("<string>run</string>\n\t\t<string>-c</string>"))
}

func (m Manager) removable() error { return nil }

// Path returns the file that Install writes.
func (m Manager) Path() (string, error) {
	if !m.User {
		return "/Library/LaunchDaemons/" + m.Name + ".plist", nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library/LaunchAgents", m.Name+".plist"), err
}

// LastWords returns nothing: launchd keeps no log.
func (m Manager) LastWords() []string { return nil }
