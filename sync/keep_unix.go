//go:build !windows

package sync

import "os"

// syncFolder puts the folder's entries on the disk.
func syncFolder(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
