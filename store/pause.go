package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Pause is a time in which a source is left alone. The zero Pause is none; of one
// that is over it tells when that was. Instants have milliseconds.
type Pause struct {
	Since time.Time
	Until time.Time // zero: until the source is resumed
}

// At tells whether the source is paused at t: a pause ends at Until, and t is not
// before it began, for a clock that was set back ends no pause.
func (p Pause) At(t time.Time) bool {
	return !p.Since.IsZero() && (p.Until.IsZero() || t.Before(p.Until))
}

// Pause returns the pause of source, or its last one; zero when it never had one.
func (s *Store) Pause(ctx context.Context, source string) (Pause, error) {
	var since, until sql.NullInt64
	err := s.reads.QueryRowContext(ctx, "SELECT paused_at, paused_until FROM sources WHERE name = ?", source).Scan(&since, &until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Pause{}, fmt.Errorf("read whether source %q is paused: %w", source, err)
	}
	return Pause{instant(since), instant(until)}, nil
}

// Pauses returns the pauses of the sources that have or had one, by name.
func (s *Store) Pauses(ctx context.Context) (map[string]Pause, error) {
	pauses := map[string]Pause{}
	err := scanAll(s.reads.QueryContext(ctx, "SELECT name, paused_at, paused_until FROM sources WHERE paused_at IS NOT NULL"))(func(rows *sql.Rows) error {
		var source string
		var since, until sql.NullInt64
		err := rows.Scan(&source, &since, &until)
		pauses[source] = Pause{instant(since), instant(until)}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read which sources are paused: %w", err)
	}
	return pauses, nil
}

// Pauser changes pauses, in a database on which another smartsync may be at work.
type Pauser struct{ store *Store }

// OpenPauser opens the database at path to change pauses. It needs no Lock: it
// writes nothing but pauses, each in a short transaction that waits its turn beside
// those of other processes. It makes no database and brings none up to date: where
// OpenExisting fails it fails alike.
func OpenPauser(ctx context.Context, path string) (*Pauser, error) {
	s, err := OpenExisting(ctx, path)
	if err != nil {
		return nil, err
	}
	p := &Pauser{s}
	s.turn, s.stmts = make(chan struct{}, 1), map[string]*sql.Stmt{}
	if s.writes, err = openDB(s.path, modeBeside, "busy_timeout(10000)", "synchronous(FULL)", "foreign_keys(1)"); err == nil {
		s.writes.SetMaxOpenConns(1)
		s.conn, err = s.writes.Conn(ctx)
	}
	if err != nil {
		return nil, errors.Join(refusal(s.path, err), p.Close())
	}
	return p, nil
}

// Close closes the database.
func (p *Pauser) Close() error { return p.store.Close() }

// Set pauses each source of pauses from now on, all or none, and returns how they
// were before. until is a moment after now for each, or zero: until it is resumed.
// Of a source that is paused already the beginning stays. One that the database does
// not know gets its row.
func (p *Pauser) Set(ctx context.Context, now time.Time, until map[string]time.Time) (before map[string]Pause, err error) {
	sources := make([]string, 0, len(until))
	for source := range until {
		sources = append(sources, source)
	}
	before, err = p.change(ctx, sources, func(source string, was Pause) Pause {
		since := now
		if was.At(now) {
			since = was.Since
		}
		return Pause{since, until[source]}
	})
	if err != nil {
		return nil, fmt.Errorf("pause: %w", err)
	}
	return before, nil
}

// Resume ends the pauses of sources at now, all or none, and returns how they were
// before. One that is not paused stays as it is.
func (p *Pauser) Resume(ctx context.Context, now time.Time, sources []string) (before map[string]Pause, err error) {
	before, err = p.change(ctx, sources, func(_ string, was Pause) Pause {
		if was.At(now) {
			was.Until = now
		}
		return was
	})
	if err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	return before, nil
}

func (p *Pauser) change(ctx context.Context, sources []string, to func(source string, was Pause) Pause) (before map[string]Pause, err error) {
	before = map[string]Pause{}
	err = p.store.write(ctx, func(t *tx) error {
		for _, source := range sources {
			var since, until sql.NullInt64
			if _, err := t.get("SELECT paused_at, paused_until FROM sources WHERE name = ?", []any{source}, &since, &until); err != nil {
				return err
			}
			was := Pause{instant(since), instant(until)}
			before[source] = was
			is := to(source, was)
			if is == was {
				continue
			}
			id, err := t.source(source)
			if err != nil {
				return err
			}
			if err := t.exec("UPDATE sources SET paused_at = ?, paused_until = ? WHERE id = ?", millis(is.Since), millis(is.Until), id); err != nil {
				return err
			}
		}
		return nil
	})
	if refused, ok := errors.AsType[*RefusedError](refusal(p.store.path, err)); ok {
		return nil, refused
	}
	return before, err
}
