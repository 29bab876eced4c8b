//go:build crashpoints

package store

import (
	"slices"
	"testing"
)

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
	crashing{
		test: "TestAdoptCrash", work: adoptAll,
		points: map[string]int{"commit-begin": 3, "commit-rows": 8, "commit-before": 3, "commit-after": 3},
		left: func(t *testing.T, s *Store) {
			l, err := s.Ledger(t.Context(), "game")
			if err != nil || l.Len() != 0 && l.Len() != 12 {
				t.Errorf("%d of 12 names are known, %v", l.Len(), err)
			}
			for path := range l.Paths() {
				if _, ok := l.Handled(path); !ok {
					t.Errorf("%q would be fetched", path)
				}
			}
		},
	}.run(t)
}
