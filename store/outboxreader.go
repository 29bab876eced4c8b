package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Reader is how far a receiver of messages has come in the outbox.
type Reader struct {
	Name    string
	Last    int64  // ID of the newest Notice that it is done with
	Doubts  int    // how often the next one was sent without a word of whether it arrived
	Missed  int    // notices passed over since a message surely arrived
	Trouble string // why it gets nothing at present; empty: it does
	// Since is when the trouble began: SaveReader notes it. Zero: there is none, or
	// nobody noted it.
	Since time.Time
}

// Reader returns how far a receiver has come. A new one begins at the outbox's end:
// what was before is no news to it.
func (s *Store) Reader(ctx context.Context, name string) (Reader, error) {
	r := Reader{Name: name}
	err := s.write(ctx, func(t *tx) error {
		if err := t.exec(`INSERT INTO outbox_readers (name, last_id, doubts, missed, trouble)
			SELECT ?, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0), 0, 0, '' WHERE true
			ON CONFLICT (name) DO NOTHING`, name); err != nil {
			return err
		}
		var since sql.NullInt64
		_, err := t.get("SELECT last_id, doubts, missed, trouble, trouble_at FROM outbox_readers WHERE name = ?", []any{name}, &r.Last, &r.Doubts, &r.Missed, &r.Trouble, &since)
		r.Since = instant(since)
		return err
	})
	if err != nil {
		return Reader{}, fmt.Errorf("read how far receiver %q is: %w", name, err)
	}
	return r, nil
}

// Readers returns how far every receiver that there ever was has come, by name.
func (s *Store) Readers(ctx context.Context) ([]Reader, error) {
	var all []Reader
	err := scanAll(s.reads.QueryContext(ctx, "SELECT name, last_id, doubts, missed, trouble, trouble_at FROM outbox_readers ORDER BY name"))(func(rows *sql.Rows) error {
		var r Reader
		var since sql.NullInt64
		err := rows.Scan(&r.Name, &r.Last, &r.Doubts, &r.Missed, &r.Trouble, &since)
		r.Since = instant(since)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read how far the receivers are: %w", err)
	}
	return all, nil
}

// SaveReader replaces what is known of a receiver at the time at, but for Since, which
// it keeps while the trouble lasts. message, when it is not empty, is what the receiver
// calls the message about subject, sent at that time.
func (s *Store) SaveReader(ctx context.Context, r Reader, subject, message string, at time.Time) error {
	err := s.write(ctx, func(t *tx) error {
		var since any
		if r.Trouble != "" {
			since = at.UnixMilli()
		}
		if err := t.exec(`INSERT INTO outbox_readers (name, last_id, doubts, missed, trouble, trouble_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id, doubts = excluded.doubts, missed = excluded.missed, trouble = excluded.trouble,
				trouble_at = CASE WHEN excluded.trouble = '' THEN NULL ELSE coalesce(trouble_at, excluded.trouble_at) END`,
			r.Name, r.Last, r.Doubts, r.Missed, r.Trouble, since); err != nil || message == "" {
			return err
		}
		return t.exec("INSERT OR REPLACE INTO outbox_messages (reader, subject, message, sent_at) VALUES (?, ?, ?, ?)",
			r.Name, subject, message, at.UnixMilli())
	})
	if err != nil {
		return fmt.Errorf("save how far receiver %q is: %w", r.Name, err)
	}
	return nil
}

// Message returns what a receiver calls the message about subject that it got after
// the time since; empty when there is none.
func (s *Store) Message(ctx context.Context, reader, subject string, since time.Time) (string, error) {
	var message string
	err := s.reads.QueryRowContext(ctx, "SELECT message FROM outbox_messages WHERE reader = ? AND subject = ? AND sent_at > ?",
		reader, subject, since.UnixMilli()).Scan(&message)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("look for the message about %q: %w", subject, err)
	}
	return message, nil
}

// PruneOutbox drops what is older than before, and returns how many notices went.
func (s *Store) PruneOutbox(ctx context.Context, before time.Time) (int, error) {
	var gone int
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.get("SELECT count(*) FROM outbox WHERE created_at < ?", []any{before.UnixMilli()}, &gone); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM outbox WHERE created_at < ?", before.UnixMilli()); err != nil {
			return err
		}
		return t.exec("DELETE FROM outbox_messages WHERE sent_at < ?", before.UnixMilli())
	})
	if err != nil {
		return 0, fmt.Errorf("prune the outbox: %w", err)
	}
	return gone, nil
}
