package sync

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// evening is an invented evening of stats files that the project ships.
const evening = "../examples/gamestats"

// copyEvening copies its rounds to a new folder, with an awards file beside them,
// and returns how many files it has.
func copyEvening(t testing.TB) (dir string, files int) {
	t.Helper()
	dir = t.TempDir()
	entries, err := os.ReadDir(evening)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "2025-10-03-201530-etl_adlernest-round-2-endstats.txt", "awards")
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_ws.txt") {
			continue
		}
		files++
		data, err := os.ReadFile(filepath.Join(evening, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, e.Name(), string(data))
	}
	return dir, files + 1
}

func TestImportStats(t *testing.T) {
	dir, n := copyEvening(t)
	put(t, dir, "notes.txt", "no stats")
	put(t, dir, "2025-10-03-235959-supply-round-1.txt", "broken\n")
	s := newSource(t, Options{URL: dir, Importer: ETLegacy})
	rep := check(t, s)
	if len(rep.Found) != n+2 || rep.Imported != n-1 || rep.Ignored != 1 || len(rep.Rejected) != 2 {
		t.Fatalf("%d files: %d imported, %d ignored, %+v", len(rep.Found), rep.Imported, rep.Ignored, rep.Rejected)
	}
	for _, r := range rep.Rejected {
		if r.Reason == "" || r.Name == "notes.txt" && !strings.Contains(r.Reason, "name") {
			t.Errorf("%+v", r)
		}
	}
	if again := check(t, s); len(again.Found) != 0 {
		t.Errorf("rejected files are brought again: %+v", again)
	}
	put(t, dir, "2025-10-03-200812-etl_adlernest-round-2.txt", kept(t, s)["2025-10-03-200812-etl_adlernest-round-1.txt"])
	if rep := check(t, s); rep.Duplicates != 1 || rep.Imported != 0 || len(rep.Found) != 1 {
		t.Errorf("the same content under another name: %+v", rep)
	}
}

func TestRetry(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "2025-10-03-200812-x-round-1.txt", "broken\n")
	put(t, dir, "notes.txt", "no stats")
	s := newSource(t, Options{URL: dir, Importer: ETLegacy})
	check(t, s)
	rep, err := s.Retry(soon(t))
	if err != nil || len(rep.Rejected) != 2 || len(rep.Failed) != 0 || rep.Imported != 0 {
		t.Fatalf("a retry that changes nothing: %+v, %v", rep, err)
	}
	if err := os.Remove(filepath.Join(s.o.Files, "notes.txt")); err != nil {
		t.Fatal(err)
	}
	s.o.Importer = None // now the source imports nothing
	rep, err = s.Retry(soon(t))
	if err != nil || rep.Kept != 1 || len(rep.Failed) != 1 || rep.Failed[0].Name != "notes.txt" {
		t.Fatalf("a retry with another importer: %+v, %v", rep, err)
	}
	write(t, filepath.Join(s.o.Files, "notes.txt"), []byte("another"), 0o644)
	rep, err = s.Retry(soon(t))
	if err != nil || rep.Listed != 1 || len(rep.Failed) != 1 || !strings.Contains(rep.Failed[0].Reason, "another version") {
		t.Fatalf("a retry of what is not the same file: %+v, %v", rep, err)
	}
}

