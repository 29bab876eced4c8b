package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	checksKept = 400 * 24 * time.Hour
	pruneBatch = 50 // checks looked at, so that no check waits for a long delete
	// A clock that jumped ahead must not drop history: a check counts as old only
	// by this many earlier checks' word as well.
	pruneWitness = 100
)

// RecordCheck adds a check and returns its id. Checks older than 400 days are
// dropped along the way, a few at a time.
func (s *Store) RecordCheck(ctx context.Context, c Check) (id int64, err error) {
	err = s.write(ctx, func(t *tx) error {
		source, err := t.source(c.Source)
		if err != nil {
			return err
		}
		if id, err = t.insert(`INSERT INTO checks (source_id, started_at, ended_at, listed, found, imported,
			rejected, pending, skipped, bytes, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			source, c.Started.UnixMilli(), c.Ended.UnixMilli(), c.Listed, c.Found, c.Imported,
			c.Rejected, c.Pending, c.Skipped, c.Bytes, c.Error); err != nil {
			return err
		}
		return t.prune(c.Started)
	})
	if err != nil {
		return 0, fmt.Errorf("record check of source %q: %w", c.Source, err)
	}
	return id, nil
}

func (t *tx) prune(now time.Time) error {
	var witness int64
	ok, err := t.get("SELECT started_at FROM checks ORDER BY id DESC LIMIT 1 OFFSET ?", []any{pruneWitness}, &witness)
	if err != nil || !ok {
		return err
	}
	return t.exec("DELETE FROM checks WHERE started_at < ? AND id IN (SELECT id FROM checks ORDER BY id LIMIT ?)",
		min(now.UnixMilli(), witness)-checksKept.Milliseconds(), pruneBatch)
}

// Checks returns the checks of source, of all sources when it is empty, newest
// first and at most limit; 0 is no limit.
func (s *Store) Checks(ctx context.Context, source string, limit int) ([]Check, error) {
	where := ""
	args := []any{}
	if source != "" {
		where = "WHERE c.source_id = (SELECT id FROM sources WHERE name = ?) "
		args = append(args, source)
	}
	return s.checks(ctx, where+"ORDER BY c.id DESC LIMIT ?", append(args, cmp.Or(limit, -1))...)
}

// ChecksBetween returns the checks of source that started in [from, to), to the
// millisecond, oldest first.
func (s *Store) ChecksBetween(ctx context.Context, source string, from, to time.Time) ([]Check, error) {
	return s.checks(ctx, `WHERE c.source_id = (SELECT id FROM sources WHERE name = ?)
		AND c.started_at >= ? AND c.started_at < ? ORDER BY c.started_at, c.id`, source, from.UnixMilli(), to.UnixMilli())
}

func (s *Store) checks(ctx context.Context, rest string, args ...any) ([]Check, error) {
	var checks []Check
	err := scanAll(s.reads.QueryContext(ctx, `SELECT c.id, s.name, c.started_at, c.ended_at, c.listed, c.found, c.imported, c.rejected,
		c.pending, c.skipped, c.bytes, c.error FROM checks c JOIN sources s ON s.id = c.source_id `+rest, args...))(func(rows *sql.Rows) error {
		var c Check
		var started, ended sql.NullInt64
		if err := rows.Scan(&c.ID, &c.Source, &started, &ended, &c.Listed, &c.Found, &c.Imported, &c.Rejected,
			&c.Pending, &c.Skipped, &c.Bytes, &c.Error); err != nil {
			return err
		}
		c.Started, c.Ended = instant(started), instant(ended)
		checks = append(checks, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read checks: %w", err)
	}
	return checks, nil
}
