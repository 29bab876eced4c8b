package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// table returns a query's rows by column.
func table(tb testing.TB, s *Store, query string, args ...any) []map[string]any {
	tb.Helper()
	rows, err := s.reads.QueryContext(context.Background(), query, args...)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	var all []map[string]any
	for rows.Next() {
		raw, pointers := make([]any, len(columns)), make([]any, len(columns))
		for i := range raw {
			pointers[i] = &raw[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			tb.Fatal(err)
		}
		row := map[string]any{}
		for i, name := range columns {
			row[name] = raw[i]
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// dump is all that the files say, ledger and rows, in an order and with names of
// its own: ids and the moments of imports differ from run to run, and so does what
// became of a path's earlier contents.
func dump(tb testing.TB, s *Store) string {
	tb.Helper()
	return lines(tb, s, `SELECT s.name, f.path, f.size, f.modified, f.sha256, f.local, f.status, f.version, f.line, f.reason, f.detail,
		f.content FROM files f JOIN sources s ON s.id = f.source_id WHERE `+latest) + derived(tb, s)
}

// derived is dump without the ledger.
func derived(tb testing.TB, s *Store) string {
	tb.Helper()
	return lines(tb, s,
		`SELECT f.path, r.sha256, r.stamp, r.written_at, r.map, r.round, r.hostname, r.config, r.defender, r.winner, r.time_limit,
			r.actual_time, r.play_time, r.tabs, r.outcome, r.score_first, r.score_second, r.content,
			(SELECT ff.path FROM rounds o JOIN files ff ON ff.id = o.file_id WHERE o.id = r.first_round_id) AS first,
			g.started_at, g.ended_at, g.rounds
			FROM rounds r JOIN files f ON f.id = r.file_id LEFT JOIN game_sessions g ON g.id = r.session_id`,
		`SELECT f.path, p.*, 0 AS id, 0 AS round_id FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id`,
		`SELECT f.path, p.guid, w.*, 0 AS player_round_id FROM weapon_rounds w JOIN player_rounds p ON p.id = w.player_round_id
			JOIN rounds r ON r.id = p.round_id JOIN files f ON f.id = r.file_id`,
		`SELECT s.name, g.started_at, g.ended_at, g.rounds FROM game_sessions g JOIN sources s ON s.id = g.source_id`,
		`SELECT * FROM players`)
}

func lines(tb testing.TB, s *Store, queries ...string) string {
	tb.Helper()
	var out strings.Builder
	for _, query := range queries {
		var lines []string
		for _, row := range table(tb, s, query) {
			lines = append(lines, fmt.Sprint(row))
		}
		slices.Sort(lines)
		fmt.Fprintf(&out, "%d rows\n%s\n", len(lines), strings.Join(lines, "\n"))
	}
	return out.String()
}
