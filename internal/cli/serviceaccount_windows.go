package cli

import (
	"os"
	"strings"

	"golang.org/x/sys/windows"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/service"
)

func isAdministrator() bool { return windows.GetCurrentProcessToken().IsElevated() }

// accountFor is the named account; without a name it is the local system.
func accountFor(_ bool, name, _ string) (account, error) { return account{name: name}, nil }

// lacks is not known here.
func (who account) lacks([]config.Source) []string { return nil }

// ready makes the folders that u writes to.
func (who account) ready(u service.Unit) error {
	for _, folder := range u.Writes {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
	}
	return nil
}

// shellWord quotes a path for a command line, where it needs that.
func shellWord(s string) string {
	if strings.Contains(s, " ") {
		return `"` + s + `"`
	}
	return s
}
