//go:build crashpoints

package sync

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
)

// A run passes every point where a test may kill it.
func TestEveryCrashPointIsPassed(t *testing.T) {
	var mu sync.Mutex
	passed := map[string]int{}
	hook := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		passed[name]++
	}
	crash.Hook.Store(&hook)
	defer crash.Hook.Store(nil)
	dir := t.TempDir()
	srv, o := withServer(t, dir)
	srv.trust(t, o.KnownHosts)
	o.Importer, o.Command, o.Settle = Command, []string{"true"}, time.Millisecond
	write(t, filepath.Join(dir, "a"), []byte("ab"), 0o644)
	if rep := check(t, newSource(t, o)); rep.Imported != 1 {
		t.Fatalf("%+v", rep)
	}
	for _, name := range crash.Names {
		if passed[name] == 0 {
			t.Errorf("the point %q is not passed", name)
		}
	}
}
