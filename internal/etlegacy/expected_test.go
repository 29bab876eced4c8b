package etlegacy_test

import (
	"bufio"
	"encoding/json"
	"math"
	"math/bits"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

const corpus = "../../../shared/data"

// corpusRounds parses every stats file of the corpus, in random order, and
// counts the refused.
func corpusRounds(t *testing.T) (rounds []*etlegacy.Round, rejected []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(corpus, "gamestats"))
	if err != nil {
		t.Skipf("no corpus of real files: %v", err)
	}
	rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(corpus, "gamestats", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		round, err := etlegacy.Parse(e.Name(), data)
		if err != nil {
			rejected = append(rejected, e.Name())
			continue
		}
		rounds = append(rounds, round)
	}
	return rounds, rejected
}

// firstOf returns the latest round 1 that round may be the second of.
func firstOf(round *etlegacy.Round, rounds []*etlegacy.Round, zone *time.Location) *etlegacy.Round {
	var first *etlegacy.Round
	for _, r := range rounds {
		if etlegacy.Pairs(r.Name, round.Name, zone) &&
			(first == nil || r.Name.WrittenAt(zone).After(first.Name.WrittenAt(zone))) {
			first = r
		}
	}
	return first
}

// flatten gives a row the keys and JSON values of the expected file.
func flatten(round, first *etlegacy.Round, r *etlegacy.Row) map[string]any {
	s := &r.Stats
	weapons := map[string]any{}
	for mask := r.Mask; mask != 0; mask &= mask - 1 {
		id := bits.TrailingZeros32(mask)
		w := r.Weapons[id]
		weapons[etlegacy.WeaponName(id)] = []any{
			float64(w.Hits), float64(w.Shots), float64(w.Kills), float64(w.Deaths), float64(w.Headshots),
		}
	}
	m := map[string]any{
		"file": fileName(round.Name), "stamp": round.Name.Stamp, "map": round.Name.Map,
		"guid": r.GUID, "name": r.Name, "raw_name": r.RawName, "mode": string(r.Mode), "r1_file": nil,
		"accuracy": r.Accuracy, "kd": r.KD, "dpm": r.DPM, "weapons": weapons,
		"time_played_percent": s.TimePlayedPercent, "time_played_minutes": s.TimePlayedMinutes,
		"time_dead_ratio": s.TimeDeadRatio, "time_dead_minutes": s.TimeDeadMinutes,
		"tank_meatshield": s.TankMeatshield,
	}
	for k, v := range map[string]int{
		"round": round.Name.Round, "team": r.Team, "tabs": round.Tabs, "hits": r.Hits, "shots": r.Shots,
		"kills": r.Kills, "deaths": r.Deaths, "headshots": r.Heads, "time_played_seconds": r.Seconds,
		"damage_given": s.DamageGiven, "damage_received": s.DamageReceived, "team_damage_given": s.TeamDamageGiven,
		"team_damage_received": s.TeamDamageReceived, "gibs": s.Gibs, "self_kills": s.SelfKills,
		"team_kills": s.TeamKills, "team_gibs": s.TeamGibs, "xp": s.XP, "killing_spree": s.KillingSpree,
		"death_spree": s.DeathSpree, "kill_assists": s.KillAssists, "kill_steals": s.KillSteals,
		"headshot_kills": s.HeadshotKills, "objectives_stolen": s.ObjectivesStolen,
		"objectives_returned": s.ObjectivesReturned, "dynamites_planted": s.DynamitesPlanted,
		"dynamites_defused": s.DynamitesDefused, "times_revived": s.TimesRevived, "bullets_fired": s.BulletsFired,
		"useful_kills": s.UsefulKills, "denied_playtime": s.DeniedPlaytime, "multikill_2x": s.Multikills[0],
		"multikill_3x": s.Multikills[1], "multikill_4x": s.Multikills[2], "multikill_5x": s.Multikills[3],
		"multikill_6x": s.Multikills[4], "useless_kills": s.UselessKills, "full_selfkills": s.FullSelfkills,
		"repairs_constructions": s.RepairsConstructions, "revives_given": s.RevivesGiven,
	} {
		m[k] = float64(v)
	}
	if first != nil {
		m["r1_file"] = fileName(first.Name)
	}
	if r.NoTank {
		m["tank_meatshield"] = nil
	}
	if r.NoBullets {
		m["bullets_fired"] = nil
	}
	return m
}

func fileName(n etlegacy.Name) string {
	return n.Stamp + "-" + n.Map + "-round-" + string(rune('0'+n.Round)) + ".txt"
}

// equal compares two decoded JSON values; numbers to 1e-9.
func equal(a, b any) bool {
	switch a := a.(type) {
	case float64:
		b, ok := b.(float64)
		return ok && math.Abs(a-b) <= 1e-9
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for k, v := range a {
			if w, ok := b[k]; !ok || !equal(v, w) {
				return false
			}
		}
		return true
	}
	return a == b
}

// TestExpected reads the whole corpus and compares every value of every row.
func TestExpected(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	rounds, rejected := corpusRounds(t)
	if len(rounds) != 128 || len(rejected) != 3 {
		t.Errorf("read %d files and refused %q; want 128 and 3", len(rounds), rejected)
	}
	got := map[string]map[string]any{}
	for _, round := range rounds {
		first := firstOf(round, rounds, zone)
		rows := etlegacy.Rows(round, first)
		for i := range rows {
			got[fileName(round.Name)+" "+rows[i].GUID] = flatten(round, first, &rows[i])
		}
	}

	f, err := os.Open(filepath.Join(corpus, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	wanted := 0
	for ; lines.Scan(); wanted++ {
		var want map[string]any
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		key := want["file"].(string) + " " + want["guid"].(string)
		row := got[key]
		if row == nil {
			t.Errorf("%s: no row", key)
			continue
		}
		if len(row) != len(want) {
			t.Errorf("%s: %d keys, want %d", key, len(row), len(want))
		}
		for k, w := range want {
			if g, ok := row[k]; !ok || !equal(g, w) {
				t.Errorf("%s: %s is %v, want %v", key, k, g, w)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if wanted == 0 || len(got) != wanted {
		t.Errorf("%d rows, want %d", len(got), wanted)
	}
}
