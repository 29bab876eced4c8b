package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// line is a player of an invented stats file: a made-up name, its side, and numbers.
type line struct {
	name                     string
	side, damage, kills      int
	deaths, hits, shots      int
	tenths, revives, headers int // tenths of minutes played; headers: headshot kills
}

// guidOf is the made-up GUID of a made-up name.
func guidOf(name string) string { return strings.ToUpper(fmt.Sprintf("%08x", "0"+name))[:8] }

// statsItem is an invented round of a map whose defenders are the Axis: an MP40
// holds hits, shots, kills, deaths. In round 2 files the numbers are of both rounds.
func statsItem(t *testing.T, stamp, mapName string, round, winner, limit, actual int, lines ...line) Item {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "host\\%s\\legacy3\\%d\\1\\%d\\%d:%02d\\%d:%02d\n", mapName, round, winner, limit/60, limit%60, actual/60, actual%60)
	for _, l := range lines {
		fmt.Fprintf(&b, "%s\\^1%s\\0\\%d\\%d %d %d %d %d 0 ", guidOf(l.name), l.name, l.side, 1<<4, l.hits, l.shots, l.kills, l.deaths)
		fields := make([]string, 38)
		for i := range fields {
			fields[i] = "0"
		}
		fields[0], fields[14], fields[37] = fmt.Sprint(l.damage), fmt.Sprint(l.headers), fmt.Sprint(l.revives)
		fields[8], fields[22] = "80.0", fmt.Sprintf("%d.%d", l.tenths/10, l.tenths%10)
		b.WriteString("\t" + strings.Join(fields, "\t") + "\n")
	}
	return item(t, stamp+"-"+mapName+"-round-"+fmt.Sprint(round)+".txt", 1, []byte(b.String()))
}

// twoEvenings are two matches, a round 1 alone and an orphan: on quarry vex attacks first
// with kit, against moss; on harbour vex and moss are together, and rue changes sides.
func twoEvenings(t *testing.T, s *Store) {
	t.Helper()
	commit(t, s,
		statsItem(t, "2026-01-05-203000", "quarry", 1, 2, 600, 300,
			line{"vex", 2, 1000, 10, 5, 30, 100, 50, 4, 2}, line{"kit", 2, 500, 4, 0, 10, 20, 50, 0, 1}, line{"moss", 1, 800, 5, 10, 20, 80, 50, 1, 0}),
		statsItem(t, "2026-01-05-203700", "quarry", 2, 1, 300, 300,
			line{"vex", 1, 1600, 16, 9, 50, 160, 100, 3, 1}, line{"kit", 1, 900, 6, 0, 15, 30, 100, 0, 0}, line{"moss", 2, 2000, 9, 16, 60, 200, 100, 0, 4}),
		statsItem(t, "2026-01-05-205000", "harbour", 1, 1, 600, 600,
			line{"vex", 1, 900, 6, 6, 10, 50, 100, 0, 0}, line{"moss", 1, 700, 6, 7, 10, 50, 100, 0, 0}, line{"rue", 2, 100, 1, 1, 1, 5, 100, 0, 0}),
		statsItem(t, "2026-01-05-210100", "harbour", 2, 1, 600, 600,
			line{"vex", 2, 1900, 12, 12, 20, 100, 200, 0, 0}, line{"moss", 2, 1400, 12, 14, 20, 100, 200, 0, 0}, line{"rue", 2, 200, 2, 2, 2, 10, 200, 0, 0}),
		statsItem(t, "2026-01-05-211500", "quarry", 1, 1, 600, 600, line{"vex", 2, 300, 3, 3, 5, 10, 50, 0, 0}, line{"moss", 1, 0, 0, 0, 0, 0, 0, 0, 0}),
		statsItem(t, "2026-01-02-200000", "harbour", 2, 2, 600, 200, line{"vex", 2, 99999, 999, 1, 999, 1000, 100, 50, 50}),
	)
}

