package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// oracle says what must be stored of the files that are present, worked out the
// plain way: every file against every other.
func oracle(present []Item) string {
	var kept []Item
	for _, it := range present {
		if !slices.ContainsFunc(present, func(o Item) bool { return o.SHA256 == it.SHA256 && o.Key.Path < it.Key.Path }) {
			kept = append(kept, it)
		}
	}
	instant := func(it Item) int64 { return it.Round.Name.WrittenAt(testZone).Unix() }
	slices.SortFunc(kept, func(a, b Item) int {
		return cmp.Or(cmp.Compare(instant(a), instant(b)), cmp.Compare(a.Key.Path, b.Key.Path))
	})
	var out []string
	names := map[string][2]string{} // guid: instant and name
	for i, it := range kept {
		if i == 0 || instant(it)-instant(kept[i-1]) > 3600 {
			out = append(out, fmt.Sprintf("session from %d", instant(it)))
		}
		var first *etlegacy.Round
		from := ""
		for _, o := range kept { // in order of time: the last that fits is the one
			if etlegacy.Pairs(o.Round.Name, it.Round.Name, testZone) {
				first, from = o.Round, o.Key.Path
			}
		}
		for _, row := range etlegacy.Rows(it.Round, first) {
			out = append(out, fmt.Sprintf("row of %s %s %s %s %d %d %d %d", it.Key.Path, from, row.GUID, row.Mode, row.Kills, row.Shots, row.Stats.DamageGiven, row.Seconds))
			now := [2]string{fmt.Sprint(instant(it)), row.Name}
			previous := names[row.GUID]
			if slices.Compare(now[:], previous[:]) > 0 {
				names[row.GUID] = now
			}
		}
	}
	for guid, last := range names {
		out = append(out, fmt.Sprintf("player %s %s %s", guid, last[0], last[1]))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// summary is what oracle says, read from the database.
func summary(t *testing.T, s *Store) string {
	t.Helper()
	var out []string
	for _, row := range table(t, s, `
		SELECT printf('session from %d', started_at) AS line FROM game_sessions
		UNION ALL
		SELECT printf('row of %s %s %s %s %d %d %d %d', f.path, coalesce(ff.path, ''), p.guid, p.mode, p.kills, p.shots, p.damage_given, p.time_played_seconds)
			FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id
			LEFT JOIN rounds o ON o.id = r.first_round_id LEFT JOIN files ff ON ff.id = o.file_id
		UNION ALL
		SELECT printf('player %s %d %s', guid, last_seen_at / 1000, name) FROM players`) {
		out = append(out, row["line"].(string))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}
