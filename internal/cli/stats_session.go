package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// statsSession shows the last session that had begun at a moment; last tells that
// nobody asked for one.
func (a *app) statsSession(r *statsRun, at time.Time, last bool) error {
	out, err := r.stats().Session(r.ctx, r.query.Source, at)
	if err != nil {
		return err
	}
	switch {
	case out == nil && last:
		a.none("no rounds yet")
	case out == nil:
		a.none("no session had begun by then")
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	if out != nil {
		a.printSession(*out)
	}
	return nil
}

func (a *app) printSession(out report.Session) {
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
	table := grid{titles: slices.Concat([]string{"PLAYER"}, playedTitles, []string{"REV", "W-D-L"}, lastedTitles)}
	for _, p := range out.Players {
		results := []string{fmt.Sprint(p.RevivesGiven), fmt.Sprintf("%d-%d-%d", p.Record.Won, p.Record.Drawn, p.Record.Lost)}
		table.add(slices.Concat([]string{p.Name}, played(p.Sums), results, lasted(p.Sums))...)
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
func roundText(r *report.Round) string {
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
