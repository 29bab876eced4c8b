package cli

import (
	"fmt"
	"time"

	"github.com/smartsync/smartsync/store"
)

// sessionOutput is the last session as JSON.
type sessionOutput struct {
	Source  string           `json:"source"`
	Start   time.Time        `json:"start"`
	End     time.Time        `json:"end"`
	Rounds  int              `json:"rounds"`
	Maps    []mapOutput      `json:"maps"`
	Players []standingOutput `json:"players"`
	Best    []bestOutput     `json:"best"`
}

// mapOutput is one map that was played.
type mapOutput struct {
	Map    string        `json:"map"`
	One    *roundOutput  `json:"round_1"`
	Two    *roundOutput  `json:"round_2"`
	Orphan bool          `json:"orphan,omitempty"`
	Score  *pointsOutput `json:"score"`
}

// bestOutput is who is best by one measure.
type bestOutput struct {
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

func (a *app) statsSession(r *statsRun) error {
	sessions, err := r.store.GameSessions(r.ctx, r.query.Source, 1)
	if err != nil {
		return err
	}
	if len(sessions) == 0 {
		a.none("no rounds yet")
		if a.output == "json" {
			return a.printJSON(nil)
		}
		return nil
	}
	s := sessions[0]
	r.query.Session = s.ID
	played, err := r.store.PlayedMaps(r.ctx, r.query)
	if err != nil {
		return err
	}
	players, err := r.store.PlayerTotals(r.ctx, r.query)
	if err != nil {
		return err
	}
	records, err := r.store.Records(r.ctx, r.query)
	if err != nil {
		return err
	}
	players = store.Rank(players, store.Metrics[0], 0)
	zone := r.zone(s.Source)
	out := sessionOutput{Source: s.Source, Start: s.Start.In(zone), End: s.End.In(zone), Rounds: s.Rounds, Best: best(players),
		Maps: mapOf(played, func(p store.PlayedMap) mapOutput {
			return mapOutput{p.Map, roundOutputOf(p.One, zone), roundOutputOf(p.Two, zone), p.Orphan, pointsOutputOf(p.Score)}
		}),
		Players: mapOf(players, func(p store.PlayerTotals) standingOutput {
			o, record := standingOutputOf(p), recordOutput(records[p.GUID])
			o.Record = &record
			return o
		})}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printSession(out)
	return nil
}

// best are those who lead by each measure of an evening. Who leads with nothing
// is left out.
func best(players []store.PlayerTotals) []bestOutput {
	longest := 0
	for _, p := range players {
		longest = max(longest, p.Seconds)
	}
	out := []bestOutput{}
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
			out = append(out, bestOutput{name, ranked[0].GUID, ranked[0].Name, value})
		}
	}
	return out
}

func (a *app) printSession(out sessionOutput) {
	fmt.Fprintf(a.stdout, "%s, %s to %s: %s\n\n", out.Source, out.Start.Format("2006-01-02 15:04"), out.End.Format("15:04"), count(out.Rounds, "round"))
	maps := grid{titles: []string{"MAP", "ROUND 1", "ROUND 2", "SCORE"}, left: map[int]bool{1: true, 2: true, 3: true}}
	for _, m := range out.Maps {
		score := "?"
		switch {
		case m.Score != nil:
			score = fmt.Sprintf("%d:%d", m.Score.First, m.Score.Second)
		case m.Orphan:
			score = "round 1 is missing"
		case m.Two == nil:
			score = "no round 2"
		}
		maps.add(m.Map, roundText(m.One), roundText(m.Two), score)
	}
	maps.print(a)
	fmt.Fprintln(a.stdout)
	table := grid{titles: []string{"PLAYER", "DPM", "K/D", "KILLS", "DEATHS", "ACC %", "REV", "W-D-L", "ROUNDS", "MIN"}}
	for _, p := range out.Players {
		table.add(p.Name, fixed(p.DPM, 1), fixed(p.KD, 2), fmt.Sprint(p.Kills), fmt.Sprint(p.Deaths), fixed(p.Accuracy, 1),
			fmt.Sprint(p.RevivesGiven), fmt.Sprintf("%d-%d-%d", p.Record.Won, p.Record.Drawn, p.Record.Lost), fmt.Sprint(p.Rounds), fixed(p.Minutes, 0))
	}
	table.print(a)
	if len(out.Best) == 0 {
		return
	}
	fmt.Fprintln(a.stdout)
	bests := grid{titles: []string{"BEST BY", "PLAYER", "VALUE"}, names: 1, left: map[int]bool{0: true}}
	for _, b := range out.Best {
		by, _ := store.MetricNamed(b.By)
		bests.add(by.Title, b.Name, metricText(by, b.Value))
	}
	bests.print(a)
}

// roundText says how a round went for its attackers.
func roundText(r *roundOutput) string {
	switch {
	case r == nil:
		return "-"
	case r.Outcome == "fullhold":
		return "held"
	case r.Outcome == "completed" && r.Seconds != nil:
		return "done in " + clock(*r.Seconds)
	case r.Outcome == "completed":
		return "done"
	}
	return "unknown"
}

// metricText is a value of a metric: rates with decimals, counts without.
func metricText(by store.Metric, value float64) string {
	switch {
	case by.Name == "kd" || by.Name == "kpm" || by.Name == "rpm":
		return fixed(value, 2)
	case by.Rate:
		return fixed(value, 1)
	}
	return fixed(value, 0)
}
