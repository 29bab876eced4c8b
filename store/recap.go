package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// RoundRecap is a round as people are told of it.
type RoundRecap struct {
	ID       int64
	Source   string
	Map      string
	Stamp    string // YYYY-MM-DD-HHMMSS, the server's wall clock
	At       time.Time
	Number   int    // 1 or 2
	Defender int    // side: 1 Axis, 2 Allies
	Outcome  string // fullhold, completed or unknown
	Limit    time.Duration
	Actual   time.Duration
	First    int64 // of a round 2: the id of its round 1; 0: none
	// The stopwatch points of the team that attacked first and of the other; -1: unknown.
	ScoreFirst, ScoreSecond int
}

const recapColumns = `r.id, s.name, r.map, r.stamp, r.written_at, r.round, r.defender, r.outcome, r.time_limit, r.actual_time,
	coalesce(r.first_round_id, 0), coalesce(r.score_first, -1), coalesce(r.score_second, -1)`

func scanRecap(scan func(...any) error) (RoundRecap, error) {
	var r RoundRecap
	var at, limit, actual int64
	err := scan(&r.ID, &r.Source, &r.Map, &r.Stamp, &at, &r.Number, &r.Defender, &r.Outcome, &limit, &actual, &r.First, &r.ScoreFirst, &r.ScoreSecond)
	r.At = time.Unix(at, 0).UTC()
	r.Limit, r.Actual = time.Duration(limit)*time.Second, time.Duration(actual)*time.Second
	return r, err
}

// RoundRecap returns the round with the id; false when it is gone.
func (s *Store) RoundRecap(ctx context.Context, id int64) (RoundRecap, bool, error) {
	r, err := scanRecap(s.reads.QueryRowContext(ctx, "SELECT "+recapColumns+" FROM rounds r JOIN sources s ON s.id = r.source_id WHERE r.id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return RoundRecap{}, false, nil
	}
	if err != nil {
		return RoundRecap{}, false, fmt.Errorf("read round %d: %w", id, err)
	}
	return r, true, nil
}

// PlayerRecap is what a player did in some rounds, taken together.
type PlayerRecap struct {
	GUID                           string
	Name                           string // as in the last of the rounds, without colour codes
	Team                           int    // there: 1 Axis, 2 Allies, 3 spectator
	Rounds                         int
	Seconds                        int // played
	Kills, Deaths, Damage, Revives int
}

// PlayerRecaps returns the players of rounds, those of the most damage first. Bots
// and spectators are left out, and orphans, whose numbers are of two rounds.
func (s *Store) PlayerRecaps(ctx context.Context, rounds ...int64) ([]PlayerRecap, error) {
	at := map[string]int{}
	var all []PlayerRecap
	for _, id := range rounds {
		err := scanAll(s.reads.QueryContext(ctx, `SELECT guid, clean_name, team, time_played_seconds, kills, deaths, damage_given, revives_given
			FROM player_rounds WHERE round_id = ? AND NOT is_bot AND team IN (1, 2) AND mode <> 'orphan' ORDER BY id`, id))(func(rows *sql.Rows) error {
			var p PlayerRecap
			if err := rows.Scan(&p.GUID, &p.Name, &p.Team, &p.Seconds, &p.Kills, &p.Deaths, &p.Damage, &p.Revives); err != nil {
				return err
			}
			i, ok := at[p.GUID]
			if !ok {
				i = len(all)
				at[p.GUID] = i
				all = append(all, PlayerRecap{GUID: p.GUID})
			}
			a := &all[i]
			a.Name, a.Team, a.Rounds = p.Name, p.Team, a.Rounds+1
			a.Seconds, a.Kills, a.Deaths = a.Seconds+p.Seconds, a.Kills+p.Kills, a.Deaths+p.Deaths
			a.Damage, a.Revives = a.Damage+p.Damage, a.Revives+p.Revives
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the players of round %d: %w", id, err)
		}
	}
	return all, nil
}

// SessionRecap is a game session.
type SessionRecap struct {
	ID         int64
	Source     string
	Start, End time.Time // its first and last round's file
	Imported   time.Time // when the last of its rounds came
}

// SessionsSince returns the game sessions of which a round came after since, by the
// time of their end.
func (s *Store) SessionsSince(ctx context.Context, since time.Time) ([]SessionRecap, error) {
	var all []SessionRecap
	err := scanAll(s.reads.QueryContext(ctx, `SELECT g.id, s.name, g.started_at, g.ended_at, max(r.imported_at)
		FROM sources s JOIN game_sessions g ON g.source_id = s.id JOIN rounds r ON r.session_id = g.id
		WHERE g.ended_at > ? GROUP BY g.id ORDER BY g.ended_at`, since.Unix()))(func(rows *sql.Rows) error {
		var g SessionRecap
		var start, end, came int64
		err := rows.Scan(&g.ID, &g.Source, &start, &end, &came)
		g.Start, g.End, g.Imported = time.Unix(start, 0).UTC(), time.Unix(end, 0).UTC(), time.UnixMilli(came).UTC()
		all = append(all, g)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read game sessions: %w", err)
	}
	return all, nil
}

// SessionRounds returns a game session's rounds in the order in which they were
// played.
func (s *Store) SessionRounds(ctx context.Context, session int64) ([]RoundRecap, error) {
	var all []RoundRecap
	err := scanAll(s.reads.QueryContext(ctx, "SELECT "+recapColumns+` FROM rounds r JOIN sources s ON s.id = r.source_id
		WHERE r.session_id = ? ORDER BY r.written_at, r.id`, session))(func(rows *sql.Rows) error {
		r, err := scanRecap(rows.Scan)
		all = append(all, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the rounds of session %d: %w", session, err)
	}
	return all, nil
}

// ArrivalsSince returns when a source's files arrived after since, as they tell and
// never later than when they were first seen.
func (s *Store) ArrivalsSince(ctx context.Context, source string, since time.Time) ([]time.Time, error) {
	var all []time.Time
	err := scanAll(s.reads.QueryContext(ctx, `SELECT DISTINCT min(modified, first_seen_at / 1000) FROM files
		WHERE source_id = (SELECT id FROM sources WHERE name = ?) AND version > 0 AND modified > ?`, source, since.Unix()))(func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&at)
		all = append(all, time.Unix(at, 0).UTC())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the arrivals of source %q: %w", source, err)
	}
	return all, nil
}
