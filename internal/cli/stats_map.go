package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store"
)

// mapPlayers is how many players a map's page has.
const mapPlayers = 10

// mapPage is a map as JSON. First and second are the teams that attack in round 1
// and in round 2.
type mapPage struct {
	Map       string           `json:"map"`
	Rounds    int              `json:"rounds"`
	Orphans   int              `json:"orphan_rounds"`
	Matches   int              `json:"matches"`
	First     *time.Time       `json:"first_played"`
	Last      *time.Time       `json:"last_played"`
	One       attacksOutput    `json:"round_1"`
	Two       attacksOutput    `json:"round_2"`
	FirstWon  int              `json:"first_team_won"`
	Drawn     int              `json:"drawn"`
	SecondWon int              `json:"second_team_won"`
	Open      int              `json:"unknown"`
	Players   []standingOutput `json:"players"`
}

// attacksOutput is how a round goes; times are null without one.
type attacksOutput struct {
	Completed int      `json:"completed"`
	Held      int      `json:"held"`
	Unknown   int      `json:"unknown"`
	Fastest   *int     `json:"fastest_seconds"`
	Mean      *float64 `json:"mean_completed_seconds"`
	Timed     int      `json:"timed"`
}

func attacksOutputOf(t store.Attacks) attacksOutput {
	out := attacksOutput{Completed: t.Completed, Held: t.Held, Unknown: t.Unknown, Timed: t.Timed}
	if t.Timed > 0 {
		out.Fastest, out.Mean = &t.FastestSeconds, &t.MeanCompletedSeconds
	}
	return out
}

func (a *app) statsMapCommand() *cobra.Command {
	least := 0
	command := &cobra.Command{
		Use:   "map MAP",
		Short: "Show one map",
		Long: `Shows one map: how often its attackers do their objective and how fast, which team
wins, and who plays it best (by DPM, of those with enough minutes on it).`,
		Example: "  smartsync stats map supply",
		Args:    cobra.ExactArgs(1),
	}
	flags := a.statsFlags(command, false)
	command.Flags().StringVar(&flags.since, "since", "", "only rounds since the start of this `date`: YYYY-MM-DD")
	command.Flags().IntVar(&least, "min-minutes", 10, "only players with `N` minutes on the map")
	command.RunE = func(cmd *cobra.Command, args []string) error {
		if least < 0 || least > 1_000_000 {
			return usage("--min-minutes %d: write a number of minutes", least)
		}
		flags.mapName = args[0]
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error { return a.statsMap(r, least) })
	}
	return command
}

func (a *app) statsMap(r *statsRun, least int) error {
	m, err := r.store.MapStats(r.ctx, r.query)
	if err != nil {
		return err
	}
	players, err := r.store.PlayerTotals(r.ctx, r.query)
	if err != nil {
		return err
	}
	ranked := store.Rank(players, store.Metrics[0], time.Duration(least)*time.Minute)
	zone := r.zone(r.query.Source)
	out := mapPage{
		Map: m.Map, Rounds: m.Rounds, Orphans: m.Orphans, Matches: m.Matches, One: attacksOutputOf(m.One), Two: attacksOutputOf(m.Two),
		FirstWon: m.FirstWon, Drawn: m.Drawn, SecondWon: m.SecondWon, Open: m.Open, Players: mapOf(ranked, standingOutputOf),
	}
	if m.Rounds > 0 {
		first, last := m.First.In(zone), m.Last.In(zone)
		out.First, out.Last = &first, &last
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printMap(r, out)
	return nil
}

func (a *app) printMap(r *statsRun, out mapPage) {
	fmt.Fprintf(a.stdout, "%s: %s, %s", r.span(), count(out.Rounds, "round"), counted(out.Matches, "match", "matches"))
	if out.Orphans > 0 {
		fmt.Fprintf(a.stdout, " (left out: %d without their round 1)", out.Orphans)
	}
	fmt.Fprintln(a.stdout)
	if out.First == nil {
		return
	}
	fmt.Fprintf(a.stdout, "played %s to %s\n\n", out.First.Format(time.DateOnly), out.Last.Format(time.DateOnly))
	attacks := grid{titles: []string{"ATTACK", "DONE", "HELD", "UNKNOWN", "FASTEST", "MEAN"}}
	for _, row := range []struct {
		name string
		attacksOutput
	}{{"round 1", out.One}, {"round 2", out.Two}} {
		fastest, mean := "-", "-"
		if row.Fastest != nil {
			fastest, mean = clock(*row.Fastest), clock(int(*row.Mean+0.5))
		}
		attacks.add(row.name, fmt.Sprint(row.Completed), fmt.Sprint(row.Held), fmt.Sprint(row.Unknown), fastest, mean)
	}
	attacks.print(a)
	fmt.Fprintf(a.stdout, "\nmatches won by the team that attacks first: %d, drawn %d, by the other %d", out.FirstWon, out.Drawn, out.SecondWon)
	if out.Open > 0 {
		fmt.Fprintf(a.stdout, ", score unknown %d", out.Open)
	}
	fmt.Fprintln(a.stdout)
	if len(out.Players) == 0 {
		return
	}
	fmt.Fprintln(a.stdout)
	table := grid{titles: []string{"PLAYER", "DPM", "K/D", "KILLS", "DEATHS", "ACC %", "ROUNDS", "MIN"}}
	for _, p := range out.Players[:min(len(out.Players), mapPlayers)] {
		table.add(p.Name, fixed(p.DPM, 1), fixed(p.KD, 2), fmt.Sprint(p.Kills), fmt.Sprint(p.Deaths), fixed(p.Accuracy, 1), fmt.Sprint(p.Rounds), fixed(p.Minutes, 0))
	}
	table.print(a)
}

// counted is count for nouns of another plural.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
