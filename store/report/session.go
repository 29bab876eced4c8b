package report

import (
	"context"
	"time"

	"github.com/smartsync/smartsync/store"
)

// Session is an evening.
type Session struct {
	Source  string      `json:"source"`
	Start   time.Time   `json:"start"` // when its first round ended
	End     time.Time   `json:"end"`
	Rounds  int         `json:"rounds"`
	Maps    []PlayedMap `json:"maps"`    // as they were played
	Players []Standing  `json:"players"` // by DPM
	Best    []Best      `json:"best"`
}

// PlayedMap is one map that was played.
type PlayedMap struct {
	Map    string  `json:"map"`
	One    *Round  `json:"round_1"` // nil: there is none
	Two    *Round  `json:"round_2"`
	Orphan bool    `json:"orphan,omitempty"` // round 2 has no round 1
	Score  *Points `json:"score"`            // nil: unknown
}

// Round is how a round went.
type Round struct {
	Ended   time.Time `json:"ended"`
	Seconds *int      `json:"seconds"` // nil: unknown
	Outcome string    `json:"outcome"` // fullhold, completed or unknown
}

func roundOf(r *store.PlayedRound, zone *time.Location) *Round {
	if r == nil {
		return nil
	}
	out := &Round{Ended: r.Ended.In(zone), Outcome: r.Outcome}
	if r.Seconds > 0 {
		out.Seconds = &r.Seconds
	}
	return out
}

// Points are the stopwatch points of the teams that attack in round 1 and in round 2.
type Points struct {
	First  int `json:"first"`
	Second int `json:"second"`
}

func pointsOf(s store.MatchScore) *Points {
	if !s.Known {
		return nil
	}
	return &Points{s.First, s.Second}
}

// Best is who is best by one measure.
type Best struct {
	By    string  `json:"by"`
	GUID  string  `json:"guid"`
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// bestBy are the measures of an evening's best.
var bestBy = []string{"dpm", "kd", "kills", "accuracy", "revives", "headshots"}

// bestShare is which part of the longest time that anybody played one must have
// played to be the best by a rate.
const bestShare = 4

// Latest is the moment to ask for the last session at: a day after now. What had not
// begun by then is of a server whose clock is wrong, and would be the last for years.
func Latest(now time.Time) time.Time { return now.AddDate(0, 0, 1) }

// Session returns the newest session of a source, of all when it is empty, that had
// begun at a moment; nil when none had.
func (s Stats) Session(ctx context.Context, source string, at time.Time) (*Session, error) {
	session, ok, err := s.Store.GameSessionAt(ctx, source, at)
	if err != nil || !ok {
		return nil, err
	}
	q := store.StatsQuery{Source: source, Session: session.ID}
	played, err := s.Store.PlayedMaps(ctx, q)
	if err != nil {
		return nil, err
	}
	players, err := s.Store.PlayerTotals(ctx, q)
	if err != nil {
		return nil, err
	}
	records, err := s.Store.Records(ctx, q)
	if err != nil {
		return nil, err
	}
	players = store.Rank(players, store.Metrics[0], 0)
	zone := s.Zone(session.Source)
	return &Session{
		Source: session.Source, Start: session.Start.In(zone), End: session.End.In(zone), Rounds: session.Rounds, Best: best(players),
		Maps: all(newest(s, played), func(p store.PlayedMap) PlayedMap {
			return PlayedMap{p.Map, roundOf(p.One, zone), roundOf(p.Two, zone), p.Orphan, pointsOf(p.Score)}
		}),
		Players: all(first(s, players), func(p store.PlayerTotals) Standing {
			o, record := standingOf(p), Record(records[p.GUID])
			o.Record = &record
			return o
		}),
	}, nil
}

// best are those who lead by each measure of an evening, bots left out. Who leads
// with nothing is left out as well.
func best(players []store.PlayerTotals) []Best {
	longest, players := 0, people(players)
	for _, p := range players {
		longest = max(longest, p.Seconds)
	}
	out := []Best{}
	for _, name := range bestBy {
		by, _ := store.MetricNamed(name)
		enough := time.Duration(0)
		if by.Rate {
			enough = time.Duration(longest) * time.Second / bestShare
		}
		ranked := store.Rank(players, by, enough)
		if len(ranked) == 0 {
			continue
		}
		if value := by.Value(&ranked[0].Totals); value > 0 {
			out = append(out, Best{name, ranked[0].GUID, ranked[0].Name, value})
		}
	}
	return out
}
