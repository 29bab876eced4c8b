//go:build !linux

package sync

import "testing"

// smallDisk is for Linux only.
func smallDisk(t testing.TB) string {
	t.Helper()
	t.Skip("this test needs to mount a small file system")
	return ""
}
