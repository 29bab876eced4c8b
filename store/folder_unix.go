//go:build !windows

package store

import (
	"errors"
	"os"
)

// syncFolder makes a name that was just given in folder survive a power cut.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
