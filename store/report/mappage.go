package report

import (
	"context"
	"time"

	"github.com/smartsync/smartsync/store"
)

// EnoughOnMap is how many minutes one must have played on a map to be on its page,
// when nothing else is said.
const EnoughOnMap = 10

// MapPage is a map. First and second are the teams that attack in round 1 and in
// round 2.
type MapPage struct {
	Map       string     `json:"map"`
	Rounds    int        `json:"rounds"`
	Orphans   int        `json:"orphan_rounds"` // left out of all else
	Matches   int        `json:"matches"`
	First     *time.Time `json:"first_played"` // nil: no rounds
	Last      *time.Time `json:"last_played"`
	One       Attacks    `json:"round_1"`
	Two       Attacks    `json:"round_2"`
	FirstWon  int        `json:"first_team_won"`
	Drawn     int        `json:"drawn"`
	SecondWon int        `json:"second_team_won"`
	Open      int        `json:"unknown"`
	Players   []Standing `json:"players"` // by DPM, bots left out
}

// Attacks is how a round goes for its attackers.
type Attacks struct {
	Completed int      `json:"completed"`
	Held      int      `json:"held"`
	Unknown   int      `json:"unknown"`
	Fastest   *int     `json:"fastest_seconds"` // nil: no time is known
	Mean      *float64 `json:"mean_completed_seconds"`
	Timed     int      `json:"timed"` // whose time is known
}

func attacksOf(t store.Attacks) Attacks {
	out := Attacks{Completed: t.Completed, Held: t.Held, Unknown: t.Unknown, Timed: t.Timed}
	if t.Timed > 0 {
		out.Fastest, out.Mean = &t.FastestSeconds, &t.MeanCompletedSeconds
	}
	return out
}

// Map returns the map of q, which is its exact name, and those who played it for at
// least that many minutes.
func (s Stats) Map(ctx context.Context, q store.StatsQuery, least int) (MapPage, error) {
	m, err := s.Store.MapStats(ctx, q)
	if err != nil {
		return MapPage{}, err
	}
	players, err := s.Store.PlayerTotals(ctx, q)
	if err != nil {
		return MapPage{}, err
	}
	ranked := store.Rank(people(players), store.Metrics[0], time.Duration(least)*time.Minute)
	out := MapPage{
		Map: m.Map, Rounds: m.Rounds, Orphans: m.Orphans, Matches: m.Matches, One: attacksOf(m.One), Two: attacksOf(m.Two),
		FirstWon: m.FirstWon, Drawn: m.Drawn, SecondWon: m.SecondWon, Open: m.Open, Players: all(first(s, ranked), standingOf),
	}
	if m.Rounds > 0 {
		zone := s.Zone(q.Source)
		began, ended := m.First.In(zone), m.Last.In(zone)
		out.First, out.Last = &began, &ended
	}
	return out, nil
}
