package cli

import (
	"time"

	"github.com/smartsync/smartsync/store"
)

// totalsOutput are sums and what is made of them, as JSON.
type totalsOutput struct {
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
	RevivesSeconds int     `json:"revives_seconds"`
	RevivesPerMin  float64 `json:"revives_per_minute"`
}

func totalsOutputOf(t *store.Totals) totalsOutput {
	return totalsOutput{
		Rounds: t.Rounds, Seconds: t.Seconds, Minutes: t.Minutes(), Kills: t.Kills, Deaths: t.Deaths, KD: t.KD(), KPM: t.KPM(),
		DamageGiven: t.DamageGiven, DamageReceived: t.DamageReceived, TeamDamage: t.TeamDamage, DPM: t.DPM(),
		Hits: t.Hits, Shots: t.Shots, Accuracy: t.Accuracy(), HeadshotKills: t.HeadshotKills, Gibs: t.Gibs, Assists: t.Assists,
		SelfKills: t.SelfKills, TeamKills: t.TeamKills, XP: t.XP, TimesRevived: t.TimesRevived,
		RevivesGiven: t.RevivesGiven, RevivesSeconds: t.RevivesSeconds, RevivesPerMin: t.RPM(),
	}
}

type playerOutput struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
	Bot  bool   `json:"bot,omitempty"`
}

func playerOutputOf(p store.Player) playerOutput { return playerOutput(p) }

// standingOutput is a player with their sums.
type standingOutput struct {
	playerOutput
	totalsOutput
	Record *recordOutput `json:"matches,omitempty"`
}

func standingOutputOf(p store.PlayerTotals) standingOutput {
	return standingOutput{playerOutput: playerOutputOf(p.Player), totalsOutput: totalsOutputOf(&p.Totals)}
}

type recordOutput struct {
	Won   int `json:"won"`
	Drawn int `json:"drawn"`
	Lost  int `json:"lost"`
	Open  int `json:"unknown"`
}

// roundOutput is how a round went; seconds are null when they are unknown.
type roundOutput struct {
	Ended   time.Time `json:"ended"`
	Seconds *int      `json:"seconds"`
	Outcome string    `json:"outcome"`
}

func roundOutputOf(r *store.PlayedRound, zone *time.Location) *roundOutput {
	if r == nil {
		return nil
	}
	out := &roundOutput{Ended: r.Ended.In(zone), Outcome: r.Outcome}
	if r.Seconds > 0 {
		out.Seconds = &r.Seconds
	}
	return out
}

// pointsOutput are stopwatch points; null when they are unknown.
type pointsOutput struct {
	First  int `json:"first"`
	Second int `json:"second"`
}

func pointsOutputOf(s store.MatchScore) *pointsOutput {
	if !s.Known {
		return nil
	}
	return &pointsOutput{s.First, s.Second}
}
