package store

import (
	"bufio"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestBotColumns(t *testing.T) {
	s := open(t)
	for name, want := range map[string]string{
		"sessions":                   "id session_date map_name round_number defender_team winner_team time_limit actual_time created_at",
		"player_comprehensive_stats": "id session_id session_date map_name round_number player_guid player_name clean_name team kills deaths damage_given damage_received team_damage_given team_damage_received gibs self_kills team_kills team_gibs headshot_kills time_played_seconds time_played_minutes time_dead_minutes time_dead_ratio xp kd_ratio dpm efficiency bullets_fired accuracy kill_assists objectives_completed objectives_destroyed objectives_stolen objectives_returned dynamites_planted dynamites_defused times_revived revives_given most_useful_kills useless_kills kill_steals denied_playtime constructions tank_meatshield double_kills triple_kills quad_kills multi_kills mega_kills killing_spree_best death_spree_worst created_at",
		"weapon_comprehensive_stats": "id session_id session_date map_name round_number player_guid player_name weapon_name kills deaths headshots shots hits accuracy created_at",
		"processed_files":            "id filename file_hash success error_message processed_at",
		"player_aliases":             "id guid alias first_seen last_seen times_seen",
		"player_links":               "discord_id discord_username et_guid et_name linked_date verified",
		"session_teams":              "id session_start_date map_name team_name player_guids player_names created_at",
	} {
		var got []string
		for _, row := range table(t, s, "SELECT name FROM pragma_table_info(?) ORDER BY cid", name) {
			got = append(got, row["name"].(string))
		}
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s has %d columns: %q", name, len(got), got)
		}
	}
}

// TestBotQueriesUseIndexes: what a bot asks on every message reads no whole table.
func TestBotQueriesUseIndexes(t *testing.T) {
	s := open(t)
	for _, query := range []string{
		"SELECT * FROM sessions WHERE session_date = 'x'",
		"SELECT * FROM player_comprehensive_stats WHERE session_date = 'x'",
		"SELECT * FROM player_comprehensive_stats WHERE player_guid = 'x'",
		"SELECT * FROM player_comprehensive_stats WHERE session_id = 7",
		"SELECT * FROM weapon_comprehensive_stats WHERE session_date = 'x'",
		"SELECT * FROM weapon_comprehensive_stats WHERE player_guid = 'x' AND session_id = 7",
		"SELECT p.* FROM sessions s JOIN player_comprehensive_stats p ON p.session_id = s.id WHERE s.session_date = 'x'",
		"SELECT * FROM processed_files WHERE filename = 'x'",
		"SELECT * FROM player_aliases WHERE guid = 'x'",
	} {
		for _, row := range table(t, s, "EXPLAIN QUERY PLAN "+query) {
			step := row["detail"].(string)
			if strings.HasPrefix(step, "SCAN") && step != "SCAN player_aliases" && !strings.HasPrefix(step, "SCAN s USING COVERING INDEX") {
				t.Errorf("%s: %s", query, step)
			}
		}
	}
}

