package store

import (
	"context"
	"time"
)

// Attacks is how one round of a map goes for its attackers.
type Attacks struct {
	Completed, Held, Unknown int
	// Of those completed whose time is known; 0 when there is none.
	Timed                int
	FastestSeconds       int
	MeanCompletedSeconds float64
}

// MapStats is how a map goes.
type MapStats struct {
	Map         string
	Rounds      int       // without orphans
	Orphans     int       // rounds 2 without their round 1: left out of all else
	Matches     int       // both rounds are there
	First, Last time.Time // UTC: when a round ended; zero without rounds
	One, Two    Attacks   // of rounds 1 and 2
	// Matches by score: won by the team that attacked first, drawn, won by the other.
	FirstWon, Drawn, SecondWon, Open int
}

// MapStats sums up the rounds of q's map. q's GUID does not matter.
func (s *Store) MapStats(ctx context.Context, q StatsQuery) (MapStats, error) {
	played, err := s.PlayedMaps(ctx, q)
	if err != nil {
		return MapStats{}, err
	}
	m := MapStats{Map: q.Map}
	for _, p := range played {
		if p.Orphan {
			m.Orphans++
			continue
		}
		if p.One != nil {
			m.see(p.One, &m.One)
		}
		if p.Two == nil {
			continue
		}
		m.see(p.Two, &m.Two)
		m.Matches++
		switch score := p.Score; {
		case !score.Known:
			m.Open++
		case score.First > score.Second:
			m.FirstWon++
		case score.First < score.Second:
			m.SecondWon++
		default:
			m.Drawn++
		}
	}
	return m, nil
}

// see counts one round.
func (m *MapStats) see(r *PlayedRound, into *Attacks) {
	m.Rounds++
	if m.First.IsZero() || r.Ended.Before(m.First) {
		m.First = r.Ended
	}
	if r.Ended.After(m.Last) {
		m.Last = r.Ended
	}
	switch r.Outcome {
	case "fullhold":
		into.Held++
	case "completed":
		into.Completed++
		if r.Seconds > 0 {
			into.MeanCompletedSeconds += (float64(r.Seconds) - into.MeanCompletedSeconds) / float64(into.Timed+1)
			into.Timed++
			if into.FastestSeconds == 0 || r.Seconds < into.FastestSeconds {
				into.FastestSeconds = r.Seconds
			}
		}
	default:
		into.Unknown++
	}
}
