package store

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asNobody calls f with the rights of a user who owns nothing.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may act as another user")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setfsuid(0); err != nil {
			panic(err)
		}
	}()
	f()
}

// readable returns a path for a database in a folder that all may read and only
// its owner may write.
func readable(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, f := range []string{filepath.Dir(folder), folder} {
		if err := os.Chmod(f, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "s.db")
}

// readableDatabase makes an empty database that all may read, and closes it.
func readableDatabase(t *testing.T) string {
	t.Helper()
	path := readable(t)
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenExistingWithoutRightsToWrite(t *testing.T) {
	for name, open := range map[string]bool{"closed": false, "open in the owner's process": true} {
		t.Run(name, func(t *testing.T) {
			path := readable(t)
			owner, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer owner.Close()
			commit(t, owner, season(t, 4)...)
			if !open {
				if err := owner.Close(); err != nil {
					t.Fatal(err)
				}
			}
			asNobody(t, func() {
				s, err := OpenExisting(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if rounds := len(table(t, s, "SELECT id FROM rounds")); rounds != 4 {
					t.Errorf("%d rounds, want 4", rounds)
				}
			})
		})
	}
}

func TestOpenWithoutRights(t *testing.T) {
	path := readableDatabase(t)
	refused := func(name string, open func() (*Store, error)) {
		t.Helper()
		asNobody(t, func() {
			s, err := open()
			if err == nil {
				_ = s.Close()
				t.Fatalf("%s: no error", name)
			}
			e, ok := errors.AsType[*RefusedError](err)
			if !ok || e.Hint == "" || !strings.Contains(e.Reason, "this user may not") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	refused("open to write", func() (*Store, error) { return Open(t.Context(), path) })
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("read what others may not", func() (*Store, error) { return OpenExisting(t.Context(), path) })
}

// TestPauserWithoutRights: who may only read pauses nothing, and is told what to do.
func TestPauserWithoutRights(t *testing.T) {
	for name, running := range map[string]bool{"closed": false, "open in the owner's process": true} {
		t.Run(name, func(t *testing.T) {
			path := readable(t)
			owner, err := Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer owner.Close()
			if !running {
				if err := owner.Close(); err != nil {
					t.Fatal(err)
				}
			}
			asNobody(t, func() {
				p, err := OpenPauser(t.Context(), path)
				if err == nil {
					defer p.Close()
					_, err = p.Set(t.Context(), at, map[string]time.Time{"game": {}})
				}
				if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Hint != rightsHint {
					t.Errorf("paused by nobody: %v", err)
				}
			})
		})
	}
}

// A database that this user may only read is refused when it is opened to write,
// not at the first write.
func TestOpenWithoutRightsToTheFile(t *testing.T) {
	path := readableDatabase(t)
	if err := os.Chmod(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		s, err := Open(t.Context(), path)
		if err == nil {
			_ = s.Close()
		}
		if refused, ok := errors.AsType[*RefusedError](err); !ok || refused.Hint != rightsHint {
			t.Errorf("opened to write: %v", err)
		}
	})
}

func TestOpenOnAReadOnlyDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("needs to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	path := filepath.Join(folder, "s.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), path)
	if err == nil {
		_ = s.Close()
	}
	if refused, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(refused.Reason, "mounted read-only") {
		t.Errorf("opened to write: %v", err)
	}
	if s, err = OpenExisting(t.Context(), path); err != nil {
		t.Errorf("opened to read: %v", err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
}
