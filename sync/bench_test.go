package sync

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// crowd writes n stats files: an invented match, again and again on an invented
// server of another name.
func crowd(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	var match [2]string
	for i := range match {
		file := []string{"2025-10-03-202745-supply-round-1.txt", "2025-10-03-203902-supply-round-2.txt"}[i]
		data, err := os.ReadFile(filepath.Join(evening, file))
		if err != nil {
			b.Fatal(err)
		}
		match[i] = string(data)
	}
	for i := range n {
		when := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 10 * time.Minute)
		name := fmt.Sprintf("%s-supply-round-%d.txt", when.Format("2006-01-02-150405"), i%2+1)
		write(b, filepath.Join(dir, name), fmt.Appendf(nil, "%d%s", i, match[i%2]), 0o644)
	}
	return dir
}

func benchRigs(b *testing.B, run func(b *testing.B, options func(dir string) Options)) {
	for _, rig := range rigs {
		b.Run(rig.name, func(b *testing.B) {
			run(b, func(dir string) Options { return rig.options(b, dir) })
		})
	}
}

// BenchmarkCheckEmpty is a check of 20,000 known names, over a kept connection.
func BenchmarkCheckEmpty(b *testing.B) {
	dir := b.TempDir()
	for i := range 20_000 {
		write(b, filepath.Join(dir, fmt.Sprintf("2024-03-01-%06d-supply-round-1.txt", i)), nil, 0o644)
	}
	benchRigs(b, func(b *testing.B, options func(string) Options) {
		s := newSource(b, options(dir))
		check(b, s)
		for b.Loop() {
			if rep := check(b, s); len(rep.Found) != 0 || rep.Listed != 20_000 {
				b.Fatalf("%+v", rep)
			}
		}
	})
}

// BenchmarkCheckNew is the first check of 3,000 files of 4 KiB: fetched, each
// synced to the disk, and committed.
func BenchmarkCheckNew(b *testing.B) {
	dir := b.TempDir()
	for i := range 3000 {
		write(b, filepath.Join(dir, fmt.Sprintf("%d.txt", i)), []byte(strings.Repeat("x", 4096)), 0o644)
	}
	benchRigs(b, func(b *testing.B, options func(string) Options) {
		o := options(dir)
		for b.Loop() {
			b.StopTimer()
			s := newSource(b, o)
			b.StartTimer()
			if rep := check(b, s); len(rep.Found) != 3000 {
				b.Fatalf("%+v", rep)
			}
		}
		b.ReportMetric(float64(3000*b.N)/b.Elapsed().Seconds(), "files/s")
	})
}

// BenchmarkImportFolder takes in 3,000 stats files from where they are.
func BenchmarkImportFolder(b *testing.B) {
	dir := crowd(b, 3000)
	for b.Loop() {
		b.StopTimer()
		s := newSource(b, Options{URL: b.TempDir(), Importer: ETLegacy})
		b.StartTimer()
		rep, err := s.ImportFolder(soon(b), dir, nil)
		if err != nil || rep.Imported != 3000 {
			b.Fatalf("%d imported of %d, %v, first rejection %+v", rep.Imported, len(rep.Found), err, append(rep.Rejected, Rejection{})[0])
		}
	}
	b.ReportMetric(float64(3000*b.N)/b.Elapsed().Seconds(), "files/s")
}
