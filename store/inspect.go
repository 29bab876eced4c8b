package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// applicationID is what smartsync's databases have in their header: "smsy".
const applicationID = 0x736d7379

const (
	restoreHint = "keep it, and restore a backup; or move it and its -wal away to begin anew"
	fullHint    = "make room on it, or name a file on another disk as store"
	rightsHint  = "use the user that smartsync runs as, or give this one the rights"
)

// inspect returns nil when path is a database that this program may use: cheap
// enough for every start, so it reads the header and the schema, not the pages. It
// changes nothing. It never reads the file itself: closing a descriptor would drop
// the locks that this process has on it.
func inspect(ctx context.Context, path, mode string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if log, logErr := os.Stat(path + "-wal"); logErr == nil && log.Size() > 0 {
			return &RefusedError{Path: path, Reason: "it is gone, but its write-ahead log is still there", Hint: restoreHint}
		}
		return fmt.Errorf("open store %q: %w", path, fs.ErrNotExist)
	case err != nil:
		return fmt.Errorf("open store %q: %w", path, err)
	case !info.Mode().IsRegular():
		return &RefusedError{Path: path, Reason: "it is not a file", Hint: "name a file as store"}
	case info.Size() == 0:
		return &RefusedError{Path: path, Reason: "it is empty, which a database of smartsync's never is", Hint: "delete it when it should be new, or restore a backup"}
	}
	db, err := openDB(path, mode, "busy_timeout(10000)", "query_only(1)")
	if err != nil {
		return fmt.Errorf("open store %q: %w", path, err)
	}
	defer db.Close()
	return refusal(path, examine(ctx, path, db))
}

// examine tells whose database it is.
func examine(ctx context.Context, path string, db *sql.DB) error {
	var id, tables int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name IN ('files', 'rounds', 'sources')").Scan(&tables); err != nil {
		return err
	}
	if id != applicationID || tables != 3 {
		return &RefusedError{Path: path, Reason: "it is another program's database", Hint: "name another file as store"}
	}
	version, err := schemaVersion(ctx, db)
	if err == nil && version > latestVersion {
		return &RefusedError{
			Path: path, Reason: fmt.Sprintf("it is of a newer smartsync (version %d, this one knows %d)", version, latestVersion),
			Hint: "upgrade smartsync",
		}
	}
	return err
}

// refusal turns SQLite's verdicts on a file into ours.
func refusal(path string, err error) error {
	var refused *RefusedError
	if err == nil || errors.As(err, &refused) {
		return err
	}
	switch code(err) {
	case lib.SQLITE_FULL:
		return &RefusedError{Path: path, Reason: "its disk is full", Hint: fullHint, cause: err}
	case lib.SQLITE_NOTADB:
		return &RefusedError{Path: path, Reason: "it is not a database, or its beginning is damaged", Hint: restoreHint}
	case lib.SQLITE_CORRUPT:
		return &RefusedError{Path: path, Reason: "it is damaged", Hint: restoreHint}
	case lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY:
		if mountedReadOnly(filepath.Dir(path)) {
			return &RefusedError{Path: path, Reason: "its disk is mounted read-only", Hint: "mount it to be written, or name a file elsewhere as store", cause: err}
		}
		return &RefusedError{Path: path, Reason: "this user may not open it, or not write it or beside it", Hint: rightsHint, cause: err}
	}
	return fmt.Errorf("open store %q: %w", path, err)
}

// Advice says what to do about an error that came from a database or the files beside it; empty when
// there is nothing to say.
func Advice(err error) string {
	switch code(err) {
	case lib.SQLITE_FULL:
		return fullHint
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return restoreHint
	case lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return rightsHint
	}
	if errors.Is(err, fs.ErrPermission) {
		return rightsHint
	}
	return ""
}

// code is SQLite's primary result code of err; 0 when it is none of SQLite's.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
