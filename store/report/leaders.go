package report

import (
	"context"
	"slices"
	"time"

	"github.com/smartsync/smartsync/store"
)

// EnoughMinutes is how long one must have played to be ranked by a rate, when
// nothing else is said.
const EnoughMinutes = 30

// MostMinutes is the longest time that anybody may be asked to have played.
const MostMinutes = 1_000_000

// Board is by what to rank whom.
type Board struct {
	By    store.Metric
	Least int  // minutes that one must have played
	Bots  bool // rank them as well
}

// Leaders is a leaderboard.
type Leaders struct {
	By         string   `json:"by"`
	MinMinutes int      `json:"min_minutes"`
	LeftOut    int      `json:"left_out"` // who played less
	Leaders    []Leader `json:"leaders"`
	Ranked     int      `json:"-"` // players, with those that the list leaves out
}

// Leader is a place on a leaderboard.
type Leader struct {
	Rank  int     `json:"rank"` // from 1
	Value float64 `json:"value"`
	Standing
}

// Leaders ranks the players of the rounds that q selects.
func (s Stats) Leaders(ctx context.Context, q store.StatsQuery, b Board) (Leaders, error) {
	players, err := s.Store.PlayerTotals(ctx, q)
	if err != nil {
		return Leaders{}, err
	}
	if !b.Bots {
		players = people(players)
	}
	ranked := store.Rank(players, b.By, time.Duration(b.Least)*time.Minute)
	out := Leaders{By: b.By.Name, MinMinutes: b.Least, LeftOut: len(players) - len(ranked), Leaders: []Leader{}, Ranked: len(ranked)}
	for i, p := range first(s, ranked) {
		out.Leaders = append(out.Leaders, Leader{i + 1, b.By.Value(&p.Totals), standingOf(p)})
	}
	return out, nil
}

// people are the players without the bots.
func people(players []store.PlayerTotals) []store.PlayerTotals {
	return slices.DeleteFunc(slices.Clone(players), func(p store.PlayerTotals) bool { return p.Bot })
}
