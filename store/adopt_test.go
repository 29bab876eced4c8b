package store

import (
	"testing"
	"time"
)

func TestAdoptNames(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	handled, told, seen := time.Date(2025, 3, 4, 21, 0, 0, 0, time.UTC), Key{"told.bin", 5, 50}, Key{"seen.bin", 7, 70}
	commit(t, s, Item{Key: told, SHA256: "aa", Status: Kept})
	if err := s.Observe(ctx, "game", []Key{seen}, at); err != nil {
		t.Fatal(err)
	}
	list := []Handled{
		{Path: "told.bin", Modified: 1, Reason: "other"},
		{Path: "seen.bin", Modified: 2, Reason: "listed"},
		{Path: "old.bin", Modified: 3, SHA256: "cc", At: handled, Reason: "listed"},
	}
	if added, err := s.Adopt(ctx, "game", list, at); err != nil || added != 2 {
		t.Fatalf("%d added, %v", added, err)
	}
	before := dump(t, s)
	if added, err := s.Adopt(ctx, "game", list, at.Add(time.Hour)); err != nil || added != 0 || dump(t, s) != before {
		t.Errorf("again: %d added, %v", added, err)
	}
	l, err := s.Ledger(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[Key]bool{
		told: true, {"told.bin", 5, 51}: false,
		seen: true, {"seen.bin", 8, 9}: true, {"old.bin", 0, 3}: true, {"old.bin", 99, 99}: true,
		{"OLD.bin", 0, 3}: false,
	} {
		if e, ok := l.Known(key); ok != want || ok && e.Status == Seen {
			t.Errorf("%v is known: %v %v, want %v", key, e, ok, want)
		}
	}
	files, err := s.Files(ctx, FileQuery{Path: "old.bin"})
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if f := files[0]; f.Status != Ignored || f.Adopted != ByName || f.SHA256 != "cc" || f.Reason != "listed" ||
		!f.Handled.Equal(handled) || f.Version != 1 {
		t.Errorf("%+v", f)
	}
	bot := table(t, s, "SELECT * FROM processed_files WHERE filename = 'old.bin'")
	if len(bot) != 1 || bot[0]["success"] != int64(1) || bot[0]["processed_at"] != "2025-03-04 21:00:00" {
		t.Errorf("the bot sees %v", bot)
	}
	sound(t, s)
}

// TestAdoptedContent: what a path holds after a copy of it, or the source's own
// file, comes in some order.
func TestAdoptedContent(t *testing.T) {
	guess, real, grown := Key{"a.bin", 5, 1}, Key{"a.bin", 5, 50}, Key{"a.bin", 6, 60}
	byName := func(t *testing.T, s *Store) {
		if _, err := s.Adopt(t.Context(), "game", []Handled{{Path: "a.bin", Reason: "listed"}}, at); err != nil {
			t.Fatal(err)
		}
	}
	put := func(it Item) func(*testing.T, *Store) {
		return func(t *testing.T, s *Store) { commit(t, s, it) }
	}
	copied := put(Item{Key: guess, SHA256: "aa", Status: Kept, Adopted: BySize})
	for _, test := range []struct {
		name  string
		steps []func(*testing.T, *Store)
		want  File // the newest row, by these fields
		known map[Key]bool
	}{
		{"a copy", []func(*testing.T, *Store){copied, copied}, File{Key: guess, SHA256: "aa", Version: 1, Adopted: BySize},
			map[Key]bool{guess: true, real: true, grown: false}},
		{"the name, then the copy", []func(*testing.T, *Store){byName, copied}, File{Key: guess, SHA256: "aa", Version: 1, Adopted: BySize},
			map[Key]bool{real: true, grown: false}},
		{"the copy, then the name", []func(*testing.T, *Store){copied, byName}, File{Key: guess, SHA256: "aa", Version: 1, Adopted: BySize},
			map[Key]bool{real: true, grown: false}},
		{"the file, then another copy", []func(*testing.T, *Store){put(Item{Key: grown, SHA256: "bb", Status: Kept}), copied},
			File{Key: grown, SHA256: "bb", Version: 1}, map[Key]bool{grown: true, guess: false, real: false}},
		{"the copy, then its file", []func(*testing.T, *Store){copied, put(Item{Key: real, SHA256: "aa", Status: Kept})},
			File{Key: real, SHA256: "aa", Version: 1}, map[Key]bool{real: true, guess: false}},
		{"the copy, then the grown file", []func(*testing.T, *Store){copied, put(Item{Key: grown, SHA256: "bb", Status: Kept})},
			File{Key: grown, SHA256: "bb", Version: 2}, map[Key]bool{grown: true, real: false, guess: true}},
		{"a rejected copy, tried again", []func(*testing.T, *Store){
			put(Item{Key: guess, SHA256: "aa", Status: Rejected, Reason: "bad", Adopted: BySize}), put(Item{Key: guess, SHA256: "aa", Status: Kept})},
			File{Key: guess, SHA256: "aa", Version: 1, Adopted: BySize}, map[Key]bool{real: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			for _, step := range test.steps {
				step(t, s)
			}
			files, err := s.Files(t.Context(), FileQuery{})
			if err != nil || len(files) != 1 {
				t.Fatalf("%v, %v", files, err)
			}
			f := files[0]
			if got := (File{Key: f.Key, SHA256: f.SHA256, Version: f.Version, Adopted: f.Adopted}); got != test.want || f.Status != Kept {
				t.Errorf("got %+v, want %+v", f, test.want)
			}
			l, err := s.Ledger(t.Context(), "game")
			if err != nil {
				t.Fatal(err)
			}
			for key, want := range test.known {
				if _, ok := l.Known(key); ok != want {
					t.Errorf("%v is known: %v", key, ok)
				}
			}
			sound(t, s)
		})
	}
}
