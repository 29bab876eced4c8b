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

// adoptCrashEnv makes TestAdoptCrash the process that is killed; it names the database.
const adoptCrashEnv = "STORE_TEST_ADOPT_CRASH"

// adoptAll takes over a list of 12 names, and the copies of 8 of them.
func adoptAll(tb testing.TB, s *Store) {
	items := season(tb, 12)
	var list []Handled
	for i := range items {
		list = append(list, Handled{Path: items[i].Key.Path, Reason: "listed"})
		items[i].Adopted = BySize
	}
	if _, err := s.Adopt(tb.Context(), "game", list, at); err != nil {
		tb.Fatal(err)
	}
	for chunk := range slices.Chunk(items[:8], 4) {
		commit(tb, s, chunk...)
	}
}

// TestAdoptCrash kills an adoption at every point of its commits: all of the list
// is known or none, and doing it again gives what an undisturbed one does.
func TestAdoptCrash(t *testing.T) {
	if path := os.Getenv(adoptCrashEnv); path != "" {
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		adoptAll(t, s)
		return
	}
	whole := open(t)
	adoptAll(t, whole)
	for point, hits := range map[string]int{"commit-begin": 3, "commit-rows": 8, "commit-before": 3, "commit-after": 3} {
		for n := 1; n <= hits; n++ {
			t.Run(fmt.Sprint(point, n), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "s.db")
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAdoptCrash$")
				cmd.Env = append(os.Environ(), adoptCrashEnv+"="+path, fmt.Sprintf("%s=%s:%d", crash.Env, point, n))
				if out, err := cmd.CombinedOutput(); err == nil {
					t.Fatalf("it lived: %s", out)
				}
				s, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				sound(t, s)
				l, err := s.Ledger(t.Context(), "game")
				if err != nil || l.Len() != 0 && l.Len() != 12 {
					t.Errorf("%d of 12 names are known, %v", l.Len(), err)
				}
				for path := range l.Paths() {
					if _, ok := l.Handled(path); !ok {
						t.Errorf("%q would be fetched", path)
					}
				}
				adoptAll(t, s)
				if dump(t, s) != dump(t, whole) {
					t.Error("doing it again left other rows")
				}
			})
		}
	}
}
