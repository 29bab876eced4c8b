package report

import (
	"context"
	"fmt"

	"github.com/smartsync/smartsync/store"
)

// Versus is how two players fare; records and points are A's.
type Versus struct {
	A        Player        `json:"a"`
	B        Player        `json:"b"`
	Against  Side          `json:"against"`
	Together Side          `json:"together"`
	Mixed    int           `json:"mixed_matches"` // one of them was in both teams: not counted
	Matches  []VersusMatch `json:"matches"`       // the newest last
}

// Side are matches, and the sums of the rounds, as opponents or in one team.
type Side struct {
	Matches Record `json:"matches"`
	A       Sums   `json:"a"`
	B       Sums   `json:"b"`
}

func sideOf(record store.Record, shared store.Shared) Side {
	return Side{Record(record), sumsOf(&shared.A), sumsOf(&shared.B)}
}

// VersusMatch is a match that both played.
type VersusMatch struct {
	Map      string `json:"map"`
	Stamp    string `json:"stamp"` // YYYY-MM-DD-HHMMSS of its round 1, the server's wall clock
	Together bool   `json:"together"`
	For      *int   `json:"points_for"` // nil: unknown
	Against  *int   `json:"points_against"`
}

// SameError is returned when two texts name one player.
type SameError struct{ One, Two, GUID string }

func (e *SameError) Error() string {
	return fmt.Sprintf("%q and %q are the same player, %s", e.One, e.Two, e.GUID)
}

// Versus compares the players whom two texts name over the rounds that q selects.
// The error is a *store.WhoError when a text does not name one player, and a
// *SameError when both name the same.
func (s Stats) Versus(ctx context.Context, one, two string, q store.StatsQuery) (Versus, error) {
	a, err := s.Store.FindPlayer(ctx, one)
	if err != nil {
		return Versus{}, err
	}
	b, err := s.Store.FindPlayer(ctx, two)
	if err != nil {
		return Versus{}, err
	}
	if a.GUID == b.GUID {
		return Versus{}, &SameError{one, two, a.GUID}
	}
	v, err := s.Store.Versus(ctx, a.GUID, b.GUID, q)
	if err != nil {
		return Versus{}, err
	}
	return Versus{
		A: Player(a), B: Player(b), Mixed: v.Mixed,
		Against: sideOf(v.Against, v.RoundsAgainst), Together: sideOf(v.Together, v.RoundsTogether),
		Matches: all(newest(s, v.Matches), func(m store.VersusMatch) VersusMatch {
			o := VersusMatch{Map: m.Map, Stamp: m.Stamp, Together: m.Together}
			if m.Known {
				o.For, o.Against = &m.For, &m.Against
			}
			return o
		}),
	}, nil
}
