package sync

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

func openStore(t testing.TB) *store.Store {
	t.Helper()
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "smartsync.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// newSource makes a source with a short settle; files are kept below a folder of
// the test.
func newSource(t testing.TB, o Options) *Source {
	t.Helper()
	o.Name = "game"
	if o.Files == "" {
		o.Files = filepath.Join(t.TempDir(), "files", "game")
	}
	if o.Settle == 0 {
		o.Settle = time.Millisecond
	}
	s, err := New(o, openStore(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// put writes a file that was last written an hour ago, and a minute later for
// each that was put before.
func put(t testing.TB, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, name)
	write(t, file, []byte(content), 0o644)
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	when := time.Now().Add(-time.Hour + time.Duration(len(names))*time.Minute)
	if err := os.Chtimes(file, when, when); err != nil {
		t.Fatal(err)
	}
}

// check runs a check that must succeed.
func check(t testing.TB, s *Source) Report {
	t.Helper()
	rep, err := s.Check(soon(t))
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	return rep
}

func names(rep Report) string {
	var all []string
	for _, f := range rep.Found {
		all = append(all, f.Name)
	}
	return strings.Join(all, " ")
}

// kept returns the files folder's names and contents.
func kept(t testing.TB, s *Source) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(s.o.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(s.o.Files, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(data)
	}
	return all
}

func TestCheckBringsWhatIsNew(t *testing.T) {
	for _, rig := range rigs {
		t.Run(rig.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "b.txt", "first")
			put(t, dir, "a.txt", "second")
			put(t, dir, "a.log", "not matched")
			s := newSource(t, withMatch(rig.options(t, dir)))
			plan, err := s.DryRun(soon(t))
			if err != nil || len(plan.New) != 2 || plan.Bytes != 11 || plan.Listed != 2 {
				t.Fatalf("dry run: %+v, %v", plan, err)
			}
			rep := check(t, s)
			if names(rep) != "b.txt a.txt" || rep.Kept != 2 || rep.Bytes != 11 || rep.Listed != 2 || rep.Skipped != 0 {
				t.Errorf("first check: %+v", rep)
			}
			if got := kept(t, s); len(got) != 2 || got["a.txt"] != "second" || got["b.txt"] != "first" {
				t.Errorf("kept %q", got)
			}
			if again := check(t, s); len(again.Found) != 0 || again.Bytes != 0 {
				t.Errorf("second check: %+v", again)
			}
			put(t, dir, "c.txt", "third")
			s.Rest(time.Second)
			if rep := check(t, s); names(rep) != "c.txt" {
				t.Errorf("third check: %+v", rep)
			}
			s.Rest(time.Hour)
			checks, err := s.store.Checks(soon(t), "game", 0)
			if err != nil || len(checks) != 3 || checks[0].Found != 1 || checks[1].Found != 0 || checks[2].Found != 2 || checks[2].Bytes != 11 {
				t.Errorf("recorded checks %+v, %v", checks, err)
			}
		})
	}
}

func withMatch(o Options) Options { o.Match = []string{"*.txt"}; return o }

func TestCheckVersions(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.txt", "old")
	s := newSource(t, Options{URL: dir})
	check(t, s)
	put(t, dir, "a.txt", "newer")
	rep := check(t, s)
	if names(rep) != "a.txt" || rep.Files[0].Version != 2 || kept(t, s)["a.txt"] != "newer" {
		t.Errorf("a new version: %+v, kept %q", rep, kept(t, s))
	}
	when := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "a.txt"), when, when); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, s); len(rep.Found) != 0 || rep.Touched != 1 {
		t.Errorf("a touched file: %+v", rep)
	}
	if rep := check(t, s); len(rep.Found) != 0 || rep.Touched != 0 || rep.Bytes != 0 {
		t.Errorf("a file touched before: %+v", rep)
	}
	if err := os.Remove(filepath.Join(dir, "a.txt")); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, s); len(rep.Found) != 0 || kept(t, s)["a.txt"] != "newer" {
		t.Errorf("a file that disappeared: %+v, kept %q", rep, kept(t, s))
	}
}

func TestCheckKeepsTwinsApart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the source's file system must know case")
	}
	dir := t.TempDir()
	for _, name := range []string{"a.txt", "A.txt", "é.txt", "e\u0301.txt"} {
		put(t, dir, name, "of "+name)
	}
	s := newSource(t, Options{URL: dir})
	rep := check(t, s)
	folds := map[string]bool{}
	for _, f := range rep.Files {
		path := filepath.Join(filepath.Dir(s.o.Files), f.Local)
		data, err := os.ReadFile(path)
		if err != nil || string(data) != "of "+f.Key.Path {
			t.Errorf("%q is kept as %q: %q, %v", f.Key.Path, f.Local, data, err)
		}
		folds[fold(f.Local)] = true
	}
	if len(folds) != 4 {
		t.Errorf("kept as %v", folds)
	}
}

