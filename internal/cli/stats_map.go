package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store/report"
)

// mapPlayers is how many players a map's page has.
const mapPlayers = 10

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
	command.Flags().IntVar(&least, "min-minutes", report.EnoughOnMap, "only players with `N` minutes on the map")
	command.RunE = func(cmd *cobra.Command, args []string) error {
		if least < 0 || least > report.MostMinutes {
			return usage("--min-minutes %d: write a number of minutes", least)
		}
		flags.mapName = args[0]
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error { return a.statsMap(r, least) })
	}
	return command
}

func (a *app) statsMap(r *statsRun, least int) error {
	out, err := r.stats().Map(r.ctx, r.query, least)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printMap(r, out)
	return nil
}

func (a *app) printMap(r *statsRun, out report.MapPage) {
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
		report.Attacks
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
	table := sumsTable("PLAYER")
	for _, p := range out.Players[:min(len(out.Players), mapPlayers)] {
		table.addSums(p.Name, p.Sums)
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
