package store

import (
	"testing"
)

func BenchmarkOpenNew(b *testing.B) {
	for b.Loop() {
		s, err := Open(b.Context(), b.TempDir()+"/s.db")
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
func BenchmarkOpenAgain(b *testing.B) {
	p := b.TempDir() + "/s.db"
	for b.Loop() {
		s, err := Open(b.Context(), p)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
