package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// pauser opens the pauses of a store's database, as a second process would.
func pauser(t *testing.T, path string) *Pauser {
	t.Helper()
	p, err := OpenPauser(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestPauseAt(t *testing.T) {
	hour := func(h int) time.Time { return at.Add(time.Duration(h) * time.Hour) }
	for _, tt := range []struct {
		name  string
		pause Pause
		t     time.Time
		want  bool
	}{
		{"none", Pause{}, at, false},
		{"until it is resumed", Pause{Since: at}, hour(9999), true},
		{"its first instant", Pause{at, hour(1)}, at, true},
		{"its last instant", Pause{at, hour(1)}, hour(1).Add(-1), true},
		{"its end", Pause{at, hour(1)}, hour(1), false},
		{"over", Pause{at, hour(1)}, hour(2), false},
		{"on a clock that was set back", Pause{at, hour(1)}, hour(-5), true},
		{"resumed at once", Pause{at, at}, at, false},
	} {
		if got := tt.pause.At(tt.t); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

// TestPauses goes through a life of pauses, while the engine saves its states.
func TestPauses(t *testing.T) {
	s := open(t)
	p := pauser(t, s.Path())
	state := SourceState{Source: "game", Misses: 3, LastCheck: at, Next: at.Add(time.Minute), Reason: "so"}
	want := func(source string, want Pause) {
		t.Helper()
		if err := s.SaveState(t.Context(), state); err != nil { // which leaves the pause alone
			t.Fatal(err)
		}
		got, err := s.Pause(t.Context(), source)
		all, err2 := s.Pauses(t.Context())
		if err := errors.Join(err, err2); err != nil || got != want || all[source] != want {
			t.Errorf("pause of %q: %+v, and %+v among all, want %+v (%v)", source, got, all[source], want, err)
		}
	}
	set := func(now time.Time, until map[string]time.Time) map[string]Pause {
		t.Helper()
		before, err := p.Set(t.Context(), now, until)
		if err != nil {
			t.Fatal(err)
		}
		return before
	}
	resume := func(now time.Time, source string) Pause {
		t.Helper()
		before, err := p.Resume(t.Context(), now, []string{source})
		if err != nil {
			t.Fatal(err)
		}
		return before[source]
	}
	day := 24 * time.Hour
	want("game", Pause{})
	resume(at, "game")
	resume(at, "never heard of")
	want("game", Pause{})
	if before := set(at, map[string]time.Time{"game": at.Add(day), "new": {}}); before["game"] != (Pause{}) || len(before) != 2 {
		t.Errorf("before: %+v", before)
	}
	want("game", Pause{at, at.Add(day)})
	want("new", Pause{Since: at})
	if before := set(at.Add(time.Hour), map[string]time.Time{"game": at.Add(2 * day)}); before["game"] != (Pause{at, at.Add(day)}) {
		t.Errorf("before: %+v", before)
	}
	want("game", Pause{at, at.Add(2 * day)}) // it goes on
	if was := resume(at.Add(2*time.Hour), "game"); was != (Pause{at, at.Add(2 * day)}) {
		t.Errorf("was %+v", was)
	}
	over := Pause{at, at.Add(2 * time.Hour)}
	want("game", over)
	resume(at.Add(3*time.Hour), "game")
	want("game", over) // nothing to resume
	set(at.Add(4*time.Hour), map[string]time.Time{"game": {}})
	want("game", Pause{Since: at.Add(4 * time.Hour)}) // another one
	states, err := s.States(t.Context())
	if err != nil || states["game"] != state || states["new"] != (SourceState{Source: "new"}) || len(states) != 2 {
		t.Errorf("states %+v, %v", states, err)
	}
}

// TestPauserTakesItsTurn changes pauses while the writer of another process commits.
func TestPauserTakesItsTurn(t *testing.T) {
	s := open(t)
	p := pauser(t, s.Path())
	files := season(t, 40)
	var writing sync.WaitGroup
	writing.Go(func() {
		for i, file := range files {
			if _, err := s.Commit(t.Context(), "game", testZone, at, []Item{file}); err != nil {
				t.Error(err)
			}
			if err := s.SaveState(t.Context(), SourceState{Source: "game", Misses: i}); err != nil {
				t.Error(err)
			}
		}
	})
	last := Pause{Since: at}
	for i := range 40 {
		last.Until = at.Add(time.Duration(i+1) * time.Hour)
		if _, err := p.Set(t.Context(), at, map[string]time.Time{"game": last.Until}); err != nil {
			t.Error(err)
		}
		if got, err := s.Pause(t.Context(), "game"); err != nil || got != last {
			t.Errorf("%+v, %v, want %+v", got, err, last)
		}
	}
	writing.Wait()
	got, err := s.Pause(t.Context(), "game")
	states, err2 := s.States(t.Context())
	if err := errors.Join(err, err2); err != nil || got != last || states["game"].Misses != 39 {
		t.Errorf("%+v, %+v, %v", got, states, err)
	}
	if n := len(table(t, s, "SELECT * FROM rounds")); n != 40 {
		t.Errorf("%d rounds, want 40", n)
	}
	sound(t, s)
}

// TestPauseAllOrNone: a pause of several sources that fails at one changes none.
func TestPauseAllOrNone(t *testing.T) {
	s := open(t)
	p := pauser(t, s.Path())
	if err := s.write(t.Context(), func(x *tx) error {
		return x.exec("CREATE TRIGGER no BEFORE UPDATE ON sources WHEN new.name = 'b' BEGIN SELECT raise(ABORT, 'no room'); END")
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Set(t.Context(), at, map[string]time.Time{"a": {}, "b": {}, "c": {}}); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Fatalf("set: %v", err)
	}
	if all, err := s.Pauses(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestPauserRefused: what is no database of this version is left as it is.
func TestPauserRefused(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none", "s.db")
	if _, err := OpenPauser(t.Context(), missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a missing file: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(missing)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
	for reason, spoil := range map[string]func(path string){
		"older": func(path string) { older(t, path) },
		fmt.Sprintf("newer smartsync (version 99, this one knows %d)", latestVersion): func(path string) {
			statement(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		},
		"another program's": func(path string) { statement(t, path, "PRAGMA application_id = 7") },
	} {
		path := closed(t)
		spoil(path)
		before := fileBytes(t, path)
		_, err := OpenPauser(t.Context(), path)
		if _, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(err.Error(), reason) {
			t.Errorf("%v, want %q", err, reason)
		}
		if fileBytes(t, path) != before {
			t.Errorf("%s: the file changed", reason)
		}
	}
}

// TestPauseOutlivesTheUpgrade: a database of before there were pauses has none, and
// then may have some; nobody else has to be there.
func TestPauseOutlivesTheUpgrade(t *testing.T) {
	path := closed(t)
	older(t, path)
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Pause(t.Context(), "game"); err != nil || got != (Pause{}) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := OpenPauser(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Set(t.Context(), at, map[string]time.Time{"game": {}})
	if err := errors.Join(err, p.Close()); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the database: %v, %v", entries, err)
	}
	if s, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := s.Pause(t.Context(), "game"); err != nil || got != (Pause{Since: at}) {
		t.Errorf("%+v, %v", got, err)
	}
	sound(t, s)
}

func BenchmarkPause(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "s.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	if err := s.SaveState(b.Context(), SourceState{Source: "game"}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Pause(b.Context(), "game"); err != nil {
			b.Fatal(err)
		}
	}
}
