package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

const samples = "../../shared/data"

// sampleItems reads the real stats files, which are no part of this repository.
func sampleItems(t *testing.T) []Item {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(samples, "gamestats"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no sample files at %s", samples)
	}
	if err != nil {
		t.Fatal(err)
	}
	var items []Item
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(samples, "gamestats", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item(t, e.Name(), 1_760_000_000, data))
	}
	return items
}

// expectedRow is a line of expected.jsonl, or the same read from the database.
type expectedRow map[string]any

func readExpected(t *testing.T) map[string]expectedRow {
	t.Helper()
	f, err := os.Open(filepath.Join(samples, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := map[string]expectedRow{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		row := expectedRow{}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprint(row["file"], row["guid"])] = row
	}
	return all
}

// nativeQuery reads what the tables hold, in the words of expected.jsonl.
const nativeQuery = `SELECT f.path AS file, r.stamp, r.map, r.round, p.guid, p.name, p.raw_name, p.team, p.mode,
	(SELECT ff.path FROM rounds o JOIN files ff ON ff.id = o.file_id WHERE o.id = r.first_round_id) AS r1_file, r.tabs,
	(SELECT json_group_object(w.weapon, json_array(w.hits, w.shots, w.kills, w.deaths, w.headshots))
		FROM weapon_rounds w WHERE w.player_round_id = p.id) AS weapons, p.*
	FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id`

// botQuery reads the same through the bot's views. What they lack is left out.
const botQuery = `SELECT f.filename AS file, s.session_date AS stamp, p.map_name AS map, p.round_number AS round,
	p.player_guid AS guid, p.player_name AS name, p.team,
	(SELECT json_group_object(w.weapon_name, json_array(w.hits, w.shots, w.kills, w.deaths, w.headshots))
		FROM weapon_comprehensive_stats w WHERE w.session_id = s.id AND w.player_guid = p.player_guid) AS weapons,
	p.kills, p.deaths, p.damage_given, p.damage_received, p.team_damage_given, p.team_damage_received, p.gibs, p.self_kills,
	p.team_kills, p.team_gibs, p.headshot_kills, p.time_played_seconds, p.time_played_minutes, p.time_dead_minutes,
	p.time_dead_ratio, p.xp, p.kd_ratio AS kd, p.dpm, p.bullets_fired, p.accuracy, p.kill_assists, p.objectives_stolen,
	p.objectives_returned, p.dynamites_planted, p.dynamites_defused, p.times_revived, p.revives_given,
	p.most_useful_kills AS useful_kills, p.useless_kills, p.kill_steals, p.denied_playtime,
	p.constructions AS repairs_constructions, p.tank_meatshield, p.double_kills AS multikill_2x, p.triple_kills AS multikill_3x,
	p.quad_kills AS multikill_4x, p.multi_kills AS multikill_5x, p.mega_kills AS multikill_6x,
	p.killing_spree_best AS killing_spree, p.death_spree_worst AS death_spree
	FROM player_comprehensive_stats p JOIN sessions s ON s.id = p.session_id
	JOIN processed_files f ON f.filename = s.session_date || '-' || s.map_name || '-round-' || s.round_number || '.txt'`

func readRows(t *testing.T, s *Store, query string) map[string]expectedRow {
	t.Helper()
	all := map[string]expectedRow{}
	for _, row := range table(t, s, query) {
		weapons := map[string]any{}
		if err := json.Unmarshal([]byte(row["weapons"].(string)), &weapons); err != nil {
			t.Fatal(err)
		}
		row["weapons"] = weapons
		all[fmt.Sprint(row["file"], row["guid"])] = row
	}
	return all
}

// sameValue compares a value of the database with one of JSON.
func sameValue(got, want any) bool {
	number := func(v any) (float64, bool) {
		switch n := v.(type) {
		case int64:
			return float64(n), true
		case float64:
			return n, true
		}
		return 0, false
	}
	if w, ok := number(want); ok {
		g, ok := number(got)
		return ok && math.Abs(g-w) <= 1e-9*max(1, math.Abs(w))
	}
	return fmt.Sprint(got) == fmt.Sprint(want)
}

func TestSamplesAsExpected(t *testing.T) {
	items := sampleItems(t)
	want := readExpected(t)
	orders := map[string]func([]Item){
		"by name":   func([]Item) {},
		"backwards": func(items []Item) { slices.Reverse(items) },
		"shuffled": func(items []Item) {
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		},
	}
	var first string
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			items := slices.Clone(items)
			order(items)
			s := open(t)
			for chunk := range slices.Chunk(items, 17) {
				commit(t, s, chunk...)
			}
			native := readRows(t, s, nativeQuery)
			for _, row := range native {
				weapons := map[string]any{}
				for id := range etlegacy.Weapons {
					if w, ok := row["weapons"].(map[string]any)[fmt.Sprint(id)]; ok {
						weapons[etlegacy.WeaponName(id)] = w
					}
				}
				row["weapons"] = weapons
			}
			compare(t, native, want, func(expectedRow) bool { return true })
			compare(t, readRows(t, s, botQuery), want, func(row expectedRow) bool { return row["mode"] != "orphan" })
			sound(t, s)
			now := dump(t, s)
			if first == "" {
				first = now
			}
			if now != first {
				t.Error("another order left other rows")
			}
			for chunk := range slices.Chunk(items, 40) {
				commit(t, s, chunk...)
			}
			if dump(t, s) != first {
				t.Error("committing again changed rows")
			}
		})
	}
}

// compare checks that got has exactly the rows of want for which keep holds, and
// in each every value that it has a column for.
func compare(t *testing.T, got, want map[string]expectedRow, keep func(expectedRow) bool) {
	t.Helper()
	kept, values := 0, 0
	for key, w := range want {
		g, ok := got[key]
		if !keep(w) {
			if ok {
				t.Errorf("%s is there", key)
			}
			continue
		}
		kept++
		if !ok {
			t.Errorf("%s is missing", key)
			continue
		}
		for field, value := range w {
			if v, ok := g[field]; ok {
				values++
				if !sameValue(v, value) {
					t.Errorf("%s: %s is %v, want %v", key, field, v, value)
				}
			}
		}
	}
	if len(got) != kept || values < 40*kept {
		t.Errorf("%d rows, want %d; %d values compared", len(got), kept, values)
	}
}

// sound checks the whole database.
func sound(tb testing.TB, s *Store) {
	tb.Helper()
	var verdict string
	if err := s.reads.QueryRowContext(context.Background(), "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		tb.Errorf("integrity: %q, %v", verdict, err)
	}
	if bad := table(tb, s, "PRAGMA foreign_key_check"); len(bad) > 0 {
		tb.Errorf("foreign keys: %v", bad)
	}
}
