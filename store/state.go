package store

import (
	"context"
	"database/sql"
	"fmt"
)

// SaveState replaces what is remembered of st.Source.
func (s *Store) SaveState(ctx context.Context, st SourceState) error {
	err := s.write(ctx, func(t *tx) error {
		id, err := t.source(st.Source)
		if err != nil {
			return err
		}
		return t.exec(`UPDATE sources SET misses = ?, misses_total = ?, errors = ?, found = ?,
			last_check_at = ?, last_found_at = ?, last_error = ?,
			window_name = ?, rule = ?, line = ?, reason = ?, next_at = ? WHERE id = ?`,
			st.Misses, st.MissesTotal, st.Errors, st.Found,
			millis(st.LastCheck), millis(st.LastFound), st.LastError,
			st.Window, st.Rule, st.Line, st.Reason, millis(st.Next), id)
	})
	if err != nil {
		return fmt.Errorf("save state of source %q: %w", st.Source, err)
	}
	return nil
}

// States returns what is remembered of every source, by its name; instants have
// milliseconds. A source that only has files has a state that was never checked.
func (s *Store) States(ctx context.Context) (map[string]SourceState, error) {
	states := map[string]SourceState{}
	err := scanAll(s.reads.QueryContext(ctx, `SELECT name, misses, misses_total, errors, found,
		last_check_at, last_found_at, last_error, window_name, rule, line, reason, next_at FROM sources`))(
		func(rows *sql.Rows) error {
			var st SourceState
			var check, found, next sql.NullInt64
			if err := rows.Scan(&st.Source, &st.Misses, &st.MissesTotal, &st.Errors, &st.Found,
				&check, &found, &st.LastError, &st.Window, &st.Rule, &st.Line, &st.Reason, &next); err != nil {
				return err
			}
			st.LastCheck, st.LastFound, st.Next = instant(check), instant(found), instant(next)
			states[st.Source] = st
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	return states, nil
}
