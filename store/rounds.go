package store

import (
	"database/sql"
	"strings"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// incoming is a stats file to be stored as a round.
type incoming struct {
	file    int64
	sha     string
	round   *etlegacy.Round
	content []byte
}

// addRound stores a file's round.
func (b *batch) addRound(in *incoming) error {
	id, err := b.nextID("rounds")
	if err != nil {
		return err
	}
	at := in.round.Name.WrittenAt(b.zone).Unix()
	session, err := b.joinSession(at)
	if err != nil {
		return err
	}
	if err := b.exec(`INSERT INTO rounds (`+roundColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		b.roundValues(id, at, session, in)...); err != nil {
		return err
	}
	b.heard(id, at, in.round, false)
	return b.enter(id, at, in.round)
}

// changeRound puts in where old was: others may know the round's id.
func (b *batch) changeRound(old *stored, in *incoming) error {
	if err := b.leaveRound(old); err != nil {
		return err
	}
	at, session := in.round.Name.WrittenAt(b.zone).Unix(), old.session
	if at != old.at { // the source's zone was changed
		err := b.leaveSession(old)
		if err == nil {
			session, err = b.joinSession(at)
		}
		if err != nil {
			return err
		}
	}
	if err := b.exec(`UPDATE rounds SET (`+roundColumns+`) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),
		first_round_id = NULL, score_first = NULL, score_second = NULL WHERE id = ?`,
		append(b.roundValues(old.id, at, session, in), old.id)...); err != nil {
		return err
	}
	b.heard(old.id, at, in.round, true)
	return b.enter(old.id, at, in.round)
}

// removeRound drops a round and all that is made of it.
func (b *batch) removeRound(old *stored) error {
	if err := b.leaveRound(old); err != nil {
		return err
	}
	if err := b.leaveSession(old); err != nil {
		return err
	}
	return b.exec("DELETE FROM rounds WHERE id = ?", old.id)
}

const roundColumns = `id, source_id, file_id, sha256, stamp, written_at, map, round, hostname, config,
	defender, winner, time_limit, actual_time, play_time, tabs, outcome, session_id, imported_at, content`

func (b *batch) roundValues(id, at, session int64, in *incoming) []any {
	r, h := in.round, &in.round.Header
	var content any // of a round 2, to be read again when its round 1 comes late
	if r.Name.Round == 2 {
		content = in.content
	}
	return []any{
		id, b.source, in.file, in.sha, r.Name.Stamp, at, r.Name.Map, r.Name.Round, text(h.Hostname), text(h.Config),
		h.Defender, h.Winner, h.TimeLimit, h.Actual, h.PlayTime, r.Tabs, string(etlegacy.Outcome(*h)), session,
		b.now.UnixMilli(), content,
	}
}

// enter writes a round 1's rows, and puts a round 2 on the list of those to be
// paired.
func (b *batch) enter(id, at int64, r *etlegacy.Round) error {
	if r.Name.Round == 2 {
		b.seconds[id] = &second{round: r, moment: moment{r.Name.Map, at}}
		return nil
	}
	b.firsts[id] = r
	b.changed = append(b.changed, moment{r.Name.Map, at})
	return b.putRows(id, at, etlegacy.Rows(r, nil))
}

// leaveRound undoes enter.
func (b *batch) leaveRound(old *stored) error {
	if old.number == 1 {
		b.changed = append(b.changed, moment{old.mapName, old.at})
	}
	delete(b.firsts, old.id)
	delete(b.seconds, old.id)
	return b.dropRows(old.id)
}

// putRows writes a round's players and their weapons.
func (b *batch) putRows(round, at int64, rows []etlegacy.Row) error {
	for i := range rows {
		r := &rows[i]
		id := b.nextRow
		b.nextRow++
		guid := text(r.GUID)
		if _, known := b.guids[guid]; !known {
			b.guids[guid] = false
		}
		b.players.args = append(b.players.args, id, round, guid, at, text(r.Name), text(r.Clean), text(r.RawName), r.Bot, int64(r.Team), string(r.Mode))
		b.players.args = appendNumbers(b.players.args, r)
		for w, n := range r.Weapons {
			if r.Mask&(1<<w) == 0 {
				continue
			}
			b.weapons.args = append(b.weapons.args, id, int64(w),
				int64(n.Hits), int64(n.Shots), int64(n.Kills), int64(n.Deaths), int64(n.Headshots))
		}
	}
	if b.players.full() || b.weapons.full() {
		return b.flush()
	}
	return nil
}

// dropRows removes a round's players and their weapons.
func (b *batch) dropRows(round int64) error {
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.each("SELECT guid FROM player_rounds WHERE round_id = ?", []any{round}, func(rows *sql.Rows) error {
		var guid string
		err := rows.Scan(&guid)
		b.guids[guid] = true
		return err
	}); err != nil {
		return err
	}
	return b.exec("DELETE FROM player_rounds WHERE round_id = ?", round)
}

// refreshPlayers derives the players of b.guids from their rounds. Of rounds of the
// same second the greater name counts: any order would do that is the files' alone.
func (b *batch) refreshPlayers() error {
	for guid, left := range b.guids {
		if err := b.exec(`INSERT INTO players (guid, name, clean_name, raw_name, is_bot, first_seen_at, last_seen_at)
			SELECT guid, name, clean_name, raw_name, is_bot,
				1000 * (SELECT min(written_at) FROM player_rounds WHERE guid = ?1), 1000 * written_at
			FROM player_rounds WHERE guid = ?1 ORDER BY written_at DESC, name DESC, raw_name DESC, is_bot DESC LIMIT 1
			ON CONFLICT (guid) DO UPDATE SET name = excluded.name, clean_name = excluded.clean_name, raw_name = excluded.raw_name, is_bot = excluded.is_bot,
				first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at`, guid); err != nil {
			return err
		}
		if !left {
			continue
		}
		if err := b.exec("DELETE FROM players WHERE guid = ?1 AND NOT EXISTS (SELECT 1 FROM player_rounds WHERE guid = ?1)", guid); err != nil {
			return err
		}
	}
	return nil
}

// text is s as others can read it: SQLite stores any bytes, Python refuses them.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
