package etlegacy_test

import (
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

func BenchmarkParse(b *testing.B) {
	data := []byte(sample(6))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := etlegacy.Parse(round1, data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	first, second := mustParse(b, round1, sample(6)), mustParse(b, round2, sample(6))
	b.ReportAllocs()
	for b.Loop() {
		etlegacy.Rows(second, first)
	}
}

func BenchmarkWrittenAt(b *testing.B) {
	paris := zone(b, "Europe/Paris")
	name, ok := etlegacy.ParseName(round1)
	if !ok {
		b.Fatal("not a name")
	}
	b.ReportAllocs()
	for b.Loop() {
		name.WrittenAt(paris)
	}
}
