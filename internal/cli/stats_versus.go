package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store/report"
)

// shownMatches is how many of the newest matches of two players are named.
const shownMatches = 10

func (a *app) statsVersusCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "versus A B",
		Short: "Show how two players fare against and beside each other",
		Long: `Shows the matches that both played, as opponents and in one team, with their
results by stopwatch score, and both players' numbers in the rounds that they
shared. A and B are names or GUIDs. A match in which one of them was in both teams
has no result.`,
		Example: "  smartsync stats versus somebody 0A1B2C3D",
		Args:    cobra.ExactArgs(2),
	}
	flags := a.statsFlags(command, true)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error { return a.versus(r, args[0], args[1]) })
	}
	return command
}

func (a *app) versus(r *statsRun, one, two string) error {
	out, err := r.stats().Versus(r.ctx, one, two, r.query)
	if same, ok := errors.AsType[*report.SameError](err); ok {
		return usage("%v", same)
	}
	if err != nil {
		return whoFailure(err)
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printVersus(r, out)
	return nil
}

func (a *app) printVersus(r *statsRun, out report.Versus) {
	fmt.Fprintf(a.stdout, "%s (%s) and %s (%s)\n%s\n", plain(out.A.Name), out.A.GUID, plain(out.B.Name), out.B.GUID, r.span())
	if out.Against.A.Rounds+out.Together.A.Rounds == 0 {
		fmt.Fprintln(a.stdout, "they never played in the same round")
		return
	}
	for _, side := range []struct {
		name string
		report.Side
	}{{"as opponents", out.Against}, {"in one team", out.Together}} {
		fmt.Fprintf(a.stdout, "\n%s: %s", side.name, count(side.A.Rounds, "round"))
		if side.A.Rounds == 0 {
			fmt.Fprintln(a.stdout)
			continue
		}
		fmt.Fprintf(a.stdout, ", matches of %s: %s\n", plain(out.A.Name), recordText(side.Matches))
		table := grid{titles: slices.Concat([]string{"PLAYER"}, playedTitles, lastedTitles[1:])}
		for _, p := range []struct {
			name string
			report.Sums
		}{{out.A.Name, side.A}, {out.B.Name, side.B}} {
			table.add(slices.Concat([]string{p.name}, played(p.Sums), lasted(p.Sums)[1:])...)
		}
		table.print(a)
	}
	if out.Mixed > 0 {
		fmt.Fprintf(a.stdout, "\nleft out: %s in which one of them was in both teams\n", counted(out.Mixed, "match", "matches"))
	}
	if len(out.Matches) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\nnewest first, the points of %s before the others':\n", plain(out.A.Name))
	table := grid{titles: []string{"MATCH", "MAP", "AS", "SCORE"}, names: 1, left: map[int]bool{0: true, 2: true}}
	for i := len(out.Matches) - 1; i >= max(0, len(out.Matches)-shownMatches); i-- {
		m := out.Matches[i]
		as, score := "opponents", "?"
		if m.Together {
			as = "one team"
		}
		if m.For != nil {
			score = fmt.Sprintf("%d:%d", *m.For, *m.Against)
		}
		table.add(m.Stamp, m.Map, as, score)
	}
	table.print(a)
}
