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
	// Sample is the seconds that Value is over; nil: all that were played.
	Sample func(*Totals) int
}

// Metrics are all there are, the first is the usual one.
var Metrics = []Metric{
	{"dpm", "DPM", true, (*Totals).DPM, nil},
	{"kd", "K/D", true, (*Totals).KD, nil},
	{"kills", "KILLS", false, func(t *Totals) float64 { return float64(t.Kills) }, nil},
	{"kpm", "KILLS/MIN", true, (*Totals).KPM, nil},
	{"damage", "DAMAGE", false, func(t *Totals) float64 { return float64(t.DamageGiven) }, nil},
	{"accuracy", "ACC %", true, (*Totals).Accuracy, nil},
	{"revives", "REVIVES", false, func(t *Totals) float64 { return float64(t.RevivesGiven) }, nil},
	{"rpm", "REV/MIN", true, (*Totals).RPM, func(t *Totals) int { return t.RevivesSeconds }},
	{"headshots", "HS KILLS", false, func(t *Totals) float64 { return float64(t.HeadshotKills) }, nil},
	{"gibs", "GIBS", false, func(t *Totals) float64 { return float64(t.Gibs) }, nil},
	{"assists", "ASSISTS", false, func(t *Totals) float64 { return float64(t.Assists) }, nil},
	{"xp", "XP", false, func(t *Totals) float64 { return float64(t.XP) }, nil},
	{"rounds", "ROUNDS", false, func(t *Totals) float64 { return float64(t.Rounds) }, nil},
	{"minutes", "MIN", false, (*Totals).Minutes, nil},
}

// MetricNamed returns the metric of that name; false when there is none.
func MetricNamed(name string) (Metric, bool) {
	i := slices.IndexFunc(Metrics, func(m Metric) bool { return m.Name == name })
	if i < 0 {
		return Metric{}, false
	}
	return Metrics[i], true
}

// Rank returns those who played at least as long, the best first: as long with the
// measure counted. Who is equal is
// ordered by time played, then by GUID.
func Rank(players []PlayerTotals, by Metric, atLeast time.Duration) []PlayerTotals {
	ranked := slices.DeleteFunc(slices.Clone(players), func(p PlayerTotals) bool {
		over := p.Seconds
		if by.Sample != nil {
			over = by.Sample(&p.Totals)
		}
		return time.Duration(over)*time.Second < atLeast
	})
	slices.SortFunc(ranked, func(a, b PlayerTotals) int {
		return cmp.Or(cmp.Compare(by.Value(&b.Totals), by.Value(&a.Totals)),
			cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.GUID, b.GUID))
	})
	return ranked
}
