package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	gosync "sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
)

// TestStatusDisturbsNobody asks for the status all the time while others take the
// database and give it back, after a daemon that was killed: that is when status
// tries the lock. Nobody is refused.
func TestStatusDisturbsNobody(t *testing.T) {
	folder := t.TempDir()
	schedule := filepath.Join(folder, "schedule.yaml")
	text := "sources:\n  drop: {url: drop, import: none}\nwindows:\n  - {name: all day, rules: [{interval: 1h}]}\n"
	if err := os.WriteFile(schedule, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(schedule)
	if err != nil {
		t.Fatal(err)
	}
	a := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}
	take := func() {
		st, release, err := a.openStore(t.Context(), c)
		if err != nil {
			t.Error(err)
			return
		}
		defer release()
		if err := st.SetDaemon(t.Context(), store.Daemon{PID: 1 << 30, Started: time.Now(), Loaded: time.Now()}); err != nil {
			t.Error(err)
		}
	}
	take()
	ctx, stop := context.WithCancel(t.Context())
	var asking gosync.WaitGroup
	for range 3 {
		asking.Go(func() {
			asker := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, schedule: schedule}
			for ctx.Err() == nil {
				if err := asker.status(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 50 {
		take()
	}
	stop()
	asking.Wait()
}

// TestLockIsRefused waits for one that asks only, and not for one that works.
func TestLockIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	release, err := store.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock(t.Context(), path)
	if held, ok := errors.AsType[*store.HeldError](err); !ok || held.PID != os.Getpid() {
		t.Errorf("got %v, want that it is held", err)
	}
	if !alive(path, os.Getpid()) || alive(path, os.Getpid()+1) {
		t.Error("another process's database counts as the daemon's")
	}
	synctest.Test(t, func(t *testing.T) {
		time.AfterFunc(lockPatience/2, func() { _ = release() })
		again, err := lock(t.Context(), path)
		if err != nil {
			t.Fatalf("given back soon, and not taken: %v", err)
		}
		if err := again(); err != nil {
			t.Fatal(err)
		}
	})
	if alive(path, os.Getpid()) {
		t.Error("a database that nobody has counts as the daemon's")
	}
}
