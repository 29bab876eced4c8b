package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// FileQuery selects rows of the ledger. Its zero value is the latest row of every
// path; a file that was only seen is the latest of its path until it is fetched.
type FileQuery struct {
	Source string // empty: all
	Status Status // empty: all
	Path   string // empty: all
	All    bool   // earlier versions too
	Limit  int    // 0: none
}

// where is q as SQL over files f joined with sources s.
func (q FileQuery) where() (string, []any) {
	var terms []string
	var args []any
	term := func(sql string, arg any) { terms, args = append(terms, sql), append(args, arg) }
	if q.Source != "" {
		term("s.name = ?", q.Source)
	}
	if q.Status != "" {
		term("f.status = ?", string(q.Status))
	}
	if q.Path != "" {
		term("f.path = ?", q.Path)
	}
	if !q.All {
		terms = append(terms, latest)
	}
	if len(terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// latest holds for the newest row of a path: a file that was only seen (version
// 0), else the greatest version.
const latest = `(f.version = 0 OR NOT EXISTS (SELECT 1 FROM files n
	WHERE n.source_id = f.source_id AND n.path = f.path AND (n.version > f.version OR n.version = 0)))`

const fileColumns = `f.id, f.path, f.size, f.modified, f.sha256, f.local, f.status, f.version,
	f.line, f.reason, f.detail, f.first_seen_at, f.handled_at, f.adopted`

// scanFile reads fileColumns and what extra columns follow.
func scanFile(rows *sql.Rows, f *File, extra ...any) error {
	var seen, handled sql.NullInt64
	err := rows.Scan(append([]any{&f.ID, &f.Key.Path, &f.Key.Size, &f.Key.Modified, &f.SHA256, &f.Local, &f.Status,
		&f.Version, &f.Line, &f.Reason, &f.Detail, &seen, &handled, &f.Adopted}, extra...)...)
	f.FirstSeen, f.Handled = instant(seen), instant(handled)
	return err
}

// Files returns the files that q selects, the most recently handled first. A file
// that was only seen counts as handled when it was.
func (s *Store) Files(ctx context.Context, q FileQuery) ([]File, error) {
	where, args := q.where()
	var files []File
	err := scanAll(s.reads.QueryContext(ctx, "SELECT "+fileColumns+", s.name FROM sources s CROSS JOIN files f ON f.source_id = s.id"+
		where+" ORDER BY f.handled_at DESC, f.path DESC LIMIT ?", append(args, cmp.Or(q.Limit, -1))...))(
		func(rows *sql.Rows) error {
			var f File
			if err := scanFile(rows, &f, &f.Source); err != nil {
				return err
			}
			files = append(files, f)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	return files, nil
}

// Counts returns how many paths of each source have which status, by their latest
// row.
func (s *Store) Counts(ctx context.Context) (map[string]map[Status]int, error) {
	counts := map[string]map[Status]int{}
	err := scanAll(s.reads.QueryContext(ctx, `SELECT s.name, f.status, count(*)
		FROM sources s CROSS JOIN files f ON f.source_id = s.id WHERE `+latest+" GROUP BY s.name, f.status"))(
		func(rows *sql.Rows) error {
			var source string
			var status Status
			var n int
			if err := rows.Scan(&source, &status, &n); err != nil {
				return err
			}
			if counts[source] == nil {
				counts[source] = map[Status]int{}
			}
			counts[source][status] = n
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("count files: %w", err)
	}
	return counts, nil
}

// Arrival is when a file appeared at its source.
type Arrival struct {
	Path     string
	Modified time.Time // UTC, as the source tells; of an adopted file the best guess
}

// Arrivals returns every content of source that was ever fetched, by time.
func (s *Store) Arrivals(ctx context.Context, source string) ([]Arrival, error) {
	var arrivals []Arrival
	err := scanAll(s.reads.QueryContext(ctx, `SELECT path, modified FROM files
		WHERE source_id = (SELECT id FROM sources WHERE name = ?) AND version > 0 ORDER BY modified, path`, source))(
		func(rows *sql.Rows) error {
			var a Arrival
			var modified int64
			if err := rows.Scan(&a.Path, &modified); err != nil {
				return err
			}
			a.Modified = time.Unix(modified, 0).UTC()
			arrivals = append(arrivals, a)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read arrivals of source %q: %w", source, err)
	}
	return arrivals, nil
}
