package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// GameSession is an evening: rounds that are at most an hour apart.
type GameSession struct {
	ID         int64
	Source     string
	Start, End time.Time // UTC: when its first and its last round ended
	Rounds     int       // with those that have no round 1
}

// GameSessions returns the newest sessions of a source (empty: of all), the newest
// first, at most limit (0: all).
func (s *Store) GameSessions(ctx context.Context, source string, limit int) ([]GameSession, error) {
	return s.sessionsUntil(ctx, source, math.MaxInt64, cmp.Or(limit, -1))
}

// GameSessionAt returns the newest session of a source (empty: of all) that had
// begun at that moment; false when none had.
func (s *Store) GameSessionAt(ctx context.Context, source string, at time.Time) (GameSession, bool, error) {
	found, err := s.sessionsUntil(ctx, source, at.Unix(), 1)
	if len(found) == 0 {
		return GameSession{}, false, err
	}
	return found[0], true, nil
}

func (s *Store) sessionsUntil(ctx context.Context, source string, begun int64, limit int) ([]GameSession, error) {
	var all []GameSession
	err := scanAll(s.reads.QueryContext(ctx, `SELECT g.id, s.name, g.started_at, g.ended_at, g.rounds
		FROM game_sessions g JOIN sources s ON s.id = g.source_id
		WHERE (?1 = '' OR s.name = ?1) AND g.started_at <= ?2 ORDER BY g.ended_at DESC, g.id DESC LIMIT ?3`, source, begun, limit))(
		func(rows *sql.Rows) error {
			var g GameSession
			var start, end int64
			err := rows.Scan(&g.ID, &g.Source, &start, &end, &g.Rounds)
			g.Start, g.End = time.Unix(start, 0).UTC(), time.Unix(end, 0).UTC()
			all = append(all, g)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read game sessions: %w", err)
	}
	return all, nil
}

// PlayedRound is how one round went.
type PlayedRound struct {
	Ended   time.Time // UTC
	Seconds int       // that it took; 0: unknown
	Outcome string    // fullhold, completed or unknown
}

// PlayedMap is a map that was played: a match, or a round of which the other is
// missing.
type PlayedMap struct {
	Map    string
	One    *PlayedRound // nil: not selected, or there is none
	Two    *PlayedRound // nil: a round 1 alone
	Orphan bool         // Two has no round 1
	Score  MatchScore
}

// PlayedMaps returns the maps of the rounds that q selects, in the order in which
// they were played. q's GUID does not matter.
func (s *Store) PlayedMaps(ctx context.Context, q StatsQuery) ([]PlayedMap, error) {
	where, args := q.where()
	var all []PlayedMap
	at := map[int64]int{} // id of a round 1: index into all
	err := scanAll(s.reads.QueryContext(ctx, `SELECT r.id, r.map, r.round, r.written_at, r.actual_time, r.outcome,
		r.first_round_id, r.score_first, r.score_second FROM rounds r WHERE 1`+where+" ORDER BY r.written_at, r.round, r.id", args...))(
		func(rows *sql.Rows) error {
			var id, written int64
			var number int
			var name string
			var r PlayedRound
			var first, one, two sql.NullInt64
			if err := rows.Scan(&id, &name, &number, &written, &r.Seconds, &r.Outcome, &first, &one, &two); err != nil {
				return err
			}
			r.Ended = time.Unix(written, 0).UTC()
			if number == 1 {
				at[id] = len(all)
				all = append(all, PlayedMap{Map: name, One: &r})
				return nil
			}
			score := MatchScore{int(one.Int64), int(two.Int64), one.Valid && two.Valid}
			if i, ok := at[first.Int64]; ok && first.Valid && all[i].Two == nil {
				all[i].Two, all[i].Score = &r, score
				return nil
			}
			all = append(all, PlayedMap{Map: name, Two: &r, Orphan: !first.Valid, Score: score})
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read played maps: %w", err)
	}
	return all, nil
}
