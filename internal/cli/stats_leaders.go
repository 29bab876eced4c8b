package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

func (a *app) statsLeadersCommand() *cobra.Command {
	var by string
	var limit int
	board := report.Board{}
	names := mapOf(store.Metrics, func(m store.Metric) string { return m.Name })
	command := &cobra.Command{
		Use:   "leaders",
		Short: "Rank the players",
		Long: fmt.Sprintf(`Ranks the players by one measure: %s.
Who played less than %d minutes is not ranked by a rate (%s), unless --min-minutes
says otherwise.`, wrapped(names, 50), report.EnoughMinutes, "dpm, kd, kpm, accuracy, rpm"),
		Example: "  smartsync stats leaders\n  smartsync stats leaders --by revives --since 2026-01-01 --map supply",
		Args:    cobra.NoArgs,
	}
	flags := a.statsFlags(command, true)
	command.Flags().StringVar(&by, "by", "dpm", "the `measure`")
	command.Flags().IntVar(&board.Least, "min-minutes", 0, fmt.Sprintf("only who played `N` minutes (a rate's default is %d)", report.EnoughMinutes))
	command.Flags().IntVar(&limit, "limit", 20, "at most `N` players; 0 is all")
	command.Flags().BoolVar(&board.Bots, "bots", false, "rank bots as well")
	_ = command.RegisterFlagCompletionFunc("by", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		var ok bool
		board.By, ok = store.MetricNamed(by)
		switch {
		case !ok:
			return usage("--by %q: write one of %s", by, strings.Join(names, ", "))
		case board.Least < 0 || board.Least > report.MostMinutes:
			return usage("--min-minutes %d: write a number of minutes", board.Least)
		case limit < 0:
			return usage("--limit %d: write a number of players, or 0 for all", limit)
		}
		if board.By.Rate && !cmd.Flags().Changed("min-minutes") {
			board.Least = report.EnoughMinutes
		}
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error {
			return a.leaders(r, board, limit)
		})
	}
	return command
}

// wrapped joins words by commas, in lines of about that width.
func wrapped(words []string, width int) string {
	var out strings.Builder
	used := 0
	for i, word := range words {
		switch {
		case i > 0 && used > width:
			out.WriteString(",\n")
			used = 0
		case i > 0:
			out.WriteString(", ")
		}
		out.WriteString(word)
		used += len(word) + 2
	}
	return out.String()
}

func (a *app) leaders(r *statsRun, board report.Board, limit int) error {
	stats := r.stats()
	stats.Most = limit
	out, err := stats.Leaders(r.ctx, r.query, board)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	if out.Ranked+out.LeftOut == 0 {
		a.none("%s: nobody played", r.span())
		return nil
	}
	a.printLeaders(out, board.By)
	text := fmt.Sprintf("%s, %d of %s", r.span(), len(out.Leaders), count(out.Ranked, "player"))
	if out.LeftOut > 0 {
		text += fmt.Sprintf("; %d with less than %d minutes left out (--min-minutes)", out.LeftOut, board.Least)
	}
	a.none("%s", text)
	return nil
}

// printLeaders prints the board: the measure first, then the usual ones.
func (a *app) printLeaders(out report.Leaders, by store.Metric) {
	if len(out.Leaders) == 0 {
		return
	}
	const own = 3 // columns before the usual ones
	titles := slices.Concat([]string{"#", "PLAYER", by.Title}, playedTitles, lastedTitles)
	same := own + slices.Index(titles[own:], by.Title) // the usual column of the measure
	once := func(cells []string) []string {
		if same >= own {
			return slices.Delete(cells, same, same+1)
		}
		return cells
	}
	table := grid{titles: once(titles), names: 1}
	for _, p := range out.Leaders {
		table.add(once(slices.Concat([]string{fmt.Sprint(p.Rank), p.Name, metricText(by, p.Value)}, played(p.Sums), lasted(p.Sums)))...)
	}
	table.print(a)
}
