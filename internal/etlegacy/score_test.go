package etlegacy_test

import (
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

func TestOutcome(t *testing.T) {
	tests := []struct {
		defender, winner, limit, actual int
		want                            etlegacy.Result
	}{
		{1, 1, 720, 720, etlegacy.FullHold},
		{1, 2, 720, 451, etlegacy.Completed},
		{1, 2, 720, 710, etlegacy.Completed}, // in the last seconds
		{1, 1, 720, 390, etlegacy.FullHold},  // surrendered
		{2, 2, 720, 720, etlegacy.FullHold},
		{2, 1, 720, 451, etlegacy.Completed},
		{1, 1, 568, 0, etlegacy.FullHold},
		{1, 0, 720, 690, etlegacy.FullHold},
		{1, 0, 720, 689, etlegacy.Completed},
		{1, 0, 720, 720, etlegacy.FullHold},
		{1, 0, 720, 0, etlegacy.Unknown},
		{1, 0, 0, 720, etlegacy.Unknown},
		{1, 0, 720, 4265, etlegacy.Unknown},
	}
	for _, tt := range tests {
		h := etlegacy.Header{Defender: tt.defender, Winner: tt.winner, TimeLimit: tt.limit, Actual: tt.actual}
		if got := etlegacy.Outcome(h); got != tt.want {
			t.Errorf("%+v is %q, want %q", tt, got, tt.want)
		}
	}
}

func TestScore(t *testing.T) {
	held := &etlegacy.Header{Defender: 1, Winner: 1, TimeLimit: 451, Actual: 451}
	done := &etlegacy.Header{Defender: 1, Winner: 2, TimeLimit: 720, Actual: 451}
	open := &etlegacy.Header{Defender: 1}
	score := func(first, second int) etlegacy.MapScore {
		return etlegacy.MapScore{First: first, Second: second, Known: true}
	}
	tests := []struct {
		what          string
		first, second *etlegacy.Header
		want          etlegacy.MapScore
	}{
		{"done twice", done, done, score(0, 2)},
		{"held, then done", held, done, score(0, 2)},
		{"done, then held for as long", done, held, score(2, 0)},
		{"held twice", held, held, score(1, 1)},
		{"round 1 unknown, then done", open, done, score(0, 2)},
		{"round 1 missing, then done", nil, done, score(0, 2)},
		{"round 1 unknown, then held", open, held, etlegacy.MapScore{}},
		{"round 1 missing, then held", nil, held, etlegacy.MapScore{}},
		{"round 2 unknown", done, open, etlegacy.MapScore{}},
		{"round 2 missing", done, nil, etlegacy.MapScore{}},
		{"both missing", nil, nil, etlegacy.MapScore{}},
	}
	for _, tt := range tests {
		if got := etlegacy.Score(tt.first, tt.second); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.what, got, tt.want)
		}
	}
}