func TestBotValues(t *testing.T) {
	s := open(t)
	items := season(t, 2)
	orphan := season(t, 24)[23]
	bad := item(t, "2025-10-01-200000-ice-round-1.txt", 1, []byte("bad\n"))
	commit(t, s, append(items, orphan, bad, Item{Key: Key{"x-endstats.txt", 1, 1}, Status: Ignored, SHA256: "ee"})...)
	if err := s.Observe(t.Context(), "game", []Key{{"later.txt", 1, 1}}, at); err != nil {
		t.Fatal(err)
	}
	one := func(query string, args ...any) map[string]any {
		t.Helper()
		rows := table(t, s, query, args...)
		if len(rows) != 1 {
			t.Fatalf("%s: %d rows", query, len(rows))
		}
		return rows[0]
	}
	check := func(row map[string]any, field string, want any) {
		t.Helper()
		if row[field] != want {
			t.Errorf("%s is %v, want %v", field, row[field], want)
		}
	}
	first := items[0].Round
	row := one("SELECT * FROM sessions WHERE session_date = ?", first.Name.Stamp)
	check(row, "time_limit", "12:00")
	check(row, "actual_time", fmt.Sprintf("%d:%02d", first.Header.Actual/60, first.Header.Actual%60))
	check(row, "created_at", "2026-01-02 03:04:05")
	check(one("SELECT count(*) AS n FROM sessions"), "n", int64(3)) // an orphan was played
	check(one("SELECT count(*) AS n FROM player_comprehensive_stats WHERE session_id = (SELECT id FROM sessions WHERE session_date = ?)",
		orphan.Round.Name.Stamp), "n", int64(0))
	check(one("SELECT count(*) AS n FROM weapon_comprehensive_stats"), "n", int64(7*(len(first.Players)+len(items[1].Round.Players))))
	row = one(`SELECT *, round(100.0 * kills / (kills + deaths), 6) = round(efficiency, 6) AS right FROM player_comprehensive_stats
		WHERE player_guid = ? AND round_number = 1`, first.Players[0].GUID)
	check(row, "session_date", first.Name.Stamp[:10])
	check(row, "right", int64(1))
	check(row, "objectives_completed", int64(0))
	row = one("SELECT * FROM processed_files WHERE filename = ?", bad.Key.Path)
	check(row, "success", int64(0))
	check(row, "error_message", "line 1: header has 1 fields, not 8")
	check(one("SELECT * FROM processed_files WHERE filename = ?", "x-endstats.txt"), "success", int64(1))
	check(one("SELECT count(*) AS n FROM processed_files"), "n", int64(5)) // none that was only seen
	for _, a := range table(t, s, "SELECT * FROM player_aliases") {
		check(one(`SELECT count(*) AS n FROM player_rounds WHERE mode <> 'orphan' AND guid = ? AND name = ?`, a["guid"], a["alias"]), "n", a["times_seen"])
	}
	match := one("SELECT * FROM matches")
	check(match, "first_stamp", first.Name.Stamp)
	check(match, "second_stamp", items[1].Round.Name.Stamp)
}

// bot is a program of another language that opens the database beside us. It does
// what a line tells it and answers with a line.
const bot = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
for line in sys.stdin:
    try:
        rows = db.execute(line).fetchmany(1)
        print(rows[0][0] if rows else 'ok', flush=True)
    except Exception as e:
        print('error:', e, flush=True)
`

// startBot returns a way to tell the bot a statement and to hear its answer.
func startBot(t *testing.T, path string) func(string) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 to be the bot")
	}
	cmd := exec.Command(python, "-c", bot, path) // ends with its input, in the cleanup
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the bot: %v", err)
		}
	})
	answers := bufio.NewReader(out)
	return func(statement string) string {
		t.Helper()
		if _, err := fmt.Fprintln(in, statement); err != nil {
			t.Fatal(err)
		}
		line, err := answers.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}
}

// TestBotBesideUs: another process holds a long read, and a write for a while;
// neither stops a commit for good, and it sees whole commits only.
func TestBotBesideUs(t *testing.T) {
	s := open(t)
	items := season(t, 40)
	commit(t, s, items[:10]...)
	tell := startBot(t, s.Path())
	expect := func(statement, want string) {
		t.Helper()
		if got := tell(statement); got != want {
			t.Fatalf("%s: %q, want %q", statement, got, want)
		}
	}
	const count = "SELECT count(DISTINCT session_id) FROM player_comprehensive_stats"
	expect("BEGIN", "ok")
	expect(count, "10")
	for chunk := range slices.Chunk(items[10:30], 5) {
		commit(t, s, chunk...)
		expect(count, "10") // its read is of one moment
	}
	expect("COMMIT", "ok")
	expect(count, "30")

	expect("BEGIN IMMEDIATE", "ok")
	expect("INSERT INTO player_links (discord_id, et_guid) VALUES (123456789012345678, 'A0000001')", "ok")
	done := make(chan error)
	go func() {
		_, err := s.Commit(t.Context(), "game", testZone, at, items[30:])
		done <- err
	}()
	for len(s.turn) == 0 { // until the commit is on its way; it then waits for the bot
		select {
		case err := <-done:
			t.Fatalf("committed beside a write: %v", err)
		default:
		}
	}
	expect("COMMIT", "ok")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	expect(count, "40")
	expect("SELECT discord_id FROM player_links WHERE discord_id = '123456789012345678'", "123456789012345678")
	expect("PRAGMA integrity_check", "ok")
	expect("PRAGMA wal_checkpoint(TRUNCATE)", "0")
	sound(t, s)
}
