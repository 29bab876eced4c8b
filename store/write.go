package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	lib "modernc.org/sqlite/lib"
)

// busyTries is how often a write asks for the database, each time as long as
// busy_timeout says: somebody else's transaction may last two minutes.
const busyTries = 12

var errClosed = errors.New("the store is closed")

// tx is a write transaction on the one connection that writes.
type tx struct {
	store *Store
	ctx   context.Context
}

// write runs do in a transaction: all of it is kept, or nothing when do or the
// commit fails. ctx ends the wait for the database; once begun, a transaction is
// short and runs to its end.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	if s.writes == nil {
		return errors.New("the store was opened for reading")
	}
	select {
	case s.turn <- struct{}{}:
	case <-s.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.turn }()
	if err := s.begin(ctx); err != nil {
		return err
	}
	t := &tx{store: s, ctx: context.WithoutCancel(ctx)}
	committed := false
	defer func() {
		if !committed { // also when do panics; a failed COMMIT may have done it already
			_, _ = s.conn.ExecContext(t.ctx, "ROLLBACK")
		}
	}()
	if err := do(t); err != nil {
		return err
	}
	_, err := s.conn.ExecContext(t.ctx, "COMMIT")
	committed = err == nil
	return err
}

// begin takes the write lock at once: a transaction that begins by reading could
// find, when it wants to write, that it may not.
func (s *Store) begin(ctx context.Context) error {
	for try := 1; ; try++ {
		_, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		if code(err) != lib.SQLITE_BUSY || try == busyTries || ctx.Err() != nil {
			return err
		}
	}
}

// stmt returns query prepared; it is kept for the next transaction.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if stmt, ok := t.store.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := t.store.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.store.stmts[query] = stmt
	return stmt, nil
}

func (t *tx) exec(query string, args ...any) error {
	stmt, err := t.stmt(query)
	if err == nil {
		_, err = stmt.ExecContext(t.ctx, args...)
	}
	return err
}

// insert is exec; it returns the new row's id.
func (t *tx) insert(query string, args ...any) (int64, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// get scans the one row of query into dest; false when there is none.
func (t *tx) get(query string, args []any, dest ...any) (bool, error) {
	stmt, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(t.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls scan for every row of query. scan must not use t.
func (t *tx) each(query string, args []any, scan func(*sql.Rows) error) error {
	stmt, err := t.stmt(query)
	if err != nil {
		return err
	}
	return scanAll(stmt.QueryContext(t.ctx, args...))(scan)
}

// scanAll walks the rows of a query that was just made, and closes them.
func scanAll(rows *sql.Rows, err error) func(scan func(*sql.Rows) error) error {
	return func(scan func(*sql.Rows) error) error {
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
}

// source returns the id of a source; a new one gets its row.
func (t *tx) source(name string) (int64, error) {
	var id int64
	if ok, err := t.get("SELECT id FROM sources WHERE name = ?", []any{name}, &id); ok || err != nil {
		return id, err
	}
	return t.insert("INSERT INTO sources (name) VALUES (?)", name)
}

// millis is how an instant is stored; the zero Time as null.
func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// instant is millis undone: UTC.
func instant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}
