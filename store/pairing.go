package store

import (
	"database/sql"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

const pairWithin = int64(etlegacy.PairWithin / time.Second)

// second is a round 2 whose rows are to be made. One that was in the database
// before this batch has no round yet.
type second struct {
	round *etlegacy.Round
	moment
}

// pairAll finds the round 1 of every round 2 that came, and of every other whose
// round 1 may be another now, and writes their rows.
func (b *batch) pairAll() error {
	for _, m := range b.changed {
		if err := b.each(`SELECT id FROM rounds WHERE source_id = ? AND map = ? AND round = 2
			AND written_at > ? AND written_at <= ?`, []any{b.source, m.mapName, m.at, m.at + pairWithin},
			func(rows *sql.Rows) error {
				var id int64
				err := rows.Scan(&id)
				if b.seconds[id] == nil {
					b.seconds[id] = &second{}
				}
				return err
			}); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(b.seconds)) {
		if err := b.pair(id, b.seconds[id]); err != nil {
			return err
		}
	}
	return nil
}

// pair makes the rows of one round 2.
func (b *batch) pair(id int64, s *second) error {
	if s.round == nil {
		again, err := b.reread(id, s)
		if err != nil || !again {
			return err
		}
	}
	firstID, err := b.firstOf(s.moment)
	if err != nil {
		return err
	}
	var first *etlegacy.Round
	var header *etlegacy.Header
	if firstID.Valid {
		if first, err = b.first(firstID.Int64); err != nil {
			return err
		}
		header = &first.Header
	}
	score := etlegacy.Score(header, &s.round.Header)
	if err := b.exec("UPDATE rounds SET first_round_id = ?, score_first = ?, score_second = ? WHERE id = ?",
		firstID, sql.NullInt64{Int64: int64(score.First), Valid: score.Known && first != nil},
		sql.NullInt64{Int64: int64(score.Second), Valid: score.Known && first != nil}, id); err != nil {
		return err
	}
	if first != nil {
		if err := b.matched(id, s.at, firstID.Int64, s.mapName); err != nil {
			return err
		}
	}
	return b.putRows(id, s.at, etlegacy.Rows(s.round, first))
}

// firstOf finds the round 1 of a round 2: the latest of its map that is earlier,
// and by no more than PairWithin.
func (b *batch) firstOf(m moment) (id sql.NullInt64, err error) {
	_, err = b.get(`SELECT id FROM rounds WHERE source_id = ? AND map = ? AND round = 1
		AND written_at >= ? AND written_at < ? ORDER BY written_at DESC, stamp DESC LIMIT 1`,
		[]any{b.source, m.mapName, m.at - pairWithin, m.at}, &id)
	return id, err
}

// reread reads a stored round 2 again and drops its rows; false when there is
// nothing to make anew, because its round 1 is the same or its file is unreadable.
func (b *batch) reread(id int64, s *second) (bool, error) {
	var r stored
	var content []byte
	var first, session sql.NullInt64
	if _, err := b.get(`SELECT r.file_id, f.path, r.written_at, r.map, r.round, r.session_id, r.first_round_id, r.content
		FROM rounds r JOIN files f ON f.id = r.file_id WHERE r.id = ?`, []any{id},
		&r.file, &r.path, &r.at, &r.mapName, &r.number, &session, &first, &content); err != nil {
		return false, err
	}
	r.id, r.session = id, session.Int64
	now, err := b.firstOf(r.moment())
	if err != nil || now == first && b.firsts[now.Int64] == nil {
		return false, err
	}
	s.moment = r.moment()
	if s.round, err = etlegacy.Parse(path.Base(r.path), content); err != nil {
		if err := b.removeRound(&r); err != nil {
			return false, err
		}
		return false, b.reject(r.file, err)
	}
	return true, b.dropRows(id)
}

// first returns a round 1: of this batch, or read back from its rows, which say all
// that its file does of what carries over into round 2.
func (b *batch) first(id int64) (*etlegacy.Round, error) {
	if r := b.firsts[id]; r != nil {
		return r, nil
	}
	r := &etlegacy.Round{}
	if _, err := b.get("SELECT stamp, map, round, defender, winner, time_limit, actual_time, tabs FROM rounds WHERE id = ?", []any{id},
		&r.Name.Stamp, &r.Name.Map, &r.Name.Round, &r.Header.Defender, &r.Header.Winner,
		&r.Header.TimeLimit, &r.Header.Actual, &r.Tabs); err != nil {
		return nil, err
	}
	at := map[int64]int{} // player_rounds.id: index into r.Players
	if err := b.each("SELECT id, guid, clean_name, coalesce(bullets_fired, 0), coalesce(tank_meatshield, 0), "+strings.Join(statColumns, ", ")+
		" FROM player_rounds WHERE round_id = ? ORDER BY id", []any{id}, func(rows *sql.Rows) error {
		var row etlegacy.Row
		var player int64
		fields := numbers(&row)
		bullets, tank := fields[bulletsColumn], fields[tankColumn]
		fields[bulletsColumn], fields[tankColumn] = new(any), new(any)
		if err := rows.Scan(append([]any{&player, &row.GUID, &row.Clean, bullets, tank}, fields[:]...)...); err != nil {
			return err
		}
		at[player] = len(r.Players)
		r.Players = append(r.Players, row.Player)
		return nil
	}); err != nil {
		return nil, err
	}
	return r, b.each(`SELECT w.player_round_id, w.weapon, w.hits, w.shots, w.kills, w.deaths, w.headshots
		FROM player_rounds p JOIN weapon_rounds w ON w.player_round_id = p.id WHERE p.round_id = ?`, []any{id},
		func(rows *sql.Rows) error {
			var player int64
			var weapon int
			var w etlegacy.Weapon
			if err := rows.Scan(&player, &weapon, &w.Hits, &w.Shots, &w.Kills, &w.Deaths, &w.Headshots); err != nil {
				return err
			}
			r.Players[at[player]].Weapons[weapon] = w
			return nil
		})
}
