package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// pathsOf is the present state of a store in short: a line a path, then one a round
// with how many rows it has.
func pathsOf(t *testing.T, s *Store) string {
	t.Helper()
	var out []string
	for _, row := range table(t, s, `SELECT f.path, f.status, f.version, f.reason,
			(SELECT count(*) FROM rounds r JOIN files g ON g.id = r.file_id WHERE g.path = f.path) AS rounds
			FROM files f WHERE `+latest+" ORDER BY f.path") {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s v%d rounds=%d %s", row["path"], row["status"], row["version"], row["rounds"], row["reason"])))
	}
	return strings.Join(out, "\n")
}

func TestCommitVersions(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const a, b, c = "2025-10-01-200000-ice-round-1.txt", "2025-10-01-201000-ice-round-1.txt", "2025-10-01-202000-ice-round-1.txt"
	one, two, bad := invented(rng, "ice", 1, 3, 8), invented(rng, "ice", 1, 3, 8), []byte("bad\n")
	unread := item(t, a, 1, one)
	unread.Status, unread.Round, unread.Content, unread.Reason = Rejected, nil, nil, "not understood"
	same := `the same content as "` + a + `"`
	tests := []struct {
		name  string
		items []Item // one commit each
		want  string
	}{
		{"once", []Item{item(t, a, 1, one)}, a + " imported v1 rounds=1"},
		{"twice", []Item{item(t, a, 1, one), item(t, a, 1, one)}, a + " imported v1 rounds=1"},
		{"touched", []Item{item(t, a, 1, one), item(t, a, 2, one)}, a + " imported v1 rounds=1"},
		{"new content", []Item{item(t, a, 1, one), item(t, a, 2, two)}, a + " imported v2 rounds=1"},
		{"the first again", []Item{item(t, a, 1, one), item(t, a, 2, two), item(t, a, 3, one)}, a + " imported v3 rounds=1"},
		{"a known key again", []Item{item(t, a, 1, one), item(t, a, 2, two), item(t, a, 1, one)}, a + " imported v2 rounds=1"},
		{"spoilt", []Item{item(t, a, 1, one), item(t, a, 2, bad)}, a + " rejected v2 rounds=1 header has 1 fields, not 8"},
		{"rejected", []Item{item(t, a, 1, bad)}, a + " rejected v1 rounds=0 header has 1 fields, not 8"},
		{"retried", []Item{unread, item(t, a, 1, one)}, a + " imported v1 rounds=1"},
		{"retried under a new time", []Item{unread, item(t, a, 2, one)}, a + " imported v1 rounds=1"},
		{"retried in vain", []Item{unread, item(t, a, 1, one), unread}, a + " imported v1 rounds=1"},
		{"duplicate", []Item{item(t, a, 1, one), item(t, b, 2, one)},
			a + " imported v1 rounds=1\n" + b + " duplicate v1 rounds=0 " + same},
		{"duplicate first", []Item{item(t, b, 2, one), item(t, a, 1, one)},
			a + " imported v1 rounds=1\n" + b + " duplicate v1 rounds=0 " + same},
		{"two duplicates", []Item{item(t, c, 2, one), item(t, b, 2, one), item(t, a, 1, one)},
			a + " imported v1 rounds=1\n" + b + " duplicate v1 rounds=0 " + same + "\n" + c + " duplicate v1 rounds=0 " + same},
		{"the repeated changes", []Item{item(t, a, 1, one), item(t, b, 2, one), item(t, c, 2, one), item(t, a, 3, two)},
			a + " imported v2 rounds=1\n" + b + " imported v1 rounds=1\n" + c + ` duplicate v1 rounds=0 the same content as "` + b + `"`},
		{"becomes a duplicate", []Item{item(t, a, 1, one), item(t, b, 2, two), item(t, b, 3, one)},
			a + " imported v1 rounds=1\n" + b + " duplicate v2 rounds=0 " + same},
		{"rejected twice is no duplicate", []Item{item(t, a, 1, bad), item(t, b, 1, bad)},
			a + " rejected v1 rounds=0 header has 1 fields, not 8\n" + b + " rejected v1 rounds=0 header has 1 fields, not 8"},
		{"kept twice is no duplicate", []Item{{Key: Key{"a", 1, 1}, SHA256: "aa", Status: Kept}, {Key: Key{"b", 1, 1}, SHA256: "aa", Status: Kept}},
			"a kept v1 rounds=0\nb kept v1 rounds=0"},
		{"kept, then imported by a command", []Item{{Key: Key{"a", 1, 1}, SHA256: "aa", Status: Kept}, {Key: Key{"a", 1, 1}, SHA256: "aa", Status: Imported}},
			"a imported v1 rounds=0"},
		{"ignored after imported changes nothing", []Item{item(t, a, 1, one), {Key: item(t, a, 1, one).Key, SHA256: "aa", Status: Ignored}}, a + " imported v1 rounds=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			apart, together := open(t), open(t)
			for _, it := range tt.items {
				got := commit(t, apart, it)
				if len(got) != 1 || got[0].Key.Path != it.Key.Path || got[0].Source != "game" || got[0].ID == 0 {
					t.Errorf("returned %+v", got)
				}
			}
			commit(t, together, tt.items...)
			if got := pathsOf(t, apart); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			if got := pathsOf(t, together); got != tt.want {
				t.Errorf("in one batch:\n%s\nwant:\n%s", got, tt.want)
			}
			sound(t, apart)
		})
	}
}

