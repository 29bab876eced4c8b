package report

import (
	"context"
	"time"

	"github.com/smartsync/smartsync/store"
)

// PlayerPage is a player.
type PlayerPage struct {
	Standing
	Names   []Alias  `json:"names"`   // the most used first
	Maps    []OnMap  `json:"maps"`    // the longest played first
	Weapons []Weapon `json:"weapons"` // by kills
}

// Alias is a name that a player had.
type Alias struct {
	Name   string    `json:"name"`
	Rounds int       `json:"rounds"`
	Last   time.Time `json:"last"`
}

// OnMap are a player's sums on one map.
type OnMap struct {
	Map string `json:"map"`
	Sums
}

// Weapon is one weapon's sums; accuracy is in percent.
type Weapon struct {
	Weapon    string  `json:"weapon"` // WS_MP40
	Kills     int     `json:"kills"`
	Deaths    int     `json:"deaths"`    // by it
	Headshots int     `json:"headshots"` // hits to the head
	Hits      int     `json:"hits"`
	Shots     int     `json:"shots"`
	Accuracy  float64 `json:"accuracy"`
}

// Player returns the player whom a text names, over the rounds that q selects; the
// names are those of all rounds. The error is a *store.WhoError when there is no
// such player, or more than one.
func (s Stats) Player(ctx context.Context, text string, q store.StatsQuery) (PlayerPage, error) {
	who, err := s.Store.FindPlayer(ctx, text)
	if err != nil {
		return PlayerPage{}, err
	}
	q.GUID = who.GUID
	totals, err := s.Store.PlayerTotals(ctx, q)
	if err != nil {
		return PlayerPage{}, err
	}
	records, err := s.Store.Records(ctx, q)
	if err != nil {
		return PlayerPage{}, err
	}
	names, err := s.Store.Aliases(ctx, who.GUID)
	if err != nil {
		return PlayerPage{}, err
	}
	maps, err := s.Store.PlayerMaps(ctx, q)
	if err != nil {
		return PlayerPage{}, err
	}
	weapons, err := s.Store.Weapons(ctx, q)
	if err != nil {
		return PlayerPage{}, err
	}
	sums := store.PlayerTotals{Player: who}
	if len(totals) == 1 {
		sums = totals[0]
	}
	record, zone := Record(records[who.GUID]), s.Zone("")
	out := PlayerPage{Standing: standingOf(sums)}
	out.Record = &record
	out.Names = all(first(s, names), func(n store.Alias) Alias { return Alias{n.Name, n.Rounds, n.Last.In(zone)} })
	out.Maps = all(first(s, maps), func(m store.MapTotals) OnMap { return OnMap{m.Map, sumsOf(&m.Totals)} })
	out.Weapons = all(first(s, weapons), func(w store.WeaponTotals) Weapon {
		shots := store.Totals{Hits: w.Hits, Shots: w.Shots}
		return Weapon{w.Weapon, w.Kills, w.Deaths, w.Headshots, w.Hits, w.Shots, shots.Accuracy()}
	})
	return out, nil
}