func TestStatsOfEvening(t *testing.T) {
	s := open(t)
	twoEvenings(t, s)
	ctx := t.Context()
	players, err := s.PlayerTotals(ctx, StatsQuery{})
	if err != nil || len(players) != 4 {
		t.Fatalf("%+v, %v", players, err)
	}
	vex := players[slices.IndexFunc(players, func(p PlayerTotals) bool { return p.Name == "vex" })]
	want := Totals{Rounds: 5, Seconds: 2100, Kills: 31, Deaths: 24, HeadshotKills: 3, DamageGiven: 3800, Hits: 75, Shots: 270,
		RevivesGiven: 7, RevivesSeconds: 2100}
	if vex.Totals != want {
		t.Errorf("vex: %+v, want %+v", vex.Totals, want)
	}
	if dpm := vex.DPM(); fmt.Sprintf("%.3f %.3f %.3f %.3f", dpm, vex.KD(), vex.Accuracy(), vex.RPM()) != "108.571 1.292 27.778 0.200" {
		t.Errorf("rates: %v %v %v %v", dpm, vex.KD(), vex.Accuracy(), vex.RPM())
	}
	kd, _ := MetricNamed("kd")
	ranked := Rank(players, kd, 0)
	if ranked[0].Name != "kit" || ranked[0].KD() != 6 || len(Rank(players, kd, 11*time.Minute)) != 3 {
		t.Errorf("by K/D: %+v", ranked)
	}
	records, err := s.Records(ctx, StatsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]Record{guidOf("vex"): {Won: 1, Drawn: 1}, guidOf("kit"): {Won: 1}, guidOf("moss"): {Drawn: 1, Lost: 1}}; !reflect.DeepEqual(records, want) {
		t.Errorf("records %+v, want %+v", records, want)
	}
	sessions, err := s.GameSessions(ctx, "", 1)
	if err != nil || len(sessions) != 1 || sessions[0].Rounds != 5 {
		t.Fatalf("%+v, %v", sessions, err)
	}
	start := sessions[0].Start
	for _, test := range []struct {
		source string
		at     time.Time
		rounds int // of the session that had begun then; 0: none
	}{
		{"", start.AddDate(9, 0, 0), 5}, {"game", start, 5}, {"game", start.Add(-time.Second), 1},
		{"game", start.AddDate(0, 0, -9), 0}, {"elsewhere", start, 0},
	} {
		g, ok, err := s.GameSessionAt(ctx, test.source, test.at)
		if err != nil || g.Rounds != test.rounds || ok != (test.rounds > 0) {
			t.Errorf("at %s of %q: %+v, %t, %v", test.at, test.source, g, ok, err)
		}
	}
	played, err := s.PlayedMaps(ctx, StatsQuery{Session: sessions[0].ID})
	if err != nil || len(played) != 3 || played[0].Score != (MatchScore{2, 0, true}) || played[1].Score != (MatchScore{1, 1, true}) ||
		played[2].Two != nil || played[2].Score.Known {
		t.Errorf("%+v, %v", played, err)
	}
	m, err := s.MapStats(ctx, StatsQuery{Map: "quarry"})
	if err != nil || m.Rounds != 3 || m.Matches != 1 || m.FirstWon != 1 || m.One != (Attacks{1, 1, 0, 1, 300, 300}) || m.Two.Held != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := s.MapStats(ctx, StatsQuery{Map: "harbour"}); err != nil || m.Orphans != 1 || m.Rounds != 2 || m.Drawn != 1 || m.Two.Completed != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	since := time.Date(2026, 1, 5, 20, 45, 0, 0, testZone)
	if late, err := s.PlayerTotals(ctx, StatsQuery{Since: since, GUID: guidOf("vex"), Source: "game"}); err != nil || len(late) != 1 || late[0].Rounds != 3 {
		t.Errorf("since: %+v, %v", late, err)
	}
	if none, err := s.PlayerTotals(ctx, StatsQuery{Source: "elsewhere"}); err != nil || len(none) != 0 {
		t.Errorf("of another source: %+v, %v", none, err)
	}
}

