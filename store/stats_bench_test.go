package store

import "testing"

// BenchmarkStats asks 2,000 rounds what a dashboard asks of them.
func BenchmarkStats(b *testing.B) {
	s := open(b)
	commit(b, s, season(b, 2000)...)
	for name, ask := range map[string]func() error{
		"totals":  func() error { _, err := s.PlayerTotals(b.Context(), StatsQuery{}); return err },
		"records": func() error { _, err := s.Records(b.Context(), StatsQuery{}); return err },
		"versus": func() error {
			_, err := s.Versus(b.Context(), "A0000000", "A0000001", StatsQuery{})
			return err
		},
		"maps": func() error { _, err := s.MapStats(b.Context(), StatsQuery{Map: "supply"}); return err },
		"find": func() error { _, err := s.FindPlayer(b.Context(), "A0000001"); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
