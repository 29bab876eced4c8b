package etlegacy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// numbered writes n tab fields, each holding its own number, so that none can
// be taken for another.
func numbered(n int) string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = strconv.Itoa(100 + i)
		if decimals(i) > 0 {
			fields[i] += ".5"
		}
	}
	return strings.Join(fields, "\t")
}

func TestLayouts(t *testing.T) {
	all := etlegacy.Stats{
		DamageGiven: 100, DamageReceived: 101, TeamDamageGiven: 102, TeamDamageReceived: 103,
		Gibs: 104, SelfKills: 105, TeamKills: 106, TeamGibs: 107, TimePlayedPercent: 108.5, XP: 109,
		KillingSpree: 110, DeathSpree: 111, KillAssists: 112, KillSteals: 113, HeadshotKills: 114,
		ObjectivesStolen: 115, ObjectivesReturned: 116, DynamitesPlanted: 117, DynamitesDefused: 118,
		TimesRevived: 119, BulletsFired: 120, TimePlayedMinutes: 122.5, TankMeatshield: 123.5,
		TimeDeadRatio: 124.5, TimeDeadMinutes: 125.5, UsefulKills: 127, DeniedPlaytime: 128,
		Multikills: [5]int{129, 130, 131, 132, 133}, UselessKills: 134, FullSelfkills: 135,
		RepairsConstructions: 136, RevivesGiven: 137,
	}
	with := func(change func(*etlegacy.Stats)) etlegacy.Stats {
		s := all
		change(&s)
		return s
	}
	tests := []struct {
		fields, tabs int
		want         etlegacy.Stats
	}{
		{38, 38, all},
		{41, 38, all},
		{37, 37, with(func(s *etlegacy.Stats) { s.RevivesGiven = 0 })},
		{36, 36, with(func(s *etlegacy.Stats) { s.RevivesGiven, s.RepairsConstructions = 0, 0 })},
		{34, 34, with(func(s *etlegacy.Stats) {
			s.RevivesGiven, s.RepairsConstructions, s.FullSelfkills, s.UselessKills = 0, 0, 0, 0
		})},
		{33, 33, with(func(s *etlegacy.Stats) {
			s.RevivesGiven, s.RepairsConstructions, s.FullSelfkills, s.UselessKills = 0, 0, 0, 0
			s.DeniedPlaytime, s.Multikills = 0, [5]int{128, 129, 130, 131, 132}
		})},
		{32, 32, with(func(s *etlegacy.Stats) {
			s.RevivesGiven, s.RepairsConstructions, s.FullSelfkills, s.UselessKills = 0, 0, 0, 0
			s.DeniedPlaytime, s.Multikills = 0, [5]int{}
		})},
		{2, 2, etlegacy.Stats{DamageGiven: 100, DamageReceived: 101}},
	}
	for _, tt := range tests {
		r := mustParse(t, round1, file(`AAAA0001\one\0\2\9 1 2 3 4 5 6 7 8 9 10 `+"\t"+numbered(tt.fields)))
		if r.Tabs != tt.tabs || r.Players[0].Stats != tt.want {
			t.Errorf("%d fields: %d tabs, %+v\nwant %+v", tt.fields, r.Tabs, r.Players[0].Stats, tt.want)
		}
	}
	r := mustParse(t, round1, file(`AAAA0001\one\0\2\0`))
	if r.Tabs != 0 || r.Players[0].Stats != (etlegacy.Stats{}) {
		t.Errorf("no fields: %+v", r)
	}
}

func TestPlayerAndHeader(t *testing.T) {
	r := mustParse(t, round1, header+`\412345`+"\n"+`aaaa0001\^2Mi^/ra^7!\0\3\134217745 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 `+"\t"+numbered(38)+"\n")
	wantHeader := etlegacy.Header{
		Hostname: "^1Test^7 server", Map: "mp_quarry", Config: "legacy3", Round: 1, Defender: 1, Winner: 2,
		TimeLimit: 720, Actual: 451, PlayTime: 412,
	}
	if r.Header != wantHeader {
		t.Errorf("header %+v, want %+v", r.Header, wantHeader)
	}
	p := r.Players[0]
	want := etlegacy.Player{GUID: "AAAA0001", RawName: "^2Mi^/ra^7!", Name: "Mi^/ra!", Clean: "Mira!", Team: 3, Mask: 1<<27 | 1<<4 | 1, Stats: p.Stats}
	want.Weapons[0] = etlegacy.Weapon{Hits: 1, Shots: 2, Kills: 3, Deaths: 4, Headshots: 5}
	want.Weapons[4] = etlegacy.Weapon{Hits: 6, Shots: 7, Kills: 8, Deaths: 9, Headshots: 10}
	want.Weapons[27] = etlegacy.Weapon{Hits: 11, Shots: 12, Kills: 13, Deaths: 14, Headshots: 15}
	if !reflect.DeepEqual(p, want) {
		t.Errorf("player %+v\nwant %+v", p, want)
	}
}

