package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// oldDatabase makes a database as the older program has it, by statements.
func oldDatabase(t *testing.T, statements ...string) string {
	t.Helper()
	at := filepath.Join(t.TempDir(), "old bot #1.db")
	db, err := openDB(at, modeWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

const oldTable = `CREATE TABLE processed_files (id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT UNIQUE NOT NULL, file_hash TEXT,
	success INTEGER DEFAULT 1, error_message TEXT, processed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)`

// scene is what is in a folder: names, sizes, times and bytes.
func scene(t *testing.T, folder string) string {
	t.Helper()
	var out strings.Builder
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(e.Name() + info.ModTime().String() + string(data))
	}
	return out.String()
}

func TestReadProcessed(t *testing.T) {
	sha := strings.Repeat("aB", 32)
	at := oldDatabase(t, oldTable, `INSERT INTO processed_files (filename, file_hash, success, error_message, processed_at) VALUES
		('a.txt', '`+sha+`', 1, NULL, '2025-10-03 20:31:22'), ('local_stats\b.txt', 'md5', 0, 'bad header', '2025-10-03T22:00:00.5+02:00'),
		('/srv/c.txt', NULL, NULL, NULL, 'yesterday')`)
	before := scene(t, filepath.Dir(at))
	got, err := ReadProcessed(t.Context(), at)
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	one := time.Date(2025, 10, 3, 20, 31, 22, 0, time.UTC)
	const alone = "known by name alone, from the older program's list"
	if want := (Handled{"a.txt", one.Unix(), strings.ToLower(sha), one, alone}); got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	two := time.Date(2025, 10, 3, 20, 0, 0, 500_000_000, time.UTC)
	if want := (Handled{"b.txt", two.Unix(), "", two, alone + ", where it failed: bad header"}); got[1] != want {
		t.Errorf("got %+v, want %+v", got[1], want)
	}
	if want := (Handled{Path: "c.txt", Reason: alone}); got[2] != want {
		t.Errorf("got %+v, want %+v", got[2], want)
	}
	if scene(t, filepath.Dir(at)) != before {
		t.Error("the folder changed")
	}
	bare := oldDatabase(t, "CREATE TABLE processed_files (filename)", "INSERT INTO processed_files VALUES ('x'), (NULL)")
	if got, err := ReadProcessed(t.Context(), bare); err != nil || len(got) != 1 || got[0].Path != "x" {
		t.Errorf("a table of names alone: %+v, %v", got, err)
	}
}

// TestReadProcessedLog: what a program that still has the database open, or was
// killed, has in its log alone is read too, and nothing beside it changes.
func TestReadProcessedLog(t *testing.T) {
	at := filepath.Join(t.TempDir(), "old.db")
	db, err := openDB(at, modeWrite, "journal_mode(WAL)", "wal_autocheckpoint(0)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range []string{oldTable, "INSERT INTO processed_files (filename) VALUES ('in-the-log.txt')"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	left := filepath.Join(t.TempDir(), "old.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(at+suffix, left+suffix); err != nil {
			t.Fatal(err)
		}
	}
	before := scene(t, filepath.Dir(left))
	got, err := ReadProcessed(t.Context(), left)
	if err != nil || len(got) != 1 || got[0].Path != "in-the-log.txt" {
		t.Errorf("%+v, %v", got, err)
	}
	if scene(t, filepath.Dir(left)) != before {
		t.Error("the folder changed")
	}
}

func TestReadProcessedRefuses(t *testing.T) {
	text := filepath.Join(t.TempDir(), "diary.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("dear diary ", 200)), 0o644); err != nil {
		t.Fatal(err)
	}
	own := open(t)
	damaged := oldDatabase(t, oldTable, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO processed_files (filename) SELECT 'file' || i FROM n")
	data, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	clear(data[4096:])
	if err := os.WriteFile(damaged, data, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ path, reason string }{
		"text":          {text, "not an SQLite database"},
		"a folder":      {t.TempDir(), "not a file"},
		"another's":     {oldDatabase(t, "CREATE TABLE x (y)"), "no table processed_files"},
		"another table": {oldDatabase(t, "CREATE TABLE processed_files (y)"), "no column filename"},
		"our own":       {own.Path(), "smartsync's own"},
		"damaged":       {damaged, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadProcessed(t.Context(), test.path)
			e, ok := errors.AsType[*ForeignError](err)
			if !ok || !strings.Contains(e.Reason, test.reason) || e.Hint == "" || e.Path == "" {
				t.Errorf("%#v", err)
			}
		})
	}
	if _, err := ReadProcessed(t.Context(), filepath.Join(t.TempDir(), "none.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing one: %v", err)
	}
	if err := own.Close(); err != nil {
		t.Error(err)
	}
}