func TestCommitRefusesAndKeepsNothing(t *testing.T) {
	s := open(t)
	good := season(t, 1)[0]
	for name, bad := range map[string]Item{
		"a duplicate":      {Key: Key{"b", 1, 1}, Status: Duplicate},
		"no status":        {Key: Key{"b", 1, 1}},
		"no path":          {Status: Kept},
		"stats, no digest": {Key: good.Key, Status: Imported, Round: good.Round, Content: good.Content},
		"stats, no bytes":  {Key: good.Key, Status: Imported, Round: good.Round, SHA256: "aa"},
	} {
		if _, err := s.Commit(t.Context(), "game", nil, at, []Item{good, bad}); err == nil {
			t.Errorf("%s was committed", name)
		}
	}
	if got := pathsOf(t, s); got != "" {
		t.Errorf("kept: %s", got)
	}
}

// TestPanicInATransaction: a fault of ours loses the transaction, not the store.
func TestPanicInATransaction(t *testing.T) {
	s := open(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_ = s.write(t.Context(), func(tx *tx) error {
			if _, err := tx.source("lost"); err != nil {
				t.Error(err)
			}
			panic("a fault")
		})
	}()
	commit(t, s, season(t, 2)...)
	if states, err := s.States(t.Context()); err != nil || len(states) != 1 {
		t.Errorf("sources %v, %v", states, err)
	}
}

// TestSharedGUID: two players of one round have one GUID, and one of them is alone
// in the other; a round 1 that is read back tells them apart by name as well.
func TestSharedGUID(t *testing.T) {
	line := func(name string, kills int) string {
		return fmt.Sprintf("ABCD1234\\%s\\0\\1\\8 10 20 %d 0 0 %s\n", name, kills, "\t100\t100"+strings.Repeat("\t0", 20)+"\t5.0"+strings.Repeat("\t0", 15))
	}
	const head = "host\\ice\\legacy3\\1\\1\\1\\12:00\\12:00\n"
	wall := time.Date(2025, 10, 1, 20, 0, 0, 0, time.UTC)
	both, alone := line("^1one", 3)+line("^/two", 5), line("^2two", 5)
	for name, rounds := range map[string][2]string{
		"alone in round 2": {both, line("^2two", 9)},
		"alone in round 1": {alone, line("^1one", 2) + line("^/two", 9)},
	} {
		t.Run(name, func(t *testing.T) {
			first := item(t, fileName(wall, "ice", 1), 1, []byte(head+rounds[0]))
			second := item(t, fileName(wall.Add(10*time.Minute), "ice", 2), 2, []byte(head+rounds[1]))
			apart, together := open(t), open(t)
			commit(t, apart, first)
			commit(t, apart, second)
			commit(t, together, first, second)
			if dump(t, apart) != dump(t, together) {
				t.Error("apart and together differ")
			}
			if rows := table(t, apart, "SELECT kills FROM player_rounds WHERE mode = 'diff'"); len(rows) != 1 || rows[0]["kills"] != int64(4) {
				t.Errorf("rows %v", rows)
			}
		})
	}
}

// TestOtherZone: a source's zone was wrong and is put right; contents that come
// after that stand where the new zone says.
func TestOtherZone(t *testing.T) {
	moved, fresh := open(t), open(t)
	rng := rand.New(rand.NewPCG(8, 8))
	items := season(t, 30)
	commit(t, moved, items...)
	var again []Item
	for _, it := range items {
		again = append(again, item(t, it.Key.Path, it.Key.Modified+1, invented(rng, it.Round.Name.Map, it.Round.Name.Round, 3, 8)))
	}
	for _, s := range []*Store{moved, fresh} {
		if _, err := s.Commit(t.Context(), "game", time.UTC, at, again); err != nil {
			t.Fatal(err)
		}
	}
	if derived(t, moved) != derived(t, fresh) {
		t.Error("the old zone is still there")
	}
	sound(t, moved)
}

// TestInvalidText: names that are no UTF-8 are stored so that others can read them.
func TestInvalidText(t *testing.T) {
	s := open(t)
	it := season(t, 1)[0]
	it.Round.Header.Hostname = "host\xff"
	it.Round.Players[0].RawName, it.Round.Players[0].Name, it.Round.Players[0].Clean = "a\xfe", "a\xfe", "a\xfe"
	commit(t, s, it)
	for _, row := range table(t, s, "SELECT hostname AS x FROM rounds UNION ALL SELECT name FROM player_rounds UNION ALL SELECT name FROM players") {
		if x := row["x"].(string); strings.ToValidUTF8(x, "") != x {
			t.Errorf("%q is no UTF-8", x)
		}
	}
}
