package store

import (
	"math/rand/v2"
	"testing"
)

// FuzzCommit: whatever a stats file holds, it is committed or was rejected, and
// never stands in the way of the files beside it.
func FuzzCommit(f *testing.F) {
	rng := rand.New(rand.NewPCG(9, 9))
	f.Add(invented(rng, "ice", 1, 4, 8), invented(rng, "ice", 2, 4, 8))
	f.Add([]byte("h\\m\\c\\1\\1\\1\\1:0\\9:99\nX\\\xff\\0\\9\\0 \t1\n"), []byte{})
	s := open(f)
	f.Fuzz(func(t *testing.T, one, two []byte) {
		empty(t, s)
		first := item(t, "2025-10-01-200000-ice-round-1.txt", 1, one)
		second := item(t, "2025-10-01-201000-ice-round-2.txt", 2, two)
		commit(t, s, second)
		commit(t, s, first)
		sound(t, s)
		late := dump(t, s)
		empty(t, s)
		commit(t, s, first, second)
		if dump(t, s) != late {
			t.Error("the order changes the rows")
		}
	})
}