// TestHeaderValues changes one field of the header at a time.
func TestHeaderValues(t *testing.T) {
	get := map[string]func(etlegacy.Header) int{
		"round":    func(h etlegacy.Header) int { return h.Round },
		"defender": func(h etlegacy.Header) int { return h.Defender },
		"winner":   func(h etlegacy.Header) int { return h.Winner },
		"limit":    func(h etlegacy.Header) int { return h.TimeLimit },
		"actual":   func(h etlegacy.Header) int { return h.Actual },
		"play":     func(h etlegacy.Header) int { return h.PlayTime },
	}
	at := map[string]int{"round": 3, "defender": 4, "winner": 5, "limit": 6, "actual": 7, "play": 8}
	tests := []struct {
		field, text string
		want        int
	}{
		{"round", "2", 2}, {"round", "x", 1}, {"round", "", 1}, {"round", "7", 1},
		{"defender", "2", 2}, {"defender", "", 1}, {"defender", "axis", 1}, {"defender", "0", 1},
		{"winner", "1", 1}, {"winner", "0", 0}, {"winner", "", 0}, {"winner", "-1", 0}, {"winner", "3", 0},
		{"limit", "9:05", 545}, {"limit", "20.00", 1200}, {"limit", "7.25", 435}, {"limit", "15:12", 912},
		{"limit", "20", 0}, {"limit", "1:5", 0}, {"limit", "1:60", 0}, {"limit", "1:2:3", 0}, {"limit", "-1:00", 0},
		{"limit", "-3.50", 0}, {"limit", "nan", 0}, {"limit", "1e3", 0}, {"limit", "99999:00", 0}, {"limit", "", 0},
		{"actual", "71:05", 4265}, {"actual", "0:00", 0},
		{"play", "456", 456}, {"play", "10000", 10000}, {"play", "10001", 10}, {"play", "398600", 399},
		{"play", "455.6", 456}, {"play", "0", 0}, {"play", "-5", 0}, {"play", "inf", 0}, {"play", "nan", 0}, {"play", "", 0},
	}
	for _, tt := range tests {
		fields := append(strings.Split(header, `\`), "0", "ignored")
		fields[at[tt.field]] = tt.text
		r := mustParse(t, round1, strings.Join(fields, `\`)+"\n"+line("AAAA0001", "one", nil, nil))
		if got := get[tt.field](r.Header); got != tt.want {
			t.Errorf("%s %q is %d, want %d", tt.field, tt.text, got, tt.want)
		}
	}
}

// TestLineEnds reads one file in every shape that copies give it.
func TestLineEnds(t *testing.T) {
	text := file(
		line("AAAA0001", "one", map[int]string{4: "10 40 2 1 3"}, map[int]float64{0: 300, 22: 7.5}),
		line("BBBB0002", "two", map[int]string{5: "11 41 3 2 4"}, map[int]float64{0: 400, 22: 7.5}),
	)
	want := mustParse(t, round1, text)
	for what, same := range map[string]string{
		"CRLF":             strings.ReplaceAll(text, "\n", "\r\n"),
		"no final newline": strings.TrimSuffix(text, "\n"),
		"blank lines":      "\n" + strings.ReplaceAll(text, "\n", "\n \t\r\n\n"),
		"byte order mark":  "\ufeff" + text,
		"no space":         strings.ReplaceAll(text, " \t", "\t"),
		"more spaces":      strings.ReplaceAll(text, " \t", "   \t"),
	} {
		if got := mustParse(t, round1, same); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v\nwant %+v", what, got, want)
		}
	}
}

func TestBytesThatAreNotText(t *testing.T) {
	r := mustParse(t, round1, file(line("AAAA0001", "^1a\xff\xfeb\x00c\x1bé", nil, nil)))
	if got, want := r.Players[0].Name, "a\ufffd\ufffdb\ufffdc\x1bé"; got != want {
		t.Errorf("name %q, want %q", got, want)
	}
}

func TestRejections(t *testing.T) {
	good := line("AAAA0001", "one", map[int]string{4: "10 40 2 1 3"}, map[int]float64{22: 7.5})
	player := func(weapons string) string { return file(`AAAA0001\one\0\1\` + weapons + "\t" + numbered(38)) }
	tests := []struct {
		what, text string
		line       int
		reason     string
	}{
		{"empty", "", 0, "file is empty"},
		{"blank", "\r\n \n", 0, "file is empty"},
		{"header only", header, 0, "no player"},
		{"short header", `host\map\legacy3\1\1\2\12:00` + "\n" + good, 1, "header has 7 fields, not 8"},
		{"free text", "this is\r\nno stats file\r\n", 1, "header has 1 fields, not 8"},
		{"long header", strings.Repeat("h", 257) + strings.TrimPrefix(header, "^1Test^7 server"), 1,
			`header field "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh…" is longer than 256 bytes`},
		{"players by tabs", file("AAAA0001\tone\t0\t1"), 2, "player line has 1 parts, not 5"},
		{"cut GUID", file(good, "BBBB"), 3, "player line has 1 parts, not 5"},
		{"four parts", file(`AAAA0001\one\0\1`), 2, "player line has 4 parts, not 5"},
		{"six parts", file(`AAAA0001\o\ne\0\1\0`), 2, "player line has 6 parts, not 5"},
		{"rounds", file(`AAAA0001\one\x\1\0`), 2, `rounds "x" is not a number`},
		{"team", file(`AAAA0001\one\0\4\0`), 2, `team "4" is not 0, 1, 2 or 3`},
		{"no team", file(`AAAA0001\one\0\\0`), 2, `team "" is not 0, 1, 2 or 3`},
		{"no mask", player(""), 2, `weapon mask "" is not a number of 28 bits`},
		{"bit 28", player("268435456 1 2 3 4 5"), 2, `weapon mask "268435456" is not a number of 28 bits`},
		{"negative mask", player("-1"), 2, `weapon mask "-1" is not a number of 28 bits`},
		{"numbers missing", player("3 1 2 3 4 5"), 2, "weapon mask 3 wants 10 numbers, there are 5"},
		{"numbers over", player("1 1 2 3 4 5 6 7"), 2, "weapon mask 1 wants 5 numbers, there are 7"},
		{"numbers without mask", player("0 1"), 2, "weapon mask 0 wants 0 numbers, there are 1"},
		{"decimal count", player("1 1 2 3 4.0 5"), 2, `weapon number "4.0" is not a count`},
		{"negative count", player("1 1 2 -3 4 5"), 2, `weapon number "-3" is not a count`},
		{"huge count", player("1 1 2 3 4 1000000001"), 2, `weapon number "1000000001" is not a count`},
		{"name", file(line("AAAA0001", strings.Repeat("n", 257), nil, nil)), 2,
			`player name "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…" is longer than 256 bytes`},
		{"other layout", file(good, `BBBB0002\two\0\1\0`+"\t"+numbered(37)), 3,
			"player line has 37 tab fields, the ones before have 38"},
		{"cut line", strings.TrimSuffix(file(`AAAA0001\one\0\1\0`+"\t"+numbered(20)), "\n"), 2,
			"player line is cut off after 20 tab fields"},
		{"cut like an older line", strings.TrimSuffix(file(`AAAA0001\one\0\1\0`+"\t"+numbered(36)), "\n"), 2,
			"player line is cut off after 36 tab fields"},
		{"line number", "\n" + header + "\n\n" + good + "\n\nx\n", 6, "player line has 1 parts, not 5"},
		{"too many players", file(times(good, 257)...), 258, "more than 256 players"},
		{"too large", header + strings.Repeat("\n", etlegacy.MaxFile), 0, "file is larger than 1048576 bytes"},
	}
	for _, tt := range tests {
		if got := refused(t, round1, tt.text); got.Line != tt.line || got.Reason != tt.reason || got.Error() != tt.reason {
			t.Errorf("%s: line %d: %s\nwant line %d: %s", tt.what, got.Line, got.Reason, tt.line, tt.reason)
		}
	}
	for name, reason := range map[string]string{
		"notes.txt": "name is not a stats file's",
		"2031-03-04-210000-q-round-2-endstats.txt": "awards file, not a stats file",
	} {
		if got := refused(t, name, file(good)); got.Line != 0 || got.Reason != reason {
			t.Errorf("%s: line %d: %s; want %s", name, got.Line, got.Reason, reason)
		}
	}
}

func times(s string, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = s
	}
	return lines
}

// TestNumbers puts texts where numbers stand.
func TestNumbers(t *testing.T) {
	const integer, decimal = 9, 25
	tests := []struct {
		text  string
		field int
		ok    bool
	}{
		{"0", integer, true}, {"-7", integer, true}, {"1000000000", integer, true}, {"007", integer, true},
		{"1000000001", integer, false}, {"-1000000001", integer, false}, {"99999999999999999999", integer, false},
		{"", integer, false}, {"-", integer, false}, {"+1", integer, false}, {"1.0", integer, false}, {" 1", integer, false},
		{"1_000", integer, false}, {"0x10", integer, false}, {"1e3", integer, false}, {"٣", integer, false}, {"1\x00", integer, false},
		{"0.0", decimal, true}, {"12", decimal, true}, {"-0.5", decimal, true}, {"1.123456", decimal, true},
		{"", decimal, false}, {".5", decimal, false}, {"5.", decimal, false}, {"1.2.3", decimal, false}, {"1,5", decimal, false},
		{"nan", decimal, false}, {"-nan", decimal, false}, {"NaN", decimal, false}, {"inf", decimal, false}, {"Infinity", decimal, false},
		{"0x1p-2", decimal, false}, {"1e3", decimal, false}, {"1_0.0", decimal, false}, {"1.-5", decimal, false}, {"1.1234567", decimal, false},
		{"-1", 0, false}, {"-0.1", 22, false}, {"-1", 20, false}, {"-3", 28, true}, {"-3", 8, true},
	}
	for _, tt := range tests {
		fields := strings.Split(numbered(38), "\t")
		fields[tt.field] = tt.text
		text := file(`AAAA0001\one\0\1\0 ` + "\t" + strings.Join(fields, "\t"))
		if tt.ok {
			mustParse(t, round1, text)
			continue
		}
		got := refused(t, round1, text)
		if got.Line != 2 || !strings.HasPrefix(got.Reason, fmt.Sprintf("tab field %d ", tt.field)) {
			t.Errorf("%q in field %d: line %d: %s", tt.text, tt.field, got.Line, got.Reason)
		}
	}
}

func TestDecimalsAreExact(t *testing.T) {
	for tenths := range 10_000 {
		text := fmt.Sprintf("%d.%d", tenths/10, tenths%10)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		r := mustParse(t, round1, file(line("AAAA0001", "one", nil, map[int]float64{25: want})))
		if got := r.Players[0].Stats.TimeDeadMinutes; got != want {
			t.Fatalf("%s is %v", text, got)
		}
	}
}

func named(guid, name string) string {
	sum := sha256.Sum256([]byte(name))
	return guid + hex.EncodeToString(sum[:12])
}

func TestIdentities(t *testing.T) {
	type player struct{ guid, name string }
	tests := []struct {
		what    string
		players []player
		want    []string
		bots    []bool
	}{
		{"plain", []player{{"AAAA0001", "a"}, {"bbbb0002", "b"}, {"CCCC00033333", "c"}},
			[]string{"AAAA0001", "BBBB0002", "CCCC0003"}, []bool{false, false, false}},
		{"bots", []player{{"OMNIBOT0", "^1[BOT]x"}, {"OMNIBOT0", "y"}, {"AAAA0001", "[b^3ot]z"}, {"AAAA0002", "a[BOT]"}},
			[]string{named("OMNIBOT0", "[BOT]x"), named("OMNIBOT0", "y"), "AAAA0001", "AAAA0002"}, []bool{true, true, true, false}},
		{"one bot", []player{{"OMNIBOT0", "x"}}, []string{named("OMNIBOT0", "x")}, []bool{true}},
		{"none or short", []player{{"", "a"}, {" ", "b"}, {"7F", "c"}, {"no-guid!", "d"}, {"é", "e"}},
			[]string{named("NOGUID00", "a"), named("NOGUID00", "b"), named("7F", "c"), named("NO_GUID_", "d"), named("__", "e")},
			make([]bool, 5)},
		{"shared", []player{{"AAAA0001", "^1a"}, {"BBBB0002", "c"}, {"aaaa0001", "b"}},
			[]string{named("AAAA0001", "a"), "BBBB0002", named("AAAA0001", "b")}, make([]bool, 3)},
		{"shared with name", []player{{"AAAA0001", "a"}, {"AAAA0001", "a"}, {"AAAA0001", "^2a"}},
			[]string{named("AAAA0001", "a"), named("AAAA0001", "a\x002"), named("AAAA0001", "a\x003")}, make([]bool, 3)},
	}
	for _, tt := range tests {
		var lines []string
		for _, p := range tt.players {
			lines = append(lines, line(p.guid, p.name, nil, nil))
		}
		r := mustParse(t, round1, file(lines...))
		for i, p := range r.Players {
			if p.GUID != tt.want[i] || p.Bot != tt.bots[i] {
				t.Errorf("%s: player %d is %s, bot %v; want %s, %v", tt.what, i, p.GUID, p.Bot, tt.want[i], tt.bots[i])
			}
		}
	}
}
