package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Shared are the rounds that two players both played, and each one's sums in them.
type Shared struct{ A, B Totals }

// VersusMatch is a match that both played.
type VersusMatch struct {
	Map      string
	Stamp    string // YYYY-MM-DD-HHMMSS of its round 1, the server's wall clock
	Together bool   // in one team
	For      int    // points of A's team
	Against  int    // points of the other
	Known    bool   // the score is
}

// Versus is how two players fare against and beside each other.
type Versus struct {
	Against  Record // of A, in matches in which they were opponents
	Together Record // of both, in matches in which they were in one team
	Mixed    int    // matches in which one of them was in both teams: not counted
	Matches  []VersusMatch
	// Rounds, whether or not they have a match; orphans are left out.
	RoundsAgainst, RoundsTogether Shared
}

// Versus compares the players of GUIDs a and b over the rounds that q selects. The
// matches are by time. q's GUID does not matter.
func (s *Store) Versus(ctx context.Context, a, b string, q StatsQuery) (Versus, error) {
	var v Versus
	sides, err := s.sides(ctx, q, a, b)
	if err != nil {
		return v, err
	}
	for i := 1; i < len(sides); i++ { // a match's sides stand beside each other
		one, two := sides[i-1], sides[i]
		if one.match != two.match {
			continue
		}
		if one.guid != a {
			one, two = two, one
		}
		if one.mixed || two.mixed {
			v.Mixed++
			continue
		}
		m := VersusMatch{Map: one.mapName, Stamp: one.stamp, Together: one.first == two.first,
			For: one.score.First, Against: one.score.Second, Known: one.score.Known}
		if !one.first {
			m.For, m.Against = m.Against, m.For
		}
		v.Matches = append(v.Matches, m)
		record := &v.Against
		if m.Together {
			record = &v.Together
		}
		record.count(one.score, one.first)
	}
	v.RoundsAgainst, v.RoundsTogether, err = s.sharedRounds(ctx, a, b, q)
	return v, err
}

// sharedRounds sums up the rounds in which both played, as opponents and in one team.
func (s *Store) sharedRounds(ctx context.Context, a, b string, q StatsQuery) (against, together Shared, err error) {
	where, args := q.where()
	err = scanAll(s.reads.QueryContext(ctx, "SELECT p.guid, p.team = o.team, "+totalsColumns+`
		FROM player_rounds p JOIN rounds r ON r.id = p.round_id
		JOIN player_rounds o ON o.round_id = p.round_id AND +o.guid = CASE p.guid WHEN ?1 THEN ?2 ELSE ?1 END
		WHERE p.guid IN (?1, ?2) AND p.mode <> 'orphan' AND p.team IN (1, 2) AND o.team IN (1, 2)
			AND p.time_played_seconds > 0 AND o.time_played_seconds > 0`+where+" GROUP BY 1, 2",
		append([]any{a, b}, args...)...))(func(rows *sql.Rows) error {
		var guid string
		var same bool
		var t Totals
		if err := rows.Scan(append([]any{&guid, &same}, t.fields()...)...); err != nil {
			return err
		}
		into := &against
		if same {
			into = &together
		}
		if guid == a {
			into.A = t
		} else {
			into.B = t
		}
		return nil
	})
	if err != nil {
		return against, together, fmt.Errorf("read the rounds of players %q and %q: %w", a, b, err)
	}
	return against, together, nil
}
