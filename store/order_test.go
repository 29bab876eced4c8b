package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestOrderDoesNotMatter commits the same contents of the same paths in two
// orders and cut into other batches, and the last contents alone to a third
// database: the rows are the same in all.
func TestOrderDoesNotMatter(t *testing.T) {
	pool := contents()
	a, b, fresh := open(t), open(t), open(t)
	rapid.Check(t, func(rt *rapid.T) {
		histories := drawHistories(rt, t, pool)
		empty(t, a, b, fresh)
		var last []Item
		for _, history := range histories {
			for _, it := range slices.Backward(history) {
				if it.Status == Imported {
					last = append(last, it)
					break
				}
			}
		}
		drawCommits(rt, t, a, histories)
		drawCommits(rt, t, b, histories)
		commit(t, fresh, last...)
		if got, want := dump(t, b), dump(t, a); got != want {
			rt.Fatalf("another order:\n%s\nthe first:\n%s", got, want)
		}
		if got, want := derived(t, a), derived(t, fresh); got != want {
			rt.Fatalf("with a history:\n%s\nwithout:\n%s", got, want)
		}
		sound(t, a)
	})
}

// empty drops all that the databases hold: to make new ones takes longer.
func empty(t *testing.T, stores ...*Store) {
	t.Helper()
	for _, s := range stores {
		err := s.write(t.Context(), func(tx *tx) error {
			for _, table := range []string{"rounds", "player_rounds", "weapon_rounds", "players", "game_sessions", "files"} {
				if err := tx.exec("DELETE FROM " + table); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// contents are a few stats files, and one that is none. Few, so that paths share
// them.
func contents() [][]byte {
	rng := rand.New(rand.NewPCG(3, 4))
	pool := [][]byte{[]byte("no stats file\n")}
	for i := range 6 {
		pool = append(pool, invented(rng, "radar", 1+i%2, 2+i%3))
	}
	return pool
}

// drawHistories draws some paths, and for each the contents it has one after the
// other. Their stamps are near the bounds: 45 minutes of a pair, 60 of a session.
func drawHistories(rt *rapid.T, t *testing.T, pool [][]byte) [][]Item {
	gaps := []time.Duration{time.Second, 10 * time.Minute, 45 * time.Minute, 45*time.Minute + time.Second, time.Hour, time.Hour + time.Second}
	wall := time.Date(2025, 10, 25, 22, 0, 0, 0, time.UTC) // the clock goes back in this night
	var histories [][]Item
	for i := range rapid.IntRange(2, 8).Draw(rt, "paths") {
		wall = wall.Add(rapid.SampledFrom(gaps).Draw(rt, "gap"))
		name := fileName(wall, rapid.SampledFrom([]string{"radar", "ice"}).Draw(rt, "map"), rapid.IntRange(1, 2).Draw(rt, "round"))
		var history []Item
		for v := range rapid.IntRange(1, 3).Draw(rt, "versions") {
			content := rapid.IntRange(0, len(pool)-1).Draw(rt, fmt.Sprint("content of ", name))
			history = append(history, item(t, name, int64(1000*i+v), pool[content]))
		}
		histories = append(histories, history)
	}
	return histories
}

// drawCommits commits all of histories, each in its order, in a drawn order and
// batches; a batch has a path once.
func drawCommits(rt *rapid.T, t *testing.T, s *Store, histories [][]Item) {
	left := slices.Clone(histories)
	var batch []Item
	for len(left) > 0 {
		i := rapid.IntRange(0, len(left)-1).Draw(rt, "which")
		if slices.ContainsFunc(batch, func(it Item) bool { return it.Key.Path == left[i][0].Key.Path }) {
			commit(t, s, batch...)
			batch = nil
		}
		batch = append(batch, left[i][0])
		if left[i] = left[i][1:]; len(left[i]) == 0 {
			left = slices.Delete(left, i, i+1)
		}
		if len(left) == 0 || rapid.Bool().Draw(rt, "cut") {
			commit(t, s, batch...)
			if rapid.Bool().Draw(rt, "again") {
				commit(t, s, batch...)
			}
			batch = nil
		}
	}
}
