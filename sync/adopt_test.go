package sync

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// TestAdopt takes over a folder of copies with times of their own and a list that
// names more: a check of the source, which has all of them, brings nothing.
func TestAdopt(t *testing.T) {
	source, n := copyEvening(t)
	copies := t.TempDir()
	if err := os.CopyFS(copies, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	put(t, source, "bad", "x")
	put(t, copies, "bad", "x")
	put(t, source, "gone.txt", "only on the list")
	put(t, source, "grown.txt", "longer than it was")
	put(t, copies, "grown.txt", "longer")
	list := []store.Handled{{Path: "gone.txt", Modified: 7}, {Path: "bad"}, {Path: "bad"}, {Path: "../x"}, {Path: "elsewhere.txt"}}
	s := newSource(t, Options{URL: source, Importer: ETLegacy})
	a, err := s.Adopt(soon(t), copies, list, nil)
	if err != nil || a.Names != 3 || a.KnownList != 0 || a.Unfit != 1 || a.Imported != n-1 || a.Ignored != 1 || len(a.Rejected) != 2 {
		t.Fatalf("%+v, %v", a, err)
	}
	again, err := s.Adopt(soon(t), copies, list, nil)
	if err != nil || again.Names != 0 || again.KnownList != 3 || len(again.Found) != 0 || again.Bytes != 0 {
		t.Fatalf("again: %+v, %v", again, err)
	}
	rep := check(t, s)
	if names(rep) != "grown.txt" {
		t.Errorf("the check brought %q", names(rep))
	}
	if rep := check(t, s); len(rep.Found)+rep.Touched != 0 || rep.Bytes != 0 {
		t.Errorf("the next check: %+v", rep)
	}
	if _, err := s.Retry(soon(t)); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, s); rep.Bytes != 0 {
		t.Errorf("a check after a retry: %+v", rep)
	}
	var at time.Time
	for _, arrival := range arrivals(t, s) {
		if arrival.Path == "2025-10-03-202745-supply-round-1.txt" {
			at = arrival.Modified
		}
	}
	if !at.Equal(time.Date(2025, 10, 3, 20, 27, 45, 0, time.UTC)) {
		t.Errorf("the file arrived at %v: not at its name's moment", at)
	}
}

func arrivals(t *testing.T, s *Source) []store.Arrival {
	t.Helper()
	all, err := s.store.Arrivals(soon(t), s.o.Name)
	if err != nil || len(all) == 0 {
		t.Fatalf("%d arrivals, %v", len(all), err)
	}
	return all
}

// TestAdoptNamesAlone: what is on the list alone is known, until a copy of it is found.
func TestAdoptNamesAlone(t *testing.T) {
	source, n := copyEvening(t)
	var list []store.Handled
	entries, err := os.ReadDir(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, store.Handled{Path: e.Name()})
	}
	s := newSource(t, Options{URL: source, Importer: ETLegacy})
	if a, err := s.Adopt(soon(t), "", list, nil); err != nil || a.Names != n || a.Listed != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	if rep := check(t, s); len(rep.Found) != 0 || rep.Bytes != 0 {
		t.Fatalf("the check: %+v", rep)
	}
	if a, err := s.Adopt(soon(t), source, nil, nil); err != nil || a.Imported != n-1 {
		t.Fatalf("the copies: %+v, %v", a, err)
	}
	if rep := check(t, s); len(rep.Found) != 0 || rep.Bytes != 0 {
		t.Fatalf("the check after: %+v", rep)
	}
	if _, err := s.Adopt(soon(t), filepath.Join(source, "missing"), nil, nil); err == nil {
		t.Error("a missing folder is taken over")
	}
}

// TestAdoptRunsNoCommand: what a command did with the files is history too.
func TestAdoptRunsNoCommand(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "x")
	s := commandSource(t, dir, `echo ran > ran`, 0)
	a, err := s.Adopt(soon(t), dir, nil, nil)
	if err != nil || a.Ignored != 1 {
		t.Fatalf("%+v, %v", a, err)
	}
	if rep := check(t, s); len(rep.Found) != 0 {
		t.Errorf("the check: %+v", rep)
	}
	if _, err := os.Stat(filepath.Join(s.o.Dir, "ran")); err == nil {
		t.Error("the command ran")
	}
}
