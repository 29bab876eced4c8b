package store

import (
	"slices"
	"testing"
)

// BenchmarkCommit imports 3,000 files, already read, a hundred at a time.
func BenchmarkCommit(b *testing.B) {
	items := season(b, 3000)
	for b.Loop() {
		b.StopTimer()
		s := open(b)
		b.StartTimer()
		for chunk := range slices.Chunk(items, 100) {
			commit(b, s, chunk...)
		}
	}
	b.ReportMetric(float64(len(items)*b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkBotQueries asks what a bot does on a message, of a year of 3,000 files.
func BenchmarkBotQueries(b *testing.B) {
	s := open(b)
	items := season(b, 3000)
	commit(b, s, items...)
	day := items[1500].Round.Name.Stamp[:10]
	for name, query := range map[string]string{
		"day":     "SELECT * FROM player_comprehensive_stats WHERE session_date = ?1",
		"player":  "SELECT sum(kills), sum(deaths) FROM player_comprehensive_stats WHERE player_guid = 'A0000001' AND ?1 <> ''",
		"weapons": "SELECT weapon_name, sum(kills) FROM weapon_comprehensive_stats WHERE session_date = ?1 GROUP BY weapon_name",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if len(table(b, s, query, day)) == 0 {
					b.Fatal("no rows")
				}
			}
		})
	}
}
