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
