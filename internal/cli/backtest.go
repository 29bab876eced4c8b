package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// backtestFlags are backtest's flags.
type backtestFlags struct {
	history
	from, to string
	vs       []string
	slowest  int
}

func (a *app) backtestCommand() *cobra.Command {
	f := &backtestFlags{}
	command := &cobra.Command{
		Use:   "backtest",
		Short: "Measure a schedule on real arrivals",
		Long: `Runs the schedule over real arrivals, by the very decisions that "run" makes, and
tells how many checks a day it makes and how long files wait to be found:
in total, by month, and the slowest arrivals with the rule that was in force.

The arrivals are those of the source's ledger, or of a FILE: one a line, an RFC
3339 moment, or a file name that starts with YYYY-MM-DD-HHMMSS, read in the
schedule's zone. The first check is at --from 00:00, and --to is not included.
Arrivals before --from are history: a forecast learns from them, and they are not
scored.

--vs adds a schedule to compare with: another file, or every=5m for polling at
fixed times. It may be given more than once.`,
		Example: "  smartsync backtest\n  smartsync backtest --arrivals names.txt --from 2025-01-01 --to 2025-07-01 --vs every=5m\n  smartsync backtest --vs examples/forecast.yaml --output csv",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.backtest(cmd.Context(), f) },
	}
	flags := command.Flags()
	a.historyFlags(command, &f.history)
	flags.StringVar(&f.from, "from", "", "first `date` to score (default: that of the first arrival)")
	flags.StringVar(&f.to, "to", "", "`date` before which scoring ends (default: the day after the last arrival)")
	flags.StringArrayVar(&f.vs, "vs", nil, "another `schedule` file, or every=DURATION (repeatable)")
	flags.IntVar(&f.slowest, "slowest", 10, "show the `N` slowest arrivals")
	flags.StringVarP(&a.output, "output", "o", "table", "`form` of the result: table, json or csv")
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json", "csv"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

// contender is a schedule that is measured, and its score.
type contender struct {
	name  string
	score engine.Score
}

func (a *app) backtest(ctx context.Context, f *backtestFlags) error {
	if f.slowest < 0 {
		return usage("--slowest %d: write 0 or more", f.slowest)
	}
	_, s, arrivals, err := a.loadHistory(ctx, f.history)
	if err != nil {
		return err
	}
	if len(arrivals) == 0 {
		return &failure{exitFailed, "--arrivals FILE names a file of arrivals", errors.New("no arrivals to measure with")}
	}
	from, to, err := f.period(arrivals, s.Schedule.Zone())
	if err != nil {
		return err
	}
	contenders := []contender{{a.schedule, plot(s, arrivals).Backtest(from, to)}}
	for _, vs := range f.vs {
		other, err := a.contender(vs, s, arrivals, from, to)
		if err != nil {
			return err
		}
		contenders = append(contenders, other)
	}
	switch a.output {
	case "json":
		return a.printJSON(backtestOf(contenders, f.slowest))
	case "csv":
		return a.backtestCSV(contenders)
	}
	return a.printBacktest(s, contenders, f.slowest)
}

func (f *backtestFlags) period(arrivals []engine.Arrival, zone *time.Location) (from, to time.Time, err error) {
	from = rules.Midnight(arrivals[0].At.In(zone), 0)
	to = rules.Midnight(arrivals[len(arrivals)-1].At.In(zone), 1)
	if f.from != "" {
		if from, err = parseDay(f.from, zone); err != nil {
			return from, to, err
		}
	}
	if f.to != "" {
		if to, err = parseDay(f.to, zone); err != nil {
			return from, to, err
		}
	}
	if !from.Before(to) {
		return from, to, usage("--from %s is not before --to %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
	return from, to, nil
}

// maxFixed bounds a backtest of fixed polling, in checks.
const maxFixed = 6_000_000

// contender measures what --vs names.
func (a *app) contender(vs string, s config.Source, arrivals []engine.Arrival, from, to time.Time) (contender, error) {
	if every, ok := strings.CutPrefix(vs, "every="); ok {
		d, err := rules.ParseDuration(every)
		if err != nil || d < rules.MinWait || d > rules.MaxWait {
			return contender{}, usage("--vs %s: write every=5m, with a duration of 1s to 7d", vs)
		}
		if checks := int64(to.Sub(from) / d); checks > maxFixed {
			return contender{}, usage("--vs %s: that is %d checks, and %d are the most: take a shorter time, with --from and --to", vs, checks, maxFixed)
		}
		return contender{vs, engine.Fixed(arrivals, from, to, d)}, nil
	}
	other, err := a.otherSource(vs, s)
	if err != nil {
		return contender{}, err
	}
	return contender{vs, plot(other, arrivals).Backtest(from, to)}, nil
}

// otherSource returns the source of another schedule file that compares with s:
// that of the same name, or its first.
func (a *app) otherSource(path string, s config.Source) (config.Source, error) {
	c, err := (&app{stderr: a.stderr, schedule: path}).load()
	if err != nil {
		return config.Source{}, err
	}
	for _, other := range c.Sources {
		if other.Name == s.Name {
			return other, nil
		}
	}
	return c.Sources[0], nil
}
