//go:build !windows

package store

import (
	"errors"
	"os"
	"syscall"
)

// syncFolder makes a name that was just given in folder survive a power cut.
func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// mountedReadOnly tells whether nobody may write in folder, for its disk takes none.
func mountedReadOnly(folder string) bool {
	const write = 2 // W_OK
	return errors.Is(syscall.Access(folder, write), syscall.EROFS)
}
