package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

var testZone = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}()

// at is when the tests commit.
var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// invented is a stats file's content, made up: some of the first roster of 40
// players, each with weapons of its own; every fourth is a bot. What both rounds' files count
// grows from round 1 to round 2, but for one player in ten.
func invented(rng *rand.Rand, mapName string, round, players, roster int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "^2invented^7 host\\%s\\legacy3\\%d\\1\\%d\\12:00\\%d:%02d\n", mapName, round, rng.IntN(3), 2+rng.IntN(10), rng.IntN(60))
	for _, p := range rng.Perm(roster)[:players] {
		own := rand.New(rand.NewPCG(uint64(p), 0))
		var mask uint32
		for bits.OnesCount32(mask) < 7 {
			mask |= 1 << own.IntN(etlegacy.Weapons)
		}
		grown := round - 1
		if rng.IntN(10) == 0 {
			grown = 0
		}
		more := func(most int) int { return rng.IntN(most) + grown*most }
		guid, name := fmt.Sprintf("%08X", 0xA0000000+p), fmt.Sprintf("^3inv^7ented%d", p+round*rng.IntN(2))
		if p%4 == 3 {
			guid, name = "OMNIBOT0", fmt.Sprintf("[BOT]^/in^7vented%d", p) // told apart by name
		}
		fmt.Fprintf(&b, "%s\\%s\\0\\%d\\%d", guid, name, 1+rng.IntN(2), mask)
		for range bits.OnesCount32(mask) {
			fmt.Fprintf(&b, " %d %d %d %d %d", more(50), more(100), more(9), more(5), more(4))
		}
		b.WriteByte(' ')
		for i := range 38 {
			switch i {
			case 8, 21, 23, 24, 25, 26:
				fmt.Fprintf(&b, "\t%d.%d", rng.IntN(90), rng.IntN(10))
			case 22:
				fmt.Fprintf(&b, "\t%d.%d", more(9), rng.IntN(10))
			default:
				fmt.Fprintf(&b, "\t%d", more(900))
			}
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

// item is a fetched stats file, read as sync reads it.
func item(t testing.TB, filePath string, modified int64, content []byte) Item {
	t.Helper()
	sum := sha256.Sum256(content)
	it := Item{
		Key:    Key{Path: filePath, Size: int64(len(content)), Modified: modified},
		SHA256: hex.EncodeToString(sum[:]), Local: "game/" + filePath, Status: Imported, Content: content,
	}
	round, err := etlegacy.Parse(path.Base(filePath), content)
	if err != nil {
		r, ok := errors.AsType[*etlegacy.Rejection](err)
		if !ok {
			t.Fatal(err)
		}
		it.Status, it.Line, it.Reason, it.Content = Rejected, r.Line, r.Reason, nil
	}
	it.Round = round
	return it
}

// fileName is a stats file's, at a moment of the server's wall clock.
func fileName(wall time.Time, mapName string, round int) string {
	return fmt.Sprintf("%s-%s-round-%d.txt", wall.Format("2006-01-02-150405"), mapName, round)
}

// season is n invented files: evenings of maps of two rounds each, in order.
func season(tb testing.TB, n int) []Item {
	rng := rand.New(rand.NewPCG(7, 7))
	wall := time.Date(2025, 1, 1, 20, 0, 0, 0, time.UTC)
	maps := []string{"supply", "radar", "te_escape2", "etl_ice"}
	items := make([]Item, 0, n)
	for i := range n {
		if i%20 == 0 {
			wall = wall.Add(20 * time.Hour)
		}
		wall = wall.Add(time.Duration(300+rng.IntN(400)) * time.Second)
		mapName, round := maps[i/2%len(maps)], 1+i%2
		items = append(items, item(tb, fileName(wall, mapName, round), wall.Unix(), invented(rng, mapName, round, 6+i%2, 40)))
	}
	return items
}

func open(tb testing.TB) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), tb.TempDir()+"/deep/er/smartsync.db")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func commit(tb testing.TB, s *Store, items ...Item) []File {
	tb.Helper()
	files, err := s.Commit(tb.Context(), "game", testZone, at, items)
	if err != nil {
		tb.Fatal(err)
	}
	return files
}
