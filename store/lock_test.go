package store

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// lockEnv makes TestLockOfAKilledProcess a holder of the lock that it names.
const lockEnv = "STORE_TEST_LOCK"

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "s.db")
	for range 2 {
		release, err := Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Lock(path)
		held, ok := errors.AsType[*HeldError](err)
		if !ok || held.PID != os.Getpid() || held.Path != path || time.Since(held.Since) > time.Minute || time.Since(held.Since) < -time.Minute {
			t.Errorf("a second time: %v", err)
		}
		if err := release(); err != nil {
			t.Fatal(err)
		}
	}
}

func holdLock(t *testing.T, path string) {
	if _, err := Lock(path); err != nil {
		t.Fatal(err)
	}
	fmt.Println("locked")
	select {} // until killed
}

func TestLockOfAKilledProcess(t *testing.T) {
	if path := os.Getenv(lockEnv); path != "" {
		holdLock(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "s.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLockOfAKilledProcess$")
	cmd.Env = append(os.Environ(), lockEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked\n" {
		t.Fatalf("the process said %q, %v", line, err)
	}
	_, err = Lock(path)
	if held, ok := errors.AsType[*HeldError](err); !ok || held.PID != cmd.Process.Pid {
		t.Errorf("while it lives: %v, want pid %d", err, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	release, err := Lock(path)
	if err != nil {
		t.Fatalf("after it was killed: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
