package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// closed makes a database with a few files in it, closes it, and returns its path.
func closed(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "a b%20?#c.db") // characters that mean something in a URI
	s, err := Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	commit(tb, s, season(tb, 4)...)
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// statement runs SQL on a database file, as another program would.
func statement(tb testing.TB, path, query string) {
	tb.Helper()
	db, err := openDB(path, "rwc")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(tb.Context(), query); err != nil {
		tb.Fatal(err)
	}
}

func TestOpenAgainKeepsAll(t *testing.T) {
	path := closed(t)
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(table(t, s, "SELECT * FROM rounds")); n != 4 {
		t.Errorf("%d rounds, want 4", n)
	}
	for pragma, want := range map[string]any{
		"journal_mode": "wal", "synchronous": int64(2), "foreign_keys": int64(1), "busy_timeout": int64(10000), "application_id": int64(applicationID),
	} {
		var got any
		if err := s.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %v, want %v (%v)", pragma, got, want, err)
		}
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if err := s.SaveState(t.Context(), SourceState{Source: "late"}); !errors.Is(err, errClosed) {
		t.Errorf("a write after Close: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the database: %v, %v", entries, err)
	}
}

func cut(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, at int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(data, at); err != nil {
		t.Fatal(err)
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name, reason, hint string
		spoil              func(t *testing.T, path string)
	}{
		{"newer", fmt.Sprintf("newer smartsync (version 99, this one knows %d)", latestVersion), "upgrade", func(t *testing.T, path string) {
			statement(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		}},
		{"another program's", "another program's", "another file", func(t *testing.T, path string) {
			cut(t, path, 0)
			statement(t, path, "CREATE TABLE files (id)")
		}},
		{"another program's, with our tables", "another program's", "another file", func(t *testing.T, path string) {
			statement(t, path, "PRAGMA application_id = 7")
		}},
		{"text", "not a database", "restore", func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("some text\n"), 500), 0o666); err != nil {
				t.Fatal(err)
			}
		}},
		{"zeroed beginning", "not a database", "restore", func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 4096)) }},
		{"damaged schema", "damaged", "restore", func(t *testing.T, path string) {
			overwrite(t, path, 100, bytes.Repeat([]byte{0xA5}, 3996))
		}},
		{"cut", "damaged", "restore", func(t *testing.T, path string) { cut(t, path, 20000) }},
		{"empty", "empty", "delete", func(t *testing.T, path string) { cut(t, path, 0) }},
		{"log alone", "gone", "restore", func(t *testing.T, path string) {
			if err := os.Rename(path, path+"-wal"); err != nil {
				t.Fatal(err)
			}
		}},
		{"folder", "not a file", "name a file", func(t *testing.T, path string) {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o777)); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := closed(t)
			tt.spoil(t, path)
			before := fileBytes(t, path)
			for name, open := range map[string]func() (*Store, error){
				"Open":         func() (*Store, error) { return Open(t.Context(), path) },
				"OpenExisting": func() (*Store, error) { return OpenExisting(t.Context(), path) },
			} {
				s, err := open()
				if err == nil {
					t.Fatalf("%s: opened, %v", name, s.Close())
				}
				refused, ok := errors.AsType[*RefusedError](err)
				if !ok || refused.Path != path || !strings.Contains(err.Error(), tt.reason) || !strings.Contains(refused.Hint, tt.hint) {
					t.Errorf("%s: %v, want %q and a hint to %q", name, err, tt.reason, tt.hint)
				}
				if after := fileBytes(t, path); after != before {
					t.Errorf("%s changed the file", name)
				}
			}
		})
	}
}

// fileBytes is what path holds; "" when there is no such file.
func fileBytes(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(data)
}

func TestOpenExistingChangesNothing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none", "s.db")
	if _, err := OpenExisting(t.Context(), missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a missing file: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(missing)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
	path := closed(t)
	before := fileBytes(t, path)
	s, err := OpenExisting(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := s.Ledger(t.Context(), "game"); err != nil || l.Len() != 4 {
		t.Errorf("%d files, %v", l.Len(), err)
	}
	if _, err := s.Commit(t.Context(), "game", nil, at, season(t, 1)); err == nil {
		t.Error("wrote")
	}
	if _, err := s.reads.ExecContext(t.Context(), "DELETE FROM files"); err == nil {
		t.Error("deleted")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if fileBytes(t, path) != before {
		t.Error("the file changed")
	}
}

// older makes a database of before the outbox of it.
func older(t *testing.T, path string) {
	t.Helper()
	statement(t, path, `DELETE FROM goose_db_version WHERE version_id IN (4, 5, 6);
		DROP INDEX checks_time; CREATE INDEX checks_source ON checks (source_id);
		ALTER TABLE sources DROP COLUMN paused_at; ALTER TABLE sources DROP COLUMN paused_until;
		DROP TABLE outbox_readers; DROP TABLE outbox_messages; DROP TABLE outbox_marks`)
}

func TestOlderDatabase(t *testing.T) {
	path := closed(t)
	older(t, path)
	if _, err := OpenExisting(t.Context(), path); err == nil || !strings.Contains(err.Error(), "older") {
		t.Errorf("for reading: %v", err)
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := len(table(t, s, "SELECT * FROM sessions")); n != 4 {
		t.Errorf("%d rounds after the migration, want 4", n)
	}
}

// TestUnfinishedCreation: what a killed first start leaves is no database yet.
func TestUnfinishedCreation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.WriteFile(path+".new"+suffix, []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestBackup(t *testing.T) {
	s := open(t)
	commit(t, s, season(t, 6)...)
	to := filepath.Join(t.TempDir(), "it's a copy.db")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), to); err == nil {
		t.Error("wrote over a backup")
	}
	again, err := Open(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if dump(t, again) != dump(t, s) {
		t.Error("the copy differs")
	}
	sound(t, again)
}

func BenchmarkOpen(b *testing.B) {
	path := closed(b)
	for b.Loop() {
		s, err := Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// What SQLite says of a database that is open comes with a word of what to do.
func TestAdvice(t *testing.T) {
	s := open(t)
	for name, tt := range map[string]struct {
		statement string
		want      string
	}{
		"a full disk": {"PRAGMA max_page_count = 1; CREATE TABLE grows (a); INSERT INTO grows VALUES (zeroblob(1000000))", fullHint},
		"a slip":      {"SELECT nonsense", ""},
	} {
		_, err := s.conn.ExecContext(t.Context(), tt.statement)
		if got := Advice(err); err == nil || got != tt.want {
			t.Errorf("%s: %v: advice %q, want %q", name, err, got, tt.want)
		}
	}
}
