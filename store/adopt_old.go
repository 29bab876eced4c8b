package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	lib "modernc.org/sqlite/lib"
)

// ForeignError is why another program's database cannot be taken over. It is left
// untouched.
type ForeignError struct {
	Path   string
	Reason string
	Hint   string // what to do next
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("read the list of processed files in %q: %s", e.Path, e.Reason)
}

// processedTable is where the older program lists the files that it is done with.
const processedTable = "processed_files"

// sha256Text matches what counts as a digest in it.
var sha256Text = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ReadProcessed reads the list of files that an older program's SQLite database says
// were processed. Its times without a zone are UTC. It writes nothing to the
// database or beside it: what a killed program left in its log is read from a copy.
// A file that is no such database gives a *ForeignError; a missing one an error that
// is fs.ErrNotExist.
func ReadProcessed(ctx context.Context, from string) ([]Handled, error) {
	from, err := absolute(from)
	if err != nil {
		return nil, err
	}
	fail := func(reason, hint string) ([]Handled, error) { return nil, &ForeignError{from, reason, hint} }
	switch info, err := os.Stat(from); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &ForeignNotFoundError{from}
	case err != nil:
		return fail(err.Error(), "")
	case !info.Mode().IsRegular():
		return fail("it is not a file", "name the database file, not its folder")
	}
	at, drop, err := settledCopy(from)
	if err != nil {
		return fail("it cannot be read: "+err.Error(), "stop the program that has it open, and try again")
	}
	defer drop()
	mode := modeSealed
	if at != from {
		mode = modeWrite // a copy: its log is worked in
	}
	db, err := openDB(at, mode, "busy_timeout(1000)")
	if err != nil {
		return fail(err.Error(), "")
	}
	defer db.Close()
	list, err := readProcessed(ctx, db)
	if e, ok := errors.AsType[*ForeignError](err); ok {
		e.Path = from
		return nil, e
	}
	switch code(err) {
	case lib.SQLITE_NOTADB:
		return fail("it is not an SQLite database", "name the database of the program that you move from")
	case lib.SQLITE_CORRUPT:
		return fail("it is damaged, or was written to meanwhile", "stop the program that has it open, and try again")
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of processed files in %q: %w", from, err)
	}
	return list, nil
}

// ForeignNotFoundError says that another program's database is not there.
type ForeignNotFoundError struct{ Path string }

func (e *ForeignNotFoundError) Error() string { return fmt.Sprintf("there is no database %q", e.Path) }

// Unwrap returns fs.ErrNotExist.
func (e *ForeignNotFoundError) Unwrap() error { return fs.ErrNotExist }

// settledCopy returns the path itself when all is in the one file, else that of a
// copy with its log, which drop removes.
func settledCopy(from string) (at string, drop func(), err error) {
	var logs []string
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(from + suffix); err == nil && info.Size() > 0 {
			logs = append(logs, suffix)
		}
	}
	if len(logs) == 0 {
		return from, func() {}, nil
	}
	folder, err := os.MkdirTemp("", "smartsync-old-")
	if err != nil {
		return "", nil, err
	}
	drop = func() { _ = os.RemoveAll(folder) } // the system's own tidying gets what is left
	at = filepath.Join(folder, "old.db")
	for _, suffix := range append(logs, "") {
		if err := copyFile(from+suffix, at+suffix); err != nil {
			drop()
			return "", nil, err
		}
	}
	return at, drop, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// readProcessed reads the list; its *ForeignError has no path.
func readProcessed(ctx context.Context, db *sql.DB) ([]Handled, error) {
	var id int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return nil, err
	}
	if id == applicationID {
		return nil, &ForeignError{Reason: "it is smartsync's own database", Hint: "name the database of the program that you move from"}
	}
	columns := map[string]bool{}
	if err := scanAll(db.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", processedTable))(func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		columns[name] = true
		return err
	}); err != nil {
		return nil, err
	}
	if !columns["filename"] {
		reason := "it has no table processed_files"
		if len(columns) > 0 {
			reason = "its table processed_files has no column filename"
		}
		return nil, &ForeignError{Reason: reason, Hint: "name the database that the old scheduler writes, or leave --from out and adopt the files alone"}
	}
	column := func(name, otherwise string) string {
		if columns[name] {
			return name
		}
		return otherwise
	}
	var list []Handled
	err := scanAll(db.QueryContext(ctx, fmt.Sprintf(`SELECT CAST(filename AS TEXT), lower(coalesce(CAST(%s AS TEXT), '')), CAST(coalesce(%s, 1) AS TEXT),
		coalesce(CAST(%s AS TEXT), ''), coalesce(CAST(%s AS TEXT), '') FROM %s WHERE filename IS NOT NULL`,
		column("file_hash", "NULL"), column("success", "1"), column("error_message", "NULL"), column("processed_at", "NULL"), processedTable)))(
		func(rows *sql.Rows) error {
			var f Handled
			var success, trouble, when string
			if err := rows.Scan(&f.Path, &f.SHA256, &success, &trouble, &when); err != nil {
				return err
			}
			list = append(list, f.tidied(success, trouble, when))
			return nil
		})
	return list, err
}

// tidied is a row of the list as the ledger takes it.
func (f Handled) tidied(success, trouble, when string) Handled {
	f.Path = path.Base(strings.ReplaceAll(f.Path, `\`, "/")) // some wrote the local path
	f.Path = text(f.Path)
	if !sha256Text.MatchString(f.SHA256) {
		f.SHA256 = ""
	}
	f.Reason = "known by name alone, from the older program's list"
	if success == "0" || strings.EqualFold(success, "false") {
		f.Reason += ", where it failed"
		if trouble = text(strings.TrimSpace(trouble)); trouble != "" {
			f.Reason += ": " + trouble[:min(len(trouble), 500)]
			f.Reason = text(f.Reason)
		}
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if at, err := time.Parse(form, when); err == nil && at.Year() > 1970 && at.Year() < 10000 {
			f.At, f.Modified = at.UTC(), at.Unix()
			break
		}
	}
	return f
}
