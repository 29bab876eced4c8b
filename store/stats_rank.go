package store

import (
	"cmp"
	"slices"
	"time"
)

// Metric is what players are ranked by.
type Metric struct {
	Name  string
	Title string
	Rate  bool // a ratio, which says little of somebody who played little
	Value func(*Totals) float64
}

// Metrics are all there are, the first is the usual one.
var Metrics = []Metric{
	{"dpm", "DPM", true, (*Totals).DPM},
	{"kd", "K/D", true, (*Totals).KD},
	{"kills", "KILLS", false, func(t *Totals) float64 { return float64(t.Kills) }},
	{"kpm", "KILLS/MIN", true, (*Totals).KPM},
	{"damage", "DAMAGE", false, func(t *Totals) float64 { return float64(t.DamageGiven) }},
	{"accuracy", "ACC %", true, (*Totals).Accuracy},
	{"revives", "REVIVES", false, func(t *Totals) float64 { return float64(t.RevivesGiven) }},
	{"rpm", "REV/MIN", true, (*Totals).RPM},
	{"headshots", "HS KILLS", false, func(t *Totals) float64 { return float64(t.HeadshotKills) }},
	{"gibs", "GIBS", false, func(t *Totals) float64 { return float64(t.Gibs) }},
	{"assists", "ASSISTS", false, func(t *Totals) float64 { return float64(t.Assists) }},
	{"xp", "XP", false, func(t *Totals) float64 { return float64(t.XP) }},
	{"rounds", "ROUNDS", false, func(t *Totals) float64 { return float64(t.Rounds) }},
	{"minutes", "MIN", false, (*Totals).Minutes},
}

// MetricNamed returns the metric of that name; false when there is none.
func MetricNamed(name string) (Metric, bool) {
	i := slices.IndexFunc(Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return Metrics[i], true
}

// Rank returns those who played at least as long, the best first. Who is equal is
// ordered by time played, then by GUID.
func Rank(players []PlayerTotals, by Metric, atLeast time.Duration) []PlayerTotals {
	ranked := slices.DeleteFunc(slices.Clone(players), func(p PlayerTotals) bool {
		return time.Duration(p.Seconds)*time.Second < atLeast
	})
	slices.SortFunc(ranked, func(a, b PlayerTotals) int {
		return cmp.Or(cmp.Compare(by.Value(&b.Totals), by.Value(&a.Totals)),
			cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.GUID, b.GUID))
	})
	return ranked
}
