//go:build crashpoints && linux

package crash_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver
)

// database is the store's file, read as any other program would.
type database struct {
	t     testing.TB
	db    *sql.DB
	files string // the folder of kept files
}

// openClean opens the database of a stage on which nothing runs. What was not
// closed in order is a failure: an immutable database has no journal.
func openClean(t testing.TB, stage string) *database {
	t.Helper()
	path := filepath.Join(stage, "data", "smartsync.db")
	if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
		t.Fatalf("the database was not closed: %v", left)
	}
	return openAt(t, path, "immutable=1&mode=ro", filepath.Join(stage, "data", "files"))
}

// openCopy opens a copy of the database as a dead process left it, so that the
// next run finds the original as it was.
func openCopy(t testing.TB, stage string) *database {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(stage, "data", "smartsync.db*"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, part := range parts {
		data, err := os.ReadFile(part)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(part)), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return openAt(t, filepath.Join(dir, "smartsync.db"), "mode=rw", filepath.Join(stage, "data", "files"))
}

func openAt(t testing.TB, path, query, files string) *database {
	t.Helper()
	u := url.URL{Scheme: "file", Path: path, RawQuery: query, OmitHost: true}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &database{t: t, db: db, files: files}
}

// rows returns a query's rows, by column.
func (d *database) rows(query string, args ...any) []map[string]any {
	d.t.Helper()
	rows, err := d.db.QueryContext(d.t.Context(), query, args...)
	if err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		d.t.Fatal(err)
	}
	var all []map[string]any
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			d.t.Fatal(err)
		}
		row := map[string]any{}
		for i, column := range columns {
			row[column] = values[i]
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// get reads the one row of a query.
func (d *database) get(query string, into ...any) {
	d.t.Helper()
	if err := d.db.QueryRowContext(d.t.Context(), query).Scan(into...); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
}

// accidental are the columns that differ from run to run: ids, and when the
// program did something. What ids lead to is in the dump by name.
var accidental = []string{
	"id", "source_id", "file_id", "round_id", "player_round_id", "session_id", "first_round_id",
	"first_seen_at", "handled_at", "imported_at",
}

// dumped are the tables that files make, with names for their ids.
var dumped = map[string]string{
	"files": "SELECT s.name AS of_source, f.* FROM files f JOIN sources s ON s.id = f.source_id",
	"rounds": `SELECT s.name AS of_source, f.path AS of_file, e.path AS of_first, g.started_at AS of_session, r.* FROM rounds r
		JOIN sources s ON s.id = r.source_id JOIN files f ON f.id = r.file_id LEFT JOIN rounds o ON o.id = r.first_round_id
		LEFT JOIN files e ON e.id = o.file_id LEFT JOIN game_sessions g ON g.id = r.session_id`,
	"player_rounds": "SELECT f.path AS of_file, p.* FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id",
	"weapon_rounds": `SELECT f.path AS of_file, p.guid AS of_player, w.* FROM weapon_rounds w JOIN player_rounds p ON p.id = w.player_round_id
		JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id`,
	"game_sessions": "SELECT s.name AS of_source, g.* FROM game_sessions g JOIN sources s ON s.id = g.source_id",
	"players":       "SELECT first_seen_at AS first_round_at, p.* FROM players p",
	"matches":       "SELECT m.* FROM matches m",
	"sources":       "SELECT name FROM sources",
}

// dump is all that the files say, in an order of its own.
func dump(t testing.TB, db *database) string {
	t.Helper()
	var lines []string
	for table, query := range dumped {
		for _, row := range db.rows(query) {
			for column := range row {
				if slices.Contains(accidental, column) || table == "matches" && column == "second_round_id" {
					delete(row, column)
				}
			}
			lines = append(lines, fmt.Sprint(table, " ", row))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// undisturbed is the dump after one check that nobody disturbs, of a directory
// with these files.
func undisturbed(t testing.TB, importer string, files []file) string {
	t.Helper()
	s := newStage(t, directory, importer, files...)
	s.mustSync(t)
	truth := dump(t, openClean(t, s.dir))
	s.whole(t, truth)
	return truth
}

// firstDifference shows where two dumps part.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return "is missing " + b[i]
		case i >= len(b):
			return "has more " + a[i]
		case a[i] != b[i]:
			return fmt.Sprintf("has\n%s\ninstead of\n%s", a[i], b[i])
		}
	}
	return ""
}
