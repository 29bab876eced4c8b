package store

import (
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
		if got, want := summary(t, a), oracle(last); got != want {
			rt.Fatalf("stored:\n%s\nthe files say:\n%s", got, want)
		}
	})
	sound(t, a)
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

// contents are the stats files that the paths of each round choose from: few, so
// that they share them, and one that is none.
func contents() [3][][]byte {
	rng := rand.New(rand.NewPCG(3, 4))
	var made [3][][]byte
	for round := 1; round <= 2; round++ {
		for range 4 {
			made[round] = append(made[round], invented(rng, "radar", round, 6, 8))
		}
	}
	none := []byte("no stats file\n")
	return [3][][]byte{1: append(made[1], none, made[2][0]), 2: append(made[2], none, made[1][0])}
}

// drawHistories draws some paths, and for each the contents it has one after the
// other. Some of their stamps are just at or past the bounds: 45 minutes of a pair,
// 60 of a session.
func drawHistories(rt *rapid.T, t *testing.T, pool [3][][]byte) [][]Item {
	gaps := []time.Duration{
		5 * time.Minute, 10 * time.Minute, 20 * time.Minute, time.Second, 45 * time.Minute, 45*time.Minute + time.Second,
		time.Hour, time.Hour + time.Second,
	}
	wall := time.Date(2025, 10, 25, 22, 0, 0, 0, time.UTC) // the clock goes back in this night
	var histories [][]Item
	for i := range rapid.IntRange(4, 9).Draw(rt, "paths") {
		wall = wall.Add(rapid.SampledFrom(gaps).Draw(rt, "gap"))
		round := rapid.IntRange(1, 2).Draw(rt, "round")
		name := fileName(wall, rapid.SampledFrom([]string{"radar", "radar", "ice"}).Draw(rt, "map"), round)
		var history []Item
		for v := range rapid.IntRange(1, 3).Draw(rt, "versions") {
			history = append(history, item(t, name, int64(1000*i+v), rapid.SampledFrom(pool[round]).Draw(rt, "content")))
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
