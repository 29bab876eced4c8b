package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// Store is an open database. It is safe for concurrent use: one write at a time,
// reads beside it.
type Store struct {
	path   string
	reads  *sql.DB
	writes *sql.DB       // nil: opened for reading
	conn   *sql.Conn     // the one connection of writes
	turn   chan struct{} // holds one token while somebody writes
	closed chan struct{}
	once   sync.Once
	stmts  map[string]*sql.Stmt

	announce atomic.Bool // commits write to the outbox
}

// Open opens the database at path for writing; it makes the folder and the
// database when there is none, and brings an older one up to date. The caller
// holds Lock. A file that is no database of smartsync's, or one of a newer
// smartsync, or a damaged one, is a *RefusedError and left as it is.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	switch err := inspect(ctx, path, modeRead); {
	case errors.Is(err, fs.ErrNotExist):
		if err := create(ctx, path); err != nil {
			return nil, refusal(path, fmt.Errorf("create it: %w", err))
		}
	case err != nil:
		return nil, err
	}
	s, err := openWriter(ctx, path)
	if err != nil {
		return nil, refusal(path, err)
	}
	return s, nil
}

// OpenExisting opens the database at path for reading: it changes nothing in it.
// The error wraps fs.ErrNotExist when there is none, and is a *RefusedError where
// Open's would be, or when the database waits for Open to bring it up to date. A
// user who may not write beside a database that nobody holds open sees it as it
// is now: not what is written while the Store is open.
func OpenExisting(ctx context.Context, path string) (*Store, error) {
	path, err := absolute(path)
	if err != nil {
		return nil, err
	}
	mode := modeRead
	err = inspect(ctx, path, mode)
	e, ok := errors.AsType[*sqlite.Error](err)
	if ok && (e.Code() == lib.SQLITE_READONLY_DIRECTORY || e.Code() == lib.SQLITE_CANTOPEN && mountedReadOnly(filepath.Dir(path)) && !exists(path+"-wal")) {
		// There is no log to read, or it could be read, and none can be made.
		mode = modeSealed
		err = inspect(ctx, path, mode)
	}
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, closed: make(chan struct{})}
	if s.reads, err = openReader(path, mode); err != nil {
		return nil, fmt.Errorf("open store %q: %w", path, err)
	}
	version, err := schemaVersion(ctx, s.reads)
	if err == nil && version < latestVersion {
		err = &RefusedError{Path: path, Reason: "it is of an older smartsync", Hint: "smartsync run or smartsync sync brings it up to date"}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openWriter opens an existing database, of this version afterwards.
func openWriter(ctx context.Context, path string) (*Store, error) {
	s := &Store{path: path, turn: make(chan struct{}, 1), closed: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	err := s.connect(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context) (err error) {
	if s.writes, err = openDB(s.path, modeWrite, "busy_timeout(10000)", "synchronous(FULL)",
		"foreign_keys(1)", "journal_size_limit(67108864)", "cache_size(-16000)"); err != nil {
		return err
	}
	s.writes.SetMaxOpenConns(1)
	var mode string
	if err := s.writes.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the file system cannot hold it: journal mode is %q and not wal; use a local disk", mode)
	}
	if err := migrate(ctx, s.writes); err != nil {
		return err
	}
	// SQLite opens what it may only read, and fails at the first write: this is one.
	if _, err := s.writes.ExecContext(ctx, "DELETE FROM daemon WHERE false"); err != nil {
		return err
	}
	if s.reads, err = openReader(s.path, modeRead); err != nil {
		return err
	}
	s.conn, err = s.writes.Conn(ctx)
	return err
}

func openReader(path, mode string) (*sql.DB, error) {
	db, err := openDB(path, mode, "busy_timeout(10000)", "query_only(1)")
	if err == nil {
		db.SetMaxOpenConns(4)
	}
	return db, err
}

// The modes in which a database is opened, as parameters of its address.
const (
	modeWrite  = "mode=rwc"
	modeBeside = "mode=rw" // of one that is there
	modeRead   = "mode=ro"
	modeSealed = "mode=ro&immutable=1" // without locks and log: nobody writes it
)

// openDB returns a handle. Nothing is opened yet.
func openDB(path, mode string, pragmas ...string) (*sql.DB, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // C:/folder
		slashed = "/" + slashed
	}
	u := url.URL{Scheme: "file", Path: slashed, OmitHost: true}
	return sql.Open("sqlite", u.String()+"?"+mode+"&"+url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode())
}

func absolute(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("open store %q: %w", path, err)
	}
	return abs, nil
}

// create makes the database under another name first: at path there is never an
// unfinished one, so that an empty file there is known to be a damaged one.
func create(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	unfinished := path + ".new"
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(unfinished + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s, err := openWriter(ctx, unfinished)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := os.Rename(unfinished, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// Close closes the database. A write that is going on ends first. Closing again
// does nothing.
func (s *Store) Close() (err error) {
	s.once.Do(func() { err = s.close() })
	return err
}

func (s *Store) close() error {
	var errs []error
	close(s.closed)
	if s.conn != nil {
		s.turn <- struct{}{} // never given back: no write begins after this
		for _, stmt := range s.stmts {
			errs = append(errs, stmt.Close())
		}
		errs = append(errs, s.conn.Close())
	}
	for _, db := range []*sql.DB{s.reads, s.writes} { // the last to close tidies up and must be able to write
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close store %q: %w", s.path, err)
	}
	return nil
}

// Path is where the database is: absolute.
func (s *Store) Path() string { return s.path }

// Backup writes a copy of the database, as it is at one moment, to the new file
// to. It is an error when there is a file already.
func (s *Store) Backup(ctx context.Context, to string) error {
	db, err := openDB(s.path, modeRead, "busy_timeout(10000)") // query_only forbids writing to as well
	if err == nil {
		_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return fmt.Errorf("back up store %q to %q: %w", s.path, to, err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