func TestImportFolder(t *testing.T) {
	dir, n := copyEvening(t)
	put(t, dir, "bad", "x")
	put(t, dir, "-rf", "x")
	s := newSource(t, Options{URL: t.TempDir(), Importer: ETLegacy})
	var last [3]int
	rep, err := s.ImportFolder(soon(t), dir, func(done, total int, bytes int64) { last = [3]int{done, total, int(bytes)} })
	if err != nil || rep.Imported != n-1 || rep.Ignored != 1 || len(rep.Rejected) != 1 || rep.Skipped != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if last != [3]int{n + 1, n + 1, int(rep.Bytes)} {
		t.Errorf("the progress ended at %v", last)
	}
	for _, f := range rep.Files {
		if f.Local != filepath.Join(dir, f.Key.Path) {
			t.Errorf("%q is kept at %q", f.Key.Path, f.Local)
		}
	}
	if _, err := os.Stat(s.o.Files); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the files folder was made: %v", err)
	}
	rep, err = s.ImportFolder(soon(t), dir, nil)
	if err != nil || len(rep.Found) != 0 || rep.Bytes != 0 {
		t.Fatalf("once more: %+v, %v", rep, err)
	}
	if checks, err := s.store.Checks(soon(t), "game", 0); err != nil || len(checks) != 0 {
		t.Errorf("recorded as checks: %+v, %v", checks, err)
	}
	ended, cancel := context.WithCancel(soon(t))
	cancel()
	put(t, dir, "new", "x")
	if rep, err := s.ImportFolder(ended, dir, nil); !errors.Is(err, context.Canceled) || len(rep.Found) != 0 {
		t.Errorf("called off: %+v, %v", rep, err)
	}
	if _, err := s.ImportFolder(soon(t), filepath.Join(dir, "missing"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func commandSource(t *testing.T, dir, script string, limit time.Duration, args ...string) *Source {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the command is a shell script")
	}
	home := t.TempDir()
	write(t, filepath.Join(home, "import.sh"), []byte("#!/bin/sh\n"+script), 0o755)
	return newSource(t, Options{URL: dir, Importer: Command, Dir: home,
		Command: append([]string{"./import.sh"}, args...), CommandTimeout: limit})
}

func TestImportCommand(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "good", "x")
	put(t, dir, "bad", "y")
	s := commandSource(t, dir, `
echo "$1 $SMARTSYNC_SOURCE $(basename "$2") $SMARTSYNC_SHA256" >> log
test "$2" = "$SMARTSYNC_FILE" || exit 9
cat >> log
grep -q x "$2" && exit 0
head -c 10000 /dev/zero | tr '\0' z >&2
echo "no x in it" >&2
exit 3
`, 0, "--file", "{}")
	rep := check(t, s)
	if rep.Imported != 1 || len(rep.Rejected) != 1 {
		t.Fatalf("%+v", rep)
	}
	r := rep.Rejected[0]
	if r.Name != "bad" || r.Reason != "exit status 3" || len(r.Detail) > maxDetail || !strings.HasSuffix(r.Detail, "zzz\nno x in it") && !strings.HasSuffix(r.Detail, "zno x in it") {
		t.Errorf("rejected as %q: %q", r.Reason, r.Detail)
	}
	log, err := os.ReadFile(filepath.Join(s.o.Dir, "log"))
	want := fmt.Sprintf("--file game good %s\n--file game bad %s\n", rep.Files[0].SHA256, rep.Files[1].SHA256)
	if err != nil || string(log) != want {
		t.Errorf("the command saw %q, want %q", log, want)
	}
	// A new time alone is no reason to run it again.
	when := time.Now().Add(-3 * time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "good"), when, when); err != nil {
		t.Fatal(err)
	}
	if rep := check(t, s); rep.Touched != 1 || len(rep.Found) != 0 {
		t.Errorf("touched: %+v", rep)
	}
	if after, _ := os.ReadFile(filepath.Join(s.o.Dir, "log")); string(after) != want {
		t.Errorf("the command ran again: %q", after)
	}
}

func TestImportCommandGetsNoPassword(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "x")
	s := commandSource(t, dir, "env > log\n", 0)
	for name, value := range map[string]string{"GAME_PASSWORD": "canary secret", "GAME_PHRASE": "canary=phrase", "GAME_HOST": "host", "GAME_EMPTY": ""} {
		t.Setenv(name, value)
	}
	s.o.Withhold = []string{"canary secret", "canary=phrase", ""}
	check(t, s)
	log, err := os.ReadFile(filepath.Join(s.o.Dir, "log"))
	if err != nil || strings.Contains(string(log), "canary") || !strings.Contains(string(log), "GAME_HOST=host\n") || !strings.Contains(string(log), "GAME_EMPTY=\n") {
		t.Errorf("the command got %q, %v", log, err)
	}
}

// The time limit ends the command and all that it started.
func TestImportCommandTakesTooLong(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "x")
	s := commandSource(t, dir, "sleep 300 & echo started >&2; wait\n", 200*time.Millisecond)
	started := time.Now()
	rep := check(t, s)
	if len(rep.Rejected) != 1 || rep.Rejected[0].Reason != "the command took longer than 200ms" || rep.Rejected[0].Detail != "started" {
		t.Errorf("%+v", rep)
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestImportCommandMissing(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "x")
	s := newSource(t, Options{URL: dir, Importer: Command, Dir: t.TempDir(), Command: []string{"no-such-command"}})
	_, err := s.Check(soon(t))
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Other || !strings.Contains(err.Error(), `"no-such-command"`) || e.Hint == "" {
		t.Errorf("%v", err)
	}
	files, err := s.store.Files(soon(t), store.FileQuery{})
	if err != nil || len(files) != 0 {
		t.Errorf("the ledger has %+v, %v", files, err)
	}
}

func TestParserPanicIsContained(t *testing.T) {
	_, err := contain(func() (int, error) { panic("oops") })
	if err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("%v", err)
	}
}

func TestSharedStats(t *testing.T) {
	dir := "../../shared/data/gamestats"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skipf("the stats files of a real evening are not there: %v", err)
	}
	s := newSource(t, Options{URL: t.TempDir(), Importer: ETLegacy})
	rep, err := s.ImportFolder(soon(t), dir, nil)
	if err != nil || len(rep.Found) != len(entries) || len(rep.Failed) != 0 {
		t.Errorf("%d of %d files: %+v, %v", len(rep.Found), len(entries), rep.Failed, err)
	}
	t.Logf("%d imported, %d ignored, %d duplicates, %d rejected", rep.Imported, rep.Ignored, rep.Duplicates, len(rep.Rejected))
}
