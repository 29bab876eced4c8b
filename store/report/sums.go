package report

import "github.com/smartsync/smartsync/store"

// Sums are sums over rounds and what is made of them. Accuracy is in percent.
type Sums struct {
	Rounds         int     `json:"rounds"`
	Seconds        int     `json:"seconds"`
	Minutes        float64 `json:"minutes"`
	Kills          int     `json:"kills"`
	Deaths         int     `json:"deaths"`
	KD             float64 `json:"kd"`
	KPM            float64 `json:"kills_per_minute"`
	DamageGiven    int     `json:"damage_given"`
	DamageReceived int     `json:"damage_received"`
	TeamDamage     int     `json:"team_damage_given"`
	DPM            float64 `json:"dpm"`
	Hits           int     `json:"hits"`
	Shots          int     `json:"shots"`
	Accuracy       float64 `json:"accuracy"`
	HeadshotKills  int     `json:"headshot_kills"`
	Gibs           int     `json:"gibs"`
	Assists        int     `json:"kill_assists"`
	SelfKills      int     `json:"self_kills"`
	TeamKills      int     `json:"team_kills"`
	XP             int     `json:"xp"`
	TimesRevived   int     `json:"times_revived"`
	RevivesGiven   int     `json:"revives_given"`
	RevivesSeconds int     `json:"revives_seconds"` // in which revives were counted
	RevivesPerMin  float64 `json:"revives_per_minute"`
}

func sumsOf(t *store.Totals) Sums {
	return Sums{
		Rounds: t.Rounds, Seconds: t.Seconds, Minutes: t.Minutes(), Kills: t.Kills, Deaths: t.Deaths, KD: t.KD(), KPM: t.KPM(),
		DamageGiven: t.DamageGiven, DamageReceived: t.DamageReceived, TeamDamage: t.TeamDamage, DPM: t.DPM(),
		Hits: t.Hits, Shots: t.Shots, Accuracy: t.Accuracy(), HeadshotKills: t.HeadshotKills, Gibs: t.Gibs, Assists: t.Assists,
		SelfKills: t.SelfKills, TeamKills: t.TeamKills, XP: t.XP, TimesRevived: t.TimesRevived,
		RevivesGiven: t.RevivesGiven, RevivesSeconds: t.RevivesSeconds, RevivesPerMin: t.RPM(),
	}
}

// Player is who played.
type Player struct {
	GUID string `json:"guid"`
	Name string `json:"name"` // the latest, without colours
	Bot  bool   `json:"bot,omitempty"`
}

// Standing is a player with their sums.
type Standing struct {
	Player
	Sums
	Record *Record `json:"matches,omitempty"` // nil: not asked for
}

func standingOf(p store.PlayerTotals) Standing {
	return Standing{Player: Player(p.Player), Sums: sumsOf(&p.Totals)}
}

// Record are matches by result.
type Record struct {
	Won   int `json:"won"`
	Drawn int `json:"drawn"`
	Lost  int `json:"lost"`
	Open  int `json:"unknown"`
}
