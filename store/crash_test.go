//go:build crashpoints

package store

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/smartsync/smartsync/internal/crash"
)

// crashEnv makes TestCrash the process that is killed; it names the database.
const crashEnv = "STORE_TEST_CRASH"

// commitAll is what the process does that is killed.
func commitAll(tb testing.TB, s *Store) {
	items := season(tb, 12)
	slices.Reverse(items)
	for chunk := range slices.Chunk(items, 4) {
		commit(tb, s, chunk...)
	}
}

func commitUntilKilled(t *testing.T, path string) {
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commitAll(t, s)
}

// TestCrash kills a process at every point of a commit; what it leaves is whole
// commits, and doing the work again gives what an undisturbed run does.
func TestCrash(t *testing.T) {
	if path := os.Getenv(crashEnv); path != "" {
		commitUntilKilled(t, path)
		return
	}
	whole := open(t)
	commitAll(t, whole)
	for point, hits := range map[string]int{"commit-begin": 3, "commit-rows": 12, "commit-before": 3, "commit-after": 3} {
		for n := 1; n <= hits; n++ {
			t.Run(fmt.Sprint(point, n), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "s.db")
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrash$")
				cmd.Env = append(os.Environ(), crashEnv+"="+path, fmt.Sprintf("%s=%s:%d", crash.Env, point, n))
				if out, err := cmd.CombinedOutput(); err == nil {
					t.Fatalf("it lived: %s", out)
				}
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				sound(t, s)
				if rounds := len(table(t, s, "SELECT id FROM rounds")); rounds%4 != 0 {
					t.Errorf("%d rounds: half a commit", rounds)
				}
				commitAll(t, s)
				if dump(t, s) != dump(t, whole) {
					t.Error("doing it again left other rows")
				}
			})
		}
	}
}
