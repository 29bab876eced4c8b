package cli

import (
	"os"

	"golang.org/x/sys/windows"

	"github.com/smartsync/smartsync/internal/service"
)

func isAdministrator() bool { return windows.GetCurrentProcessToken().IsElevated() }

// accountFor is the named account; without a name it is the local system.
func accountFor(_ bool, name, _ string) (account, error) { return account{name: name}, nil }

// ready makes the folders that u writes to.
func (who account) ready(u service.Unit) error {
	for _, folder := range u.Writes {
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
	}
	return nil
}
