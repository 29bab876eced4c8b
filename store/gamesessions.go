package store

import (
	"database/sql"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

const sessionGap = int64(etlegacy.SessionGap / time.Second)

// session is a row of game_sessions; instants are Unix seconds.
type session struct {
	id, start, end int64
	rounds         int
}

// joinSession counts a round at this instant into its game session, and returns
// that: a new one, or the one it is near to, or the two that it joins to one.
func (b *batch) joinSession(at int64) (int64, error) {
	near, err := b.sessionsNear(at)
	if err != nil {
		return 0, err
	}
	if len(near) == 0 {
		return b.insert("INSERT INTO game_sessions (source_id, started_at, ended_at, rounds) VALUES (?, ?, ?, 1)", b.source, at, at)
	}
	into := near[0]
	into.start, into.end = min(into.start, at), max(into.end, at)
	into.rounds++
	for _, other := range near[1:] {
		into.end = other.end
		into.rounds += other.rounds
		if err := b.exec("UPDATE rounds SET session_id = ? WHERE session_id = ?", into.id, other.id); err != nil {
			return 0, err
		}
		if err := b.exec("DELETE FROM game_sessions WHERE id = ?", other.id); err != nil {
			return 0, err
		}
	}
	return into.id, b.saveSession(into)
}

func (b *batch) saveSession(s session) error {
	return b.exec("UPDATE game_sessions SET started_at = ?, ended_at = ?, rounds = ? WHERE id = ?", s.start, s.end, s.rounds, s.id)
}

// sessionsNear returns the sessions of which an instant is part, by time: two at
// most, for sessions are further than the gap from one another.
func (b *batch) sessionsNear(at int64) ([]session, error) {
	var near []session
	err := b.each("SELECT id, started_at, ended_at, rounds FROM game_sessions WHERE source_id = ? AND ended_at >= ? ORDER BY ended_at LIMIT 2",
		[]any{b.source, at - sessionGap}, func(rows *sql.Rows) error {
			var s session
			if err := rows.Scan(&s.id, &s.start, &s.end, &s.rounds); err != nil {
				return err
			}
			if s.start <= at+sessionGap {
				near = append(near, s)
			}
			return nil
		})
	return near, err
}

// leaveSession takes a round out of its game session, which may go with it, or
// fall apart.
func (b *batch) leaveSession(old *stored) error {
	if err := b.exec("UPDATE rounds SET session_id = NULL WHERE id = ?", old.id); err != nil {
		return err
	}
	var parts []session
	ids := map[int64]int{} // round: which part
	if err := b.each("SELECT id, written_at FROM rounds WHERE session_id = ? ORDER BY written_at", []any{old.session}, func(rows *sql.Rows) error {
		var id, at int64
		if err := rows.Scan(&id, &at); err != nil {
			return err
		}
		if len(parts) == 0 || at-parts[len(parts)-1].end > sessionGap {
			parts = append(parts, session{start: at})
		}
		last := &parts[len(parts)-1]
		last.end = at
		last.rounds++
		ids[id] = len(parts) - 1
		return nil
	}); err != nil {
		return err
	}
	if len(parts) == 0 {
		return b.exec("DELETE FROM game_sessions WHERE id = ?", old.session)
	}
	parts[0].id = old.session
	for i := range parts[1:] {
		var err error
		if parts[i+1].id, err = b.insert("INSERT INTO game_sessions (source_id, started_at, ended_at, rounds) VALUES (?, 0, 0, 0)", b.source); err != nil {
			return err
		}
	}
	for id, part := range ids {
		if part > 0 {
			if err := b.exec("UPDATE rounds SET session_id = ? WHERE id = ?", parts[part].id, id); err != nil {
				return err
			}
		}
	}
	for _, s := range parts {
		if err := b.saveSession(s); err != nil {
			return err
		}
	}
	return nil
}
