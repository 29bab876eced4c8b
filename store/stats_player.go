package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// Alias is a name that a player had.
type Alias struct {
	Name   string
	Rounds int
	Last   time.Time // UTC: the last round under it
}

// WeaponTotals are a player's sums with one weapon.
type WeaponTotals struct {
	Weapon        string // WS_MP40
	Hits, Shots   int
	Kills, Deaths int // Deaths: killed by it
	Headshots     int // hits to the head
}

// MapTotals are a player's sums on one map.
type MapTotals struct {
	Map string
	Totals
}

// Aliases returns the names that a player had, the most used first.
func (s *Store) Aliases(ctx context.Context, guid string) ([]Alias, error) {
	var all []Alias
	err := scanAll(s.reads.QueryContext(ctx, `SELECT coalesce(nullif(clean_name, ''), name) AS label, count(*), max(written_at) FROM player_rounds
		WHERE guid = ? GROUP BY label ORDER BY 2 DESC, 3 DESC, 1`, guid))(func(rows *sql.Rows) error {
		var a Alias
		var last int64
		err := rows.Scan(&a.Name, &a.Rounds, &last)
		a.Last = time.Unix(last, 0).UTC()
		all = append(all, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read names of player %q: %w", guid, err)
	}
	return all, nil
}

// Weapons returns the sums of q's player with each weapon that was used or
// suffered, by kills. Orphan rounds are left out.
func (s *Store) Weapons(ctx context.Context, q StatsQuery) ([]WeaponTotals, error) {
	where, args := q.where()
	var all []WeaponTotals
	err := scanAll(s.reads.QueryContext(ctx, `SELECT w.weapon, sum(w.hits), sum(w.shots), sum(w.kills), sum(w.deaths), sum(w.headshots)
		FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN weapon_rounds w ON w.player_round_id = p.id
		WHERE p.guid = ? AND p.mode <> 'orphan'`+where+" GROUP BY w.weapon ORDER BY 4 DESC, 3 DESC, 1", append([]any{q.GUID}, args...)...))(
		func(rows *sql.Rows) error {
			var w WeaponTotals
			var id int
			err := rows.Scan(&id, &w.Hits, &w.Shots, &w.Kills, &w.Deaths, &w.Headshots)
			w.Weapon = etlegacy.WeaponName(id)
			all = append(all, w)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read weapons of player %q: %w", q.GUID, err)
	}
	return all, nil
}

// PlayerMaps returns the sums of q's player on each map, the longest played first.
// Orphan rounds are left out.
func (s *Store) PlayerMaps(ctx context.Context, q StatsQuery) ([]MapTotals, error) {
	where, args := q.where()
	var all []MapTotals
	err := scanAll(s.reads.QueryContext(ctx, "SELECT r.map, "+totalsColumns+` FROM player_rounds p JOIN rounds r ON r.id = p.round_id
		WHERE p.guid = ? AND p.mode <> 'orphan'`+where+" GROUP BY r.map HAVING sum(p.time_played_seconds) > 0 ORDER BY sum(p.time_played_seconds) DESC, r.map",
		append([]any{q.GUID}, args...)...))(func(rows *sql.Rows) error {
		var m MapTotals
		err := rows.Scan(append([]any{&m.Map}, m.Totals.fields()...)...)
		all = append(all, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read maps of player %q: %w", q.GUID, err)
	}
	return all, nil
}
