package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// told is the outbox as text: event, subject, and what is unusual of it.
func told(t *testing.T, s *Store) string {
	t.Helper()
	notices, all, err := s.Notices(t.Context(), 0, 1000)
	if err != nil || all != len(notices) {
		t.Fatalf("%d of %d notices: %v", len(notices), all, err)
	}
	var b strings.Builder
	for _, n := range notices {
		fmt.Fprintf(&b, "%s %s", n.Event, n.Subject)
		if n.Payload.Paired {
			b.WriteString(" paired")
		}
		if n.Payload.Again {
			b.WriteString(" again")
		}
		if n.Payload.Count > 0 {
			fmt.Fprintf(&b, "%d", n.Payload.Count)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// evening is the two rounds of a map, played shortly before the tests commit.
func evening(t *testing.T) (one, two Item) {
	rng := rand.New(rand.NewPCG(3, 3))
	wall := at.In(testZone).Add(-time.Hour)
	return item(t, fileName(wall, "supply", 1), wall.Unix(), invented(rng, "supply", 1, 6, 40)),
		item(t, fileName(wall.Add(10*time.Minute), "supply", 2), wall.Unix()+600, invented(rng, "supply", 2, 6, 40))
}

func TestOutboxOfCommits(t *testing.T) {
	const first, second = "supply/2026-01-02-030405", "supply/2026-01-02-031405"
	for _, test := range []struct {
		name string
		do   func(s *Store, one, two Item)
		want string
	}{
		{"not announced", func(s *Store, one, two Item) { s.Announce(false); commit(t, s, one, two) }, ""},
		{"one by one", func(s *Store, one, two Item) { commit(t, s, one); commit(t, s, two) },
			"round " + first + "\nround " + second + " paired\nmatch " + first + "\n"},
		{"round 2 first", func(s *Store, one, two Item) { commit(t, s, two); commit(t, s, one) },
			"round " + second + "\nround " + first + "\nmatch " + first + "\n"},
		{"twice", func(s *Store, one, two Item) { commit(t, s, one, two); commit(t, s, one, two) },
			"round " + first + "\nround " + second + " paired\nmatch " + first + "\n"},
		{"changed", func(s *Store, one, two Item) {
			commit(t, s, one)
			changed := item(t, one.Key.Path, one.Key.Modified+1, invented(rand.New(rand.NewPCG(9, 9)), "supply", 1, 4, 40))
			commit(t, s, changed)
		}, "round " + first + "\nround " + first + " again\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			s.Announce(true)
			one, two := evening(t)
			test.do(s, one, two)
			if got := told(t, s); got != test.want {
				t.Errorf("told\n%swant\n%s", got, test.want)
			}
			sound(t, s)
		})
	}
}

func TestOutboxOfHistory(t *testing.T) {
	s := open(t)
	s.Announce(true)
	commit(t, s, season(t, 100)...)
	if got := told(t, s); got != "history 100\n" {
		t.Errorf("a year of files is told as\n%s", got)
	}
}

// TestOutboxRollsBack holds the outbox to the transaction of the rows it tells of.
func TestOutboxRollsBack(t *testing.T) {
	s := open(t)
	s.Announce(true)
	one, _ := evening(t)
	if _, err := s.Commit(t.Context(), "game", testZone, at, []Item{one, {}}); err == nil {
		t.Fatal("an item without a path was committed")
	}
	if err := s.write(t.Context(), func(x *tx) error {
		return x.exec("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT raise(ABORT, 'no room'); END")
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), "game", testZone, at, []Item{one}); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Fatalf("commit with an outbox that cannot be written: %v", err)
	}
	if n := len(table(t, s, "SELECT * FROM rounds")); n != 0 {
		t.Errorf("%d rounds without their news", n)
	}
}

func TestReaders(t *testing.T) {
	s := open(t)
	put := func(text string) {
		t.Helper()
		if err := s.PutNotice(t.Context(), Notice{At: at, Event: EventError, Source: "game", Payload: Payload{Text: text}}, text); err != nil {
			t.Fatal(err)
		}
	}
	put("before")
	r, err := s.Reader(t.Context(), "discord")
	if err != nil {
		t.Fatal(err)
	}
	put("after")
	notices, all, err := s.Notices(t.Context(), r.Last, 10)
	if err != nil || all != 1 || notices[0].Payload.Text != "after" {
		t.Fatalf("a new reader is told %+v of %d: %v", notices, all, err)
	}
	r.Last, r.Doubts, r.Missed, r.Trouble = notices[0].ID, 1, 2, "gone"
	if err := s.SaveReader(t.Context(), r, "supply/1", "4711", at); err != nil {
		t.Fatal(err)
	}
	r.Since = at
	if again, err := s.Reader(t.Context(), "discord"); err != nil || again != r {
		t.Errorf("got %+v, %v; saved %+v", again, err, r)
	}
	if id, err := s.Message(t.Context(), "discord", "supply/1", at.Add(-time.Hour)); err != nil || id != "4711" {
		t.Errorf("message %q, %v", id, err)
	}
	if id, err := s.Message(t.Context(), "discord", "supply/1", at); err != nil || id != "" {
		t.Errorf("an old message %q, %v", id, err)
	}
	marks, err := s.Marks(t.Context(), EventError)
	if err != nil || marks["game"] != "after" {
		t.Errorf("marks %v, %v", marks, err)
	}
	if gone, err := s.PruneOutbox(t.Context(), at.Add(time.Second)); err != nil || gone != 2 {
		t.Errorf("pruned %d, %v", gone, err)
	}
	put("") // numbers go on, and an empty mark is none
	if notices, _, err := s.Notices(t.Context(), r.Last, 10); err != nil || len(notices) != 1 {
		t.Errorf("after pruning a reader is told %v, %v", notices, err)
	}
	if marks, _ := s.Marks(t.Context(), EventError); len(marks) != 0 {
		t.Errorf("marks %v", marks)
	}
}

// TestTroubleHasABeginning: it stays while the trouble changes its words, and goes with
// it.
func TestTroubleHasABeginning(t *testing.T) {
	s := open(t)
	for minute, step := range []struct {
		trouble string
		since   time.Time
	}{
		{"", time.Time{}}, {"no answer", at.Add(time.Minute)}, {"no route", at.Add(time.Minute)}, {"no route", at.Add(time.Minute)},
		{"", time.Time{}}, {"no answer", at.Add(5 * time.Minute)},
	} {
		r := Reader{Name: "discord", Last: 3, Trouble: step.trouble}
		if err := s.SaveReader(t.Context(), r, "", "", at.Add(time.Duration(minute)*time.Minute)); err != nil {
			t.Fatal(err)
		}
		r.Since = step.since
		if all, err := s.Readers(t.Context()); err != nil || len(all) != 1 || all[0] != r {
			t.Errorf("minute %d: %+v, %v, want %+v", minute, all, err, r)
		}
	}
}
