package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestLedger(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	if l, err := s.Ledger(ctx, "game"); err != nil || l.Len() != 0 {
		t.Fatalf("of an unknown source: %d files, %v", l.Len(), err)
	}
	if _, ok := (Ledger{}).Twin("a"); ok {
		t.Error("the zero ledger knows something")
	}
	v1, v2, grown := Key{"A.bin", 10, 100}, Key{"A.bin", 11, 200}, Key{"A.bin", 12, 300}
	seen := Key{"new.bin", 1, 400}
	kept := func(k Key, sha string) Item { return Item{Key: k, SHA256: sha, Status: Kept} }
	commit(t, s, kept(v1, "aa"))
	commit(t, s, kept(v2, "bb"), kept(Key{"b.bin", 3, 3}, "aa"))
	later := at.Add(time.Hour)
	if err := s.Observe(ctx, "game", []Key{v1, grown, seen}, later); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(ctx, "other", nil, at, []Item{kept(Key{"c.bin", 1, 1}, "cc")}); err != nil {
		t.Fatal(err)
	}
	l, err := s.Ledger(ctx, "game")
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[Key]Entry{
		v1: {Kept, 1, at, 0}, v2: {Kept, 2, at, 0}, grown: {Seen, 0, later, 0}, seen: {Seen, 0, later, 0},
	} {
		if got, ok := l.Known(key); !ok || got != want {
			t.Errorf("%v is %v, %v; want %v", key, got, ok, want)
		}
	}
	for _, key := range []Key{{"A.bin", 10, 200}, {"c.bin", 1, 1}, {"a.bin", 10, 100}} {
		if got, ok := l.Known(key); ok {
			t.Errorf("%v is %v", key, got)
		}
	}
	if key, e, ok := l.Latest("A.bin"); !ok || key != grown || e.Status != Seen {
		t.Errorf("latest is %v %v %v", key, e, ok)
	}
	for path, want := range map[string]string{"a.bin": "A.bin", "B.BIN": "b.bin", "A.bin": "", "d.bin": ""} {
		if got, ok := l.Twin(path); ok != (want != "") || ok && got != want {
			t.Errorf("twin of %q is %q, %v", path, got, ok)
		}
	}
	if got := slices.Sorted(l.Paths()); !slices.Equal(got, []string{"A.bin", "b.bin", "new.bin"}) || l.Len() != 3 {
		t.Errorf("paths %q", got)
	}
}

func TestObserve(t *testing.T) {
	s := open(t)
	observe := func(k Key, when time.Time) {
		t.Helper()
		if err := s.Observe(t.Context(), "game", []Key{k}, when); err != nil {
			t.Fatal(err)
		}
	}
	first := func() File {
		t.Helper()
		files, err := s.Files(t.Context(), FileQuery{All: true})
		if err != nil || len(files) != 1 {
			t.Fatalf("%v, %v", files, err)
		}
		return files[0]
	}
	small, large := Key{"a", 1, 1}, Key{"a", 2, 2}
	observe(small, at)
	observe(small, at.Add(time.Hour))
	if f := first(); f.Key != small || !f.FirstSeen.Equal(at) || f.Status != Seen || f.Version != 0 {
		t.Errorf("seen twice: %+v", f)
	}
	observe(large, at.Add(2*time.Hour))
	if f := first(); f.Key != large || !f.FirstSeen.Equal(at.Add(2*time.Hour)) {
		t.Errorf("grown: %+v", f)
	}
	commit(t, s, Item{Key: large, SHA256: "aa", Status: Kept})
	if f := first(); f.Status != Kept || f.Version != 1 || !f.FirstSeen.Equal(at.Add(2*time.Hour)) {
		t.Errorf("committed: %+v", f)
	}
	observe(large, at.Add(3*time.Hour))
	if f := first(); f.Status != Kept {
		t.Errorf("seen after it was fetched: %+v", f)
	}
}

// BenchmarkLedger reads what is known of 100,000 files.
func BenchmarkLedger(b *testing.B) {
	s := open(b)
	items := make([]Item, 100_000)
	for i := range items {
		items[i] = Item{Key: Key{fmt.Sprintf("2025-01-01-%06d-supply-round-1.txt", i), 4000, int64(i)}, SHA256: "00", Status: Kept}
	}
	commit(b, s, items...)
	b.ReportAllocs()
	for b.Loop() {
		if l, err := s.Ledger(b.Context(), "game"); err != nil || l.Len() != len(items) {
			b.Fatal(l.Len(), err)
		}
	}
}