func TestVersus(t *testing.T) {
	s := open(t)
	twoEvenings(t, s)
	v, err := s.Versus(t.Context(), guidOf("moss"), guidOf("vex"), StatsQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if v.Against != (Record{Lost: 1}) || v.Together != (Record{Drawn: 1}) || v.Mixed != 0 || len(v.Matches) != 2 {
		t.Errorf("%+v", v)
	}
	if m := v.Matches[0]; m != (VersusMatch{"quarry", "2026-01-05-203000", false, 0, 2, true}) {
		t.Errorf("%+v", m)
	}
	if a, b := v.RoundsAgainst.A, v.RoundsAgainst.B; a.Rounds != 2 || a.DamageGiven != 2000 || b.DamageGiven != 1600 || b.Kills != 16 {
		t.Errorf("against: %+v", v.RoundsAgainst)
	}
	if a, b := v.RoundsTogether.A, v.RoundsTogether.B; a.Rounds != 2 || a.DamageGiven != 1400 || b.DamageGiven != 1900 {
		t.Errorf("together: %+v", v.RoundsTogether)
	}
	if v, err = s.Versus(t.Context(), guidOf("vex"), guidOf("rue"), StatsQuery{}); err != nil || v.Mixed != 1 || len(v.Matches) != 0 ||
		v.RoundsAgainst.A.Rounds != 1 || v.RoundsTogether.A.Rounds != 1 {
		t.Errorf("with one who changed sides: %+v, %v", v, err)
	}
	if v, err = s.Versus(t.Context(), guidOf("kit"), guidOf("rue"), StatsQuery{}); err != nil || !reflect.DeepEqual(v, Versus{}) {
		t.Errorf("who never met: %+v, %v", v, err)
	}
}

func TestFind(t *testing.T) {
	s := open(t)
	twoEvenings(t, s)
	renamed := statsItem(t, "2026-01-06-200000", "quarry", 1, 1, 600, 600, line{"vex", 2, 1, 1, 1, 1, 1, 50, 0, 0})
	renamed = item(t, renamed.Key.Path, 1, []byte(strings.ReplaceAll(string(renamed.Content), "^1vex", "^1Moss")))
	for _, test := range []struct{ text, guid, name string }{
		{"vex", guidOf("vex"), "vex"}, {"KIT", guidOf("kit"), "kit"}, {strings.ToLower(guidOf("rue")), guidOf("rue"), "rue"},
	} {
		if p, err := s.FindPlayer(t.Context(), test.text); err != nil || p != (Player{test.guid, test.name, false}) {
			t.Errorf("%q is %+v, %v", test.text, p, err)
		}
	}
	commit(t, s, renamed)
	if p, err := s.FindPlayer(t.Context(), "Vex"); err != nil || p.GUID != guidOf("vex") || p.Name != "Moss" {
		t.Errorf("by an earlier name: %+v, %v", p, err)
	}
	who := func(err error) *WhoError {
		t.Helper()
		e, ok := errors.AsType[*WhoError](err)
		if !ok {
			t.Fatalf("%v", err)
		}
		return e
	}
	_, err := s.FindPlayer(t.Context(), "moss")
	if e := who(err); len(e.Fits) != 2 || e.Error() != `"moss" is the name of 2 players` {
		t.Errorf("%+v", e)
	}
	_, err = s.FindPlayer(t.Context(), "mosss")
	if e := who(err); len(e.Fits) != 0 || !slices.Contains(e.Near, "moss") || slices.Contains(e.Near, "kit") || e.Error() != `no player "mosss"` {
		t.Errorf("%+v", e)
	}
	if m, err := s.FindMap(t.Context(), "QUARRY"); err != nil || m != "quarry" {
		t.Errorf("%q, %v", m, err)
	}
	_, err = s.FindMap(t.Context(), "harbor")
	if e := who(err); !slices.Equal(e.Near, []string{"harbour"}) {
		t.Errorf("%+v", e)
	}
}
