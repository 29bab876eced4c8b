package etlegacy_test

import (
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// rowsOf reads two invented rounds and returns the second's rows.
func rowsOf(t *testing.T, first, second []string) []etlegacy.Row {
	t.Helper()
	return etlegacy.Rows(mustParse(t, round2, file(second...)), mustParse(t, round1, file(first...)))
}

// TestDiff gives every field the value 1000+i in round 1 and 3000+3i in round 2:
// a cumulative one leaves 2000+2i, the others the file's own.
func TestDiff(t *testing.T) {
	before, after := map[int]float64{}, map[int]float64{}
	for i := range 38 {
		before[i], after[i] = float64(1000+i), float64(3000+3*i)
	}
	before[8], after[8] = 80, 70
	before[22], after[22] = 10, 25.5
	after[25] = 3.1
	rows := rowsOf(t,
		[]string{line("AAAA0001", "one", map[int]string{4: "10 40 2 1 3", 0: "0 9 0 0 0", 14: "0 1 0 0 0"}, before)},
		[]string{line("AAAA0001", "^1uno", map[int]string{4: "25 100 5 4 4", 0: "0 7 0 0 0", 8: "2 1 2 0 0"}, after)})
	r := rows[0]
	want := etlegacy.Stats{
		DamageGiven: 2000, DamageReceived: 2002, TeamDamageGiven: 2004, TeamDamageReceived: 2006,
		Gibs: 2008, SelfKills: 2010, TeamKills: 2012, TeamGibs: 2014,
		TimePlayedPercent: 63.5, // (70 x 25.5 - 80 x 10) / 15.5 = 63.548…
		XP:                3027, KillingSpree: 3030, DeathSpree: 3033, KillAssists: 3036, KillSteals: 3039, HeadshotKills: 3042,
		ObjectivesStolen: 3045, ObjectivesReturned: 3048, DynamitesPlanted: 3051, DynamitesDefused: 3054, TimesRevived: 3057,
		BulletsFired: 2040, TimePlayedMinutes: 15.5, TankMeatshield: 0,
		TimeDeadRatio: 20, TimeDeadMinutes: 3.1, UsefulKills: 3081, DeniedPlaytime: 3084,
		Multikills: [5]int{3087, 3090, 3093, 3096, 3099}, UselessKills: 3102, FullSelfkills: 3105,
		RepairsConstructions: 3108, RevivesGiven: 3111,
	}
	if r.Mode != etlegacy.ModeDiff || r.Stats != want {
		t.Errorf("%s %+v\nwant %+v", r.Mode, r.Stats, want)
	}
	if !r.NoTank || r.NoBullets {
		t.Errorf("no tank %v, no bullets %v; want true, false", r.NoTank, r.NoBullets)
	}
	if r.Name != "uno" || r.Mask != 1|1<<4|1<<8 {
		t.Errorf("%s with weapons %b", r.Name, r.Mask)
	}
	if r.Weapons[0] != (etlegacy.Weapon{}) || r.Weapons[14] != (etlegacy.Weapon{}) ||
		r.Weapons[4] != (etlegacy.Weapon{Hits: 15, Shots: 60, Kills: 3, Deaths: 3, Headshots: 1}) {
		t.Errorf("weapons %+v", r.Weapons)
	}
	if r.Hits != 17 || r.Shots != 61 || r.Kills != 5 || r.Deaths != 3 || r.Heads != 1 || r.Seconds != 930 {
		t.Errorf("sums %+v", r)
	}
	if r.DPM != 2000*60/930. || r.KD != 5/3. || r.Accuracy != 1700/61. {
		t.Errorf("dpm %v, kd %v, accuracy %v", r.DPM, r.KD, r.Accuracy)
	}
}

func TestModes(t *testing.T) {
	weapons := map[int]string{4: "10 40 5 6 3"}
	fields := map[int]float64{0: 500, 1: 600, 9: 7, 20: 40, 22: 8, 23: 1.5}
	first := line("AAAA0001", "one", weapons, fields)
	changed := func(field int, to float64) string {
		f := map[int]float64{0: 500, 1: 600, 9: 7, 20: 40, 22: 8, 23: 1.5}
		f[field] = to
		return line("AAAA0001", "one", weapons, f)
	}
	tests := []struct {
		what, second string
		mode         etlegacy.Mode
		damage       int
	}{
		{"nothing played", first, etlegacy.ModeDiff, 0},
		{"more damage", changed(0, 501), etlegacy.ModeDiff, 1},
		{"renamed", line("AAAA0001", "other", weapons, fields), etlegacy.ModeDiff, 0},
		{"less xp", changed(9, 1), etlegacy.ModeDiff, 0},
		{"fewer bullets", changed(20, 1), etlegacy.ModeDiff, 0},
		{"fewer shots", line("AAAA0001", "one", map[int]string{4: "9 30 5 6 1"}, fields), etlegacy.ModeDiff, 0},
		{"less damage given", changed(0, 499), etlegacy.ModeReset, 499},
		{"less damage received", changed(1, 599), etlegacy.ModeReset, 500},
		{"less time", changed(22, 7.9), etlegacy.ModeReset, 500},
		{"fewer kills", line("AAAA0001", "one", map[int]string{4: "10 40 4 6 3"}, fields), etlegacy.ModeReset, 500},
		{"fewer deaths", line("AAAA0001", "one", map[int]string{4: "10 40 5 5 3"}, fields), etlegacy.ModeReset, 500},
		{"same name only", line("BBBB0002", "one", weapons, fields), etlegacy.ModeJoined, 500},
	}
	for _, tt := range tests {
		r := rowsOf(t, []string{first}, []string{tt.second})[0]
		if r.Mode != tt.mode || r.Stats.DamageGiven != tt.damage {
			t.Errorf("%s: %s with %d damage, want %s with %d", tt.what, r.Mode, r.Stats.DamageGiven, tt.mode, tt.damage)
		}
		if diff := tt.mode == etlegacy.ModeDiff; r.NoTank != diff || (r.Stats.TankMeatshield == 0) != diff {
			t.Errorf("%s: tank %v, none %v", tt.what, r.Stats.TankMeatshield, r.NoTank)
		}
	}

	one, two := mustParse(t, round1, file(first)), mustParse(t, round2, file(first))
	for what, r := range map[string]etlegacy.Row{"r1": etlegacy.Rows(one, nil)[0], "orphan": etlegacy.Rows(two, nil)[0]} {
		if string(r.Mode) != what || r.Stats != one.Players[0].Stats || r.Kills != 5 || r.NoTank || r.NoBullets {
			t.Errorf("%s: %+v", what, r)
		}
	}
}

// TestNothingBelowZero lowers every number whose fall does not mean a reset.
func TestNothingBelowZero(t *testing.T) {
	before := map[int]float64{0: 5, 1: 5, 2: 9, 3: 9, 4: 9, 5: 9, 6: 9, 7: 9, 20: 9, 22: 4.2}
	after := map[int]float64{0: 5, 1: 5, 22: 12.3}
	r := rowsOf(t,
		[]string{line("AAAA0001", "one", map[int]string{4: "9 9 1 0 9", 5: "0 0 0 2 0"}, before)},
		[]string{line("AAAA0001", "one", map[int]string{4: "1 1 0 2 1", 5: "0 0 1 0 0"}, after)})[0]
	want := etlegacy.Stats{TimePlayedMinutes: 8.1} // 12.3 - 4.2 is a hair more in binary
	if r.Mode != etlegacy.ModeDiff || r.Stats != want {
		t.Errorf("%s %+v, want %+v", r.Mode, r.Stats, want)
	}
	if r.Weapons[4] != (etlegacy.Weapon{Deaths: 2}) || r.Weapons[5] != (etlegacy.Weapon{Kills: 1}) {
		t.Errorf("weapons %+v", r.Weapons)
	}
}

// TestNoTime is a player who went to watch before round 2: all totals stand still.
func TestNoTime(t *testing.T) {
	l := line("AAAA0001", "one", nil, map[int]float64{0: 500, 8: 81.5, 22: 8, 24: 20, 25: 1.5})
	r := rowsOf(t, []string{l}, []string{l})[0]
	if r.Seconds != 0 || r.DPM != 0 || r.KD != 0 || r.Accuracy != 0 || r.Stats.TimePlayedPercent != 0 || r.Stats.TimeDeadRatio != 0 {
		t.Errorf("%+v", r)
	}
}

func TestBulletsOfOlderLayouts(t *testing.T) {
	for _, tabs := range []int{33, 36, 37} {
		one := mustParse(t, round1, file(`AAAA0001\one\0\1\0 `+"\t"+numbered(tabs)))
		two := mustParse(t, round2, file(`AAAA0001\one\0\1\0 `+"\t"+numbered(tabs)))
		r := etlegacy.Rows(two, one)[0]
		if !r.NoBullets || r.Stats.BulletsFired != 0 {
			t.Errorf("%d fields: no bullets %v, %d", tabs, r.NoBullets, r.Stats.BulletsFired)
		}
		newer := mustParse(t, round2, file(`AAAA0001\one\0\1\0 `+"\t"+numbered(38)))
		if r := etlegacy.Rows(newer, one)[0]; !r.NoBullets {
			t.Errorf("%d fields, then 38: %d bullets", tabs, r.Stats.BulletsFired)
		}
		if r := etlegacy.Rows(one, nil)[0]; r.NoBullets || r.Stats.BulletsFired != 120 {
			t.Errorf("%d fields, round 1: no bullets %v, %d", tabs, r.NoBullets, r.Stats.BulletsFired)
		}
	}
}

// TestOrderDoesNotMatter: players stand in any order, and rows in the file's.
func TestOrderDoesNotMatter(t *testing.T) {
	who := func(guid string, damage float64) string { return line(guid, "x", nil, map[int]float64{0: damage}) }
	rows := rowsOf(t,
		[]string{who("AAAA0001", 1), who("BBBB0002", 2), who("CCCC0003", 3)},
		[]string{who("CCCC0003", 10), who("AAAA0001", 20), who("BBBB0002", 30)})
	var got []int
	for _, r := range rows {
		got = append(got, r.Stats.DamageGiven)
	}
	if len(got) != 3 || got[0] != 7 || got[1] != 19 || got[2] != 28 {
		t.Errorf("damage %v, want [7 19 28]", got)
	}
}

// TestUniqueIDsMatch follows players whose GUIDs do not tell them apart.
func TestUniqueIDsMatch(t *testing.T) {
	who := func(guid, name string, damage float64) string {
		return line(guid, name, nil, map[int]float64{0: damage})
	}
	tests := []struct {
		what          string
		first, second []string
		want          []int
		modes         string
	}{
		{"bots", []string{who("OMNIBOT0", "x", 1), who("OMNIBOT0", "y", 2)},
			[]string{who("OMNIBOT0", "^3y", 10), who("OMNIBOT0", "x", 20), who("OMNIBOT0", "z", 30)}, []int{8, 19, 30}, "diff diff joined"},
		{"one bot left", []string{who("OMNIBOT0", "x", 1), who("OMNIBOT0", "y", 2)},
			[]string{who("OMNIBOT0", "y", 10)}, []int{8}, "diff"},
		{"no GUID", []string{who("", "x", 1)}, []string{who("", "x", 10), who("", "y", 20)}, []int{9, 20}, "diff joined"},
		{"shared in round 2", []string{who("AAAA0001", "x", 1)},
			[]string{who("AAAA0001", "x", 10), who("AAAA0001", "y", 20)}, []int{9, 20}, "diff joined"},
		{"shared in round 1", []string{who("AAAA0001", "x", 1), who("AAAA0001", "y", 2)},
			[]string{who("AAAA0001", "y", 20)}, []int{18}, "diff"},
	}
	for _, tt := range tests {
		rows := rowsOf(t, tt.first, tt.second)
		modes := strings.Fields(tt.modes)
		for i, r := range rows {
			if r.Stats.DamageGiven != tt.want[i] || string(r.Mode) != modes[i] {
				t.Errorf("%s: row %d is %s with %d, want %s with %d", tt.what, i, r.Mode, r.Stats.DamageGiven, modes[i], tt.want[i])
			}
		}
	}
}
