package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Record counts matches by their stopwatch score.
type Record struct {
	Won, Drawn, Lost int
	Open             int // the score is unknown
}

// count adds a match that ended so for the team of first, or for the other.
func (r *Record) count(score MatchScore, first bool) {
	ours, theirs := score.First, score.Second
	if !first {
		ours, theirs = theirs, ours
	}
	switch {
	case !score.Known:
		r.Open++
	case ours > theirs:
		r.Won++
	case ours < theirs:
		r.Lost++
	default:
		r.Drawn++
	}
}

// MatchScore is a match's stopwatch score: First counts for the team that attacked
// in round 1.
type MatchScore struct {
	First, Second int
	Known         bool
}

// side is one player's place in one match.
type side struct {
	match   int64
	guid    string
	mapName string
	stamp   string
	score   MatchScore
	first   bool // of the team that attacked in round 1
	mixed   bool // was in both teams
}

// sides returns who was in which team of the matches that q selects, by time.
// Who did not play, or was a spectator, is left out.
func (s *Store) sides(ctx context.Context, q StatsQuery, guids ...string) ([]side, error) {
	where, args := q.where()
	who := ""
	if len(guids) > 0 {
		// The + keeps SQLite from walking all of a player's rounds for every match.
		who = " AND +p.guid IN (?" + strings.Repeat(", ?", len(guids)-1) + ")"
		for _, guid := range guids {
			args = append(args, guid)
		}
	}
	// In round 1 its attackers are the first team, in round 2 its defenders are.
	var all []side
	err := scanAll(s.reads.QueryContext(ctx, `SELECT m.id, p.guid, m.map, m.first_stamp, m.score_first, m.score_second,
			max((played.round = 1) = (p.team <> played.defender)), max((played.round = 1) = (p.team = played.defender))
		FROM matches m JOIN rounds r ON r.id = m.second_round_id
		JOIN rounds played ON played.id IN (m.first_round_id, m.second_round_id)
		JOIN player_rounds p ON p.round_id = played.id
		WHERE p.team IN (1, 2) AND played.defender IN (1, 2) AND p.time_played_seconds > 0`+where+who+`
		GROUP BY m.id, p.guid ORDER BY r.written_at, m.id, p.guid`, args...))(
		func(rows *sql.Rows) error {
			var at side
			var one, two sql.NullInt64
			var first, second bool
			err := rows.Scan(&at.match, &at.guid, &at.mapName, &at.stamp, &one, &two, &first, &second)
			at.score = MatchScore{int(one.Int64), int(two.Int64), one.Valid && two.Valid}
			at.first, at.mixed = first, first && second
			all = append(all, at)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the sides of matches: %w", err)
	}
	return all, nil
}

// Records returns how the matches that q selects went for each player, by GUID. A
// match in which a player was in both teams does not count for them.
func (s *Store) Records(ctx context.Context, q StatsQuery) (map[string]Record, error) {
	var guids []string
	if q.GUID != "" {
		guids = append(guids, q.GUID)
	}
	sides, err := s.sides(ctx, q, guids...)
	if err != nil {
		return nil, err
	}
	records := map[string]Record{}
	for _, at := range sides {
		if !at.mixed {
			r := records[at.guid]
			r.count(at.score, at.first)
			records[at.guid] = r
		}
	}
	return records, nil
}
