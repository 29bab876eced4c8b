package cli_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the older program's database

	"github.com/smartsync/smartsync/internal/cli"
)

// TestAdoptMove moves in: half of a server's files are in the older program's folder, the
// others on its list alone. Nothing is fetched or announced, now or later.
func TestAdoptMove(t *testing.T) {
	example, err := filepath.Abs("../../examples/gamestats")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	server, copies := filepath.Join(dir, "server"), filepath.Join(dir, "old", "local_stats")
	entries, err := os.ReadDir(example)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{server, copies} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	old, err := sql.Open("sqlite", filepath.Join(dir, "old", "bot.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(t.Context(), `CREATE TABLE processed_files (id INTEGER PRIMARY KEY, filename TEXT UNIQUE, file_hash TEXT,
		success INTEGER, error_message TEXT, processed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)`); err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(example, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(e.Name(), "_ws.txt") {
			continue
		}
		folders := []string{server, copies}[:1+files%2]
		files++
		for _, folder := range folders {
			if err := os.WriteFile(filepath.Join(folder, e.Name()), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := old.ExecContext(t.Context(), "INSERT INTO processed_files (filename, success) VALUES (?, ?)", e.Name(), files%3); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "old", "bot.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("schedule.yaml", []byte("sources:\n  game: {url: server, import: etlegacy, settle: 0s}\nwindows:\n  - {name: all day, rules: [{interval: 1h}]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}

	adopt := []string{"adopt", "--from", "old/bot.db", "--files", "old/local_stats"}
	out := runOK(t, adopt...)
	if want := fmt.Sprintf("game: %d names on the list, %d new to the ledger, 0 known\ngame: %d files listed, %d new", files, files, files/2, files/2); !strings.HasPrefix(out, want) {
		t.Errorf("got %q, want %q", out, want)
	}
	out = runOK(t, adopt...)
	if want := fmt.Sprintf("game: %d names on the list, 0 new to the ledger, %d known\ngame: %d files listed, nothing new\n", files, files, files/2); out != want {
		t.Errorf("again: %q, want %q", out, want)
	}
	if out := runOK(t, "sync"); out != fmt.Sprintf("game: %d files listed, nothing new\n", files) {
		t.Errorf("the check: %q", out)
	}
	if out := runOK(t, "files"); strings.Count(out, " imported ") != files/2 || strings.Count(out, "known by name alone") != files-files/2 {
		t.Errorf("the ledger: %s", out)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "old", "bot.db")); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the old database changed, %v", err)
	}
	if left, err := os.ReadDir(filepath.Join(dir, "old")); err != nil || len(left) != 2 {
		t.Errorf("beside the old database there is %v, %v", left, err)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "data", "smartsync.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var news, rounds int
	if err := db.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM rounds)").Scan(&news, &rounds); err != nil || news != 0 || rounds != files/2 {
		t.Errorf("%d announcements, %d rounds, %v", news, rounds, err)
	}
	var stdout, stderr bytes.Buffer
	if code := cli.Main([]string{"adopt", "--from", "data/smartsync.db"}, &stdout, &stderr); code != 2 || !strings.Contains(stderr.String(), "smartsync's own database") {
		t.Errorf("its own database: exit code %d, %s", code, &stderr)
	}
}
