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

// crashEnv makes a test the process that is killed; it names the database.
const crashEnv = "STORE_TEST_CRASH"

// commitAll is what the process does that is killed.
func commitAll(tb testing.TB, s *Store) {
	items := season(tb, 12)
	slices.Reverse(items)
	for chunk := range slices.Chunk(items, 4) {
		commit(tb, s, chunk...)
	}
}

// TestCrash kills a process at every point of a commit; what it leaves is whole
// commits, and doing the work again gives what an undisturbed run does.
func TestCrash(t *testing.T) {
	crashing{
		test: "TestCrash", work: commitAll,
		points: map[string]int{"commit-begin": 3, "commit-rows": 12, "commit-before": 3, "commit-after": 3},
		left: func(t *testing.T, s *Store) {
			if rounds := len(table(t, s, "SELECT id FROM rounds")); rounds%4 != 0 {
				t.Errorf("%d rounds: half a commit", rounds)
			}
		},
	}.run(t)
}

// crashing is work on a database during which the process is killed.
type crashing struct {
	test   string // the function that runs this
	work   func(testing.TB, *Store)
	points map[string]int           // how often the work comes by each
	left   func(*testing.T, *Store) // looks at what a kill leaves
}

// run kills the work every time it comes by a point, and then does it again.
func (c crashing) run(t *testing.T) {
	if path := os.Getenv(crashEnv); path != "" {
		c.work(t, openAt(t, path))
		return
	}
	whole := open(t)
	c.work(t, whole)
	for point, hits := range c.points {
		for n := 1; n <= hits; n++ {
			t.Run(fmt.Sprint(point, n), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "s.db")
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+c.test+"$")
				cmd.Env = append(os.Environ(), crashEnv+"="+path, fmt.Sprintf("%s=%s:%d", crash.Env, point, n))
				if out, err := cmd.CombinedOutput(); err == nil {
					t.Fatalf("it lived: %s", out)
				}
				s := openAt(t, path)
				sound(t, s)
				c.left(t, s)
				c.work(t, s)
				if dump(t, s) != dump(t, whole) {
					t.Error("doing it again left other rows")
				}
			})
		}
	}
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