// A file that is still written to is left, and not fetched twice once it rests.
func TestCheckSettles(t *testing.T) {
	for _, rig := range rigs {
		t.Run(rig.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "growing"), []byte("half"), 0o644)
			write(t, filepath.Join(dir, "resting"), []byte("whole"), 0o644)
			write(t, filepath.Join(dir, "vanishing"), []byte("gone soon"), 0o644)
			o := rig.options(t, dir)
			o.Settle = 300 * time.Millisecond
			o.Progress = func(done, total int, _ int64) {
				if done == total { // all is fetched and waits to settle
					write(t, filepath.Join(dir, "growing"), []byte("half and half"), 0o644)
					os.Remove(filepath.Join(dir, "vanishing"))
				}
			}
			s := newSource(t, o)
			rep := check(t, s)
			if names(rep) != "resting" || rep.Pending != 1 || len(rep.Failed) != 1 || rep.Failed[0].Name != "vanishing" {
				t.Errorf("first check: %+v", rep)
			}
			if got := kept(t, s); len(got) != 1 || got["resting"] != "whole" {
				t.Errorf("kept %q", got)
			}
			s.o.Progress = func(int, int, int64) {}
			if rep = check(t, s); names(rep) != "growing" || kept(t, s)["growing"] != "half and half" {
				t.Errorf("second check: %+v", rep)
			}
		})
	}
}

func TestCheckCalledOff(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "new"), []byte("x"), 0o644)
	ctx, cancel := context.WithCancel(soon(t))
	s := newSource(t, Options{URL: dir, Settle: time.Hour, Progress: func(int, int, int64) { cancel() }})
	if rep, err := s.Check(ctx); !errors.Is(err, context.Canceled) || len(rep.Found) != 0 {
		t.Errorf("a check called off while it settles: %+v, %v", rep, err)
	}
	if got := kept(t, s); len(got) != 0 {
		t.Errorf("it leaves %q", got)
	}
	if checks, err := s.store.Checks(soon(t), "game", 0); err != nil || len(checks) != 1 || checks[0].Error == "" {
		t.Errorf("recorded as %+v, %v", checks, err)
	}
}

// One bad file does not stop the others; nothing but bad files is a failed check.
func TestCheckPassesOverBadFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "bad", "cannot be put in place")
	s := newSource(t, Options{URL: dir, MaxSize: 30})
	if err := os.MkdirAll(filepath.Join(s.o.Files, "bad", "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	rep, err := s.Check(soon(t))
	if err == nil || len(rep.Failed) != 1 || !strings.Contains(err.Error(), `"bad"`) {
		t.Fatalf("a check of one bad file: %+v, %v", rep, err)
	}
	put(t, dir, "good", "x")
	put(t, dir, "large", strings.Repeat("x", 31))
	put(t, dir, "-rf", "x")
	rep = check(t, s)
	if names(rep) != "good" || len(rep.Failed) != 1 || rep.Skipped != 2 || len(rep.Skips) != 2 {
		t.Errorf("%+v", rep)
	}
	for name := range listed(t, s.o.Files) {
		if ours.MatchString(name) {
			t.Errorf("the temporary file %q is left", name)
		}
	}
}

func listed(t testing.TB, dir string) map[string]bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, e := range entries {
		all[e.Name()] = true
	}
	return all
}

func TestCheckSweepsItsLeftovers(t *testing.T) {
	s := newSource(t, Options{URL: t.TempDir()})
	write(t, filepath.Join(s.o.Files, ".smartsync-0123456789abcdef.part"), []byte("left"), 0o644)
	foreign := []string{".smartsync-notes.part", "x.part", ".smartsync-0123456789abcdef.part.bak"}
	for _, name := range foreign {
		write(t, filepath.Join(s.o.Files, name), []byte("somebody's"), 0o644)
	}
	check(t, s)
	left := listed(t, s.o.Files)
	if len(left) != len(foreign) || slices.ContainsFunc(foreign, func(name string) bool { return !left[name] }) {
		t.Errorf("left: %v", left)
	}
}

func TestCheckOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "fits", "x")
	put(t, dir, "large", strings.Repeat("x", 1<<20))
	put(t, dir, "late", "y")
	small := smallDisk(t)
	s := newSource(t, Options{URL: dir, Files: filepath.Join(small, "game"), Parallel: 1})
	rep, err := s.Check(soon(t))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Other || !strings.Contains(err.Error(), "the disk is full") {
		t.Fatalf("check: %+v, %v", rep, err)
	}
	for name := range kept(t, s) {
		if ours.MatchString(name) {
			t.Errorf("the temporary file %q is left", name)
		}
	}
	files, err := s.store.Files(soon(t), store.FileQuery{})
	for _, f := range files {
		if f.Key.Path == "large" {
			t.Errorf("the ledger has %+v", f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Options{Name: "game", URL: t.TempDir(), Files: t.TempDir()}
	if _, err := New(good, nil, nil); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.URL = "relative" }, "must be absolute"},
		{func(o *Options) { o.URL = "ftp://host/x" }, "unknown kind of url"},
		{func(o *Options) { o.URL = "sftp://et:canary@host/x" }, "password"},
		{func(o *Options) { o.URL = "sftp://et:can%zzary@host/x" }, "cannot be read"},
		{func(o *Options) { o.URL = "sftp://host" }, "names no path"},
		{func(o *Options) { o.URL = "sftp:///x" }, "no host"},
		{func(o *Options) { o.URL = "sftp://host:99999/x" }, "port"},
		{func(o *Options) { o.URL = "sftp://-oProxyCommand=x/x" }, "dash"},
		{func(o *Options) { o.URL = "sftp://host/a#b" }, "%23"},
		{func(o *Options) { o.Match = []string{"[a"} }, "glob"},
		{func(o *Options) { o.Importer = "lua" }, "unknown importer"},
		{func(o *Options) { o.Importer = Command }, "needs a command"},
		{func(o *Options) { o.Files = "relative" }, "must be absolute"},
	}
	for _, test := range tests {
		o := good
		test.change(&o)
		_, err := New(o, nil, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "can%") {
			t.Errorf("%+v: %v, want %q", o.URL, err, test.want)
		}
	}
}
