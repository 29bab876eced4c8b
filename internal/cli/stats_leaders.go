package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store"
)

// enoughMinutes is how long one must have played to be ranked by a rate, when
// nothing else is said.
const enoughMinutes = 30

// leadersOutput is a leaderboard as JSON.
type leadersOutput struct {
	By         string          `json:"by"`
	MinMinutes int             `json:"min_minutes"`
	LeftOut    int             `json:"left_out"` // who played less
	Leaders    []leadersPlayer `json:"leaders"`
}

type leadersPlayer struct {
	Rank  int     `json:"rank"`
	Value float64 `json:"value"`
	standingOutput
}

func (a *app) statsLeadersCommand() *cobra.Command {
	var by string
	var least, limit int
	var bots bool
	names := mapOf(store.Metrics, func(m store.Metric) string { return m.Name })
	command := &cobra.Command{
		Use:   "leaders",
		Short: "Rank the players",
		Long: fmt.Sprintf(`Ranks the players by one measure: %s.
Who played less than %d minutes is not ranked by a rate (%s), unless --min-minutes
says otherwise.`, wrapped(names, 50), enoughMinutes, "dpm, kd, kpm, accuracy, rpm"),
		Example: "  smartsync stats leaders\n  smartsync stats leaders --by revives --since 2026-01-01 --map supply",
		Args:    cobra.NoArgs,
	}
	flags := a.statsFlags(command, true)
	command.Flags().StringVar(&by, "by", "dpm", "the `measure`")
	command.Flags().IntVar(&least, "min-minutes", 0, fmt.Sprintf("only who played `N` minutes (a rate's default is %d)", enoughMinutes))
	command.Flags().IntVar(&limit, "limit", 20, "at most `N` players; 0 is all")
	command.Flags().BoolVar(&bots, "bots", false, "rank bots as well")
	_ = command.RegisterFlagCompletionFunc("by", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		metric, ok := store.MetricNamed(by)
		switch {
		case !ok:
			return usage("--by %q: write one of %s", by, strings.Join(names, ", "))
		case least < 0 || least > 1_000_000:
			return usage("--min-minutes %d: write a number of minutes", least)
		case limit < 0:
			return usage("--limit %d: write a number of players, or 0 for all", limit)
		}
		if metric.Rate && !cmd.Flags().Changed("min-minutes") {
			least = enoughMinutes
		}
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error {
			return a.leaders(r, metric, least, limit, bots)
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

func (a *app) leaders(r *statsRun, by store.Metric, least, limit int, bots bool) error {
	players, err := r.store.PlayerTotals(r.ctx, r.query)
	if err != nil {
		return err
	}
	if !bots {
		players = slices.DeleteFunc(players, func(p store.PlayerTotals) bool { return p.Bot })
	}
	ranked := store.Rank(players, by, time.Duration(least)*time.Minute)
	out := leadersOutput{By: by.Name, MinMinutes: least, LeftOut: len(players) - len(ranked), Leaders: []leadersPlayer{}}
	for i, p := range ranked {
		if limit > 0 && i == limit {
			break
		}
		out.Leaders = append(out.Leaders, leadersPlayer{i + 1, by.Value(&p.Totals), standingOutputOf(p)})
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	if len(players) == 0 {
		a.none("%s: nobody played", r.span())
		return nil
	}
	a.printLeaders(out, by)
	text := fmt.Sprintf("%s, %d of %s", r.span(), len(out.Leaders), count(len(ranked), "player"))
	if out.LeftOut > 0 {
		text += fmt.Sprintf("; %d with less than %d minutes left out (--min-minutes)", out.LeftOut, least)
	}
	a.none("%s", text)
	return nil
}

// printLeaders prints the board: the measure first, then the usual ones.
func (a *app) printLeaders(out leadersOutput, by store.Metric) {
	if len(out.Leaders) == 0 {
		return
	}
	usual := []struct {
		name string
		text func(leadersPlayer) string
	}{
		{"DPM", func(p leadersPlayer) string { return fixed(p.DPM, 1) }},
		{"K/D", func(p leadersPlayer) string { return fixed(p.KD, 2) }},
		{"KILLS", func(p leadersPlayer) string { return fmt.Sprint(p.Kills) }},
		{"DEATHS", func(p leadersPlayer) string { return fmt.Sprint(p.Deaths) }},
		{"ACC %", func(p leadersPlayer) string { return fixed(p.Accuracy, 1) }},
		{"ROUNDS", func(p leadersPlayer) string { return fmt.Sprint(p.Rounds) }},
		{"MIN", func(p leadersPlayer) string { return fixed(p.Minutes, 0) }},
	}
	table := grid{titles: []string{"#", "PLAYER", by.Title}, names: 1}
	for _, column := range usual {
		if column.name != by.Title {
			table.titles = append(table.titles, column.name)
		}
	}
	for _, p := range out.Leaders {
		cells := []string{fmt.Sprint(p.Rank), p.Name, metricText(by, p.Value)}
		for _, column := range usual {
			if column.name != by.Title {
				cells = append(cells, column.text(p))
			}
		}
		table.add(cells...)
	}
	table.print(a)
}
