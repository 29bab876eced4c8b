package store

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestStatsOfSamples adds the expected rows up by other means, and compares.
func TestStatsOfSamples(t *testing.T) {
	items := sampleItems(t)
	rows := readExpected(t)
	s := open(t)
	commit(t, s, items...)
	number := func(r expectedRow, field string) int { return int(r[field].(float64)) }
	sum := func(keep func(expectedRow) bool) map[string]Totals {
		all := map[string]Totals{}
		for _, r := range rows {
			if r["mode"] == "orphan" || !keep(r) {
				continue
			}
			w := all[r["guid"].(string)]
			if number(r, "time_played_seconds") > 0 {
				w.Rounds++
			}
			if number(r, "tabs") == 38 {
				w.RevivesSeconds += number(r, "time_played_seconds")
			}
			for field, into := range map[string]*int{
				"time_played_seconds": &w.Seconds, "kills": &w.Kills, "deaths": &w.Deaths, "gibs": &w.Gibs, "self_kills": &w.SelfKills,
				"team_kills": &w.TeamKills, "headshot_kills": &w.HeadshotKills, "kill_assists": &w.Assists, "damage_given": &w.DamageGiven,
				"damage_received": &w.DamageReceived, "team_damage_given": &w.TeamDamage, "hits": &w.Hits, "shots": &w.Shots, "xp": &w.XP,
				"times_revived": &w.TimesRevived, "revives_given": &w.RevivesGiven,
			} {
				*into += number(r, field)
			}
			all[r["guid"].(string)] = w
		}
		return all
	}
	check := func(q StatsQuery, keep func(expectedRow) bool) {
		t.Helper()
		want := sum(keep)
		got, err := s.PlayerTotals(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		played := 0
		for guid, w := range want {
			if w.Seconds == 0 {
				continue
			}
			played++
			i := slices.IndexFunc(got, func(p PlayerTotals) bool { return p.GUID == guid })
			if i < 0 || got[i].Totals != w {
				t.Errorf("%+v: a player is %+v, want %+v", q, got, w)
				continue
			}
			if dpm := 60 * float64(w.DamageGiven) / float64(w.Seconds); math.Abs(got[i].DPM()-dpm) > 1e-9 {
				t.Errorf("dpm %v, want %v", got[i].DPM(), dpm)
			}
		}
		if len(got) != played || played == 0 {
			t.Errorf("%+v: %d players, want %d", q, len(got), played)
		}
	}
	check(StatsQuery{}, func(expectedRow) bool { return true })
	for _, name := range []string{"supply", "te_escape2", "etl_adlernest"} {
		check(StatsQuery{Map: name}, func(r expectedRow) bool { return r["map"] == name })
	}
	sampleVersus(t, s, rows)
}

// sampleVersus works every pair of players' matches out from the expected rows and
// the headers of the files.
func sampleVersus(t *testing.T, s *Store, rows map[string]expectedRow) {
	type header struct{ defender, winner string }
	headers := map[string]header{}
	read := func(file string) header {
		if h, ok := headers[file]; ok {
			return h
		}
		data, err := os.ReadFile(filepath.Join(samples, "gamestats", file))
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(string(data), "\n")
		fields := strings.Split(first, `\`)
		headers[file] = header{fields[4], fields[5]}
		return headers[file]
	}
	// By match (its round 2's file), then player: 1 the first team, 2 the other, 3 both.
	teams := map[string]map[string]int{}
	firsts := map[string]string{}
	for _, r := range rows {
		if first, ok := r["r1_file"].(string); ok {
			firsts[r["file"].(string)] = first
		}
	}
	for second, first := range firsts {
		teams[second] = map[string]int{}
		for _, r := range rows {
			file, team := r["file"].(string), fmt.Sprint(r["team"])
			if file != first && file != second || team == "3" || r["time_played_seconds"].(float64) == 0 {
				continue
			}
			attacks := team != read(file).defender
			if attacks == (file == first) {
				teams[second][r["guid"].(string)] |= 1
			} else {
				teams[second][r["guid"].(string)] |= 2
			}
		}
	}
	players, err := s.PlayerTotals(t.Context(), StatsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, a := range players {
		for _, b := range players[:i] {
			var want Versus
			for second, first := range firsts {
				one, two := teams[second][a.GUID], teams[second][b.GUID]
				if one == 0 || two == 0 {
					continue
				}
				if one == 3 || two == 3 {
					want.Mixed++
					continue
				}
				record := &want.Against
				if one == two {
					record = &want.Together
				}
				h1, h2 := read(first), read(second)
				switch {
				case h2.winner == "0" || h1.winner == "0" && h2.winner == h2.defender:
					t.Fatalf("no winner in %s: this check does not know what that means", second)
				case h2.winner != h2.defender && one == 2, h2.winner == h2.defender && h1.winner != h1.defender && one == 1:
					record.Won++
				case h2.winner == h2.defender && h1.winner == h1.defender:
					record.Drawn++
				default:
					record.Lost++
				}
				compared++
			}
			got, err := s.Versus(t.Context(), a.GUID, b.GUID, StatsQuery{})
			if err != nil {
				t.Fatal(err)
			}
			if got.Against != want.Against || got.Together != want.Together || got.Mixed != want.Mixed {
				t.Errorf("%s and %s: %+v %+v %d, want %+v %+v %d", a.GUID, b.GUID, got.Against, got.Together, got.Mixed, want.Against, want.Together, want.Mixed)
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d matches of two players", compared)
	}
	t.Logf("%d matches of %d players compared", compared, len(players))
}
