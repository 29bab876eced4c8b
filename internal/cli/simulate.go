package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// today is the value of --day alone.
const today = "today"

// simulateFlags are simulate's flags.
type simulateFlags struct {
	day, from, to, source, arrivals, svg string
	days                                 int
	vs                                   []string
}

func (a *app) simulateCommand() *cobra.Command {
	f := &simulateFlags{}
	command := &cobra.Command{
		Use:   "simulate --day[=DATE]",
		Short: "Print a day's planned checks",
		Long: `Prints the checks that the schedule makes on a day, by the very decisions that
"run" makes. DATE is YYYY-MM-DD, today or tomorrow; --day alone is today. --days N
goes on for N days, and --from DATE --to DATE takes those from the first to before
the second.

The day before is simulated first, from its own midnight, so that the day starts
in the state that a real one would. Without --arrivals no check finds anything;
with it, each check finds what arrived since the one before. FILE holds one
arrival a line: an RFC 3339 moment, or a file name that starts with
YYYY-MM-DD-HHMMSS, read in the schedule's zone. A forecast learns from the
arrivals before the day, in FILE or else in the source's ledger.

--vs puts another schedule beside it: a file, or every=5m for polling at fixed
times. It may be given more than once. --svg draws the days into a file.`,
		Example: "  smartsync simulate --day\n  smartsync simulate --day 2025-10-03 --arrivals arrivals.txt --vs every=5m\n  smartsync simulate --from 2025-10-01 --to 2025-10-08 --svg week.svg\n  smartsync simulate --day=2025-10-03 --output json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if !cmd.Flags().Changed("day") || f.day != today {
					return usage("unexpected argument %q", args[0])
				}
				f.day = args[0]
			}
			if (f.from != "" || f.to != "") && (cmd.Flags().Changed("day") || cmd.Flags().Changed("days")) {
				return usage("--from and --to stand in place of --day and --days")
			}
			return a.simulate(cmd.Context(), f)
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.day, "day", today, "the `date` to simulate")
	flags.Lookup("day").NoOptDefVal = today
	flags.IntVar(&f.days, "days", 1, "simulate `N` days from that day on")
	flags.StringVar(&f.from, "from", "", "first `date` to simulate")
	flags.StringVar(&f.to, "to", "", "`date` before which it ends")
	flags.StringVar(&f.source, "source", "", "the `source` whose schedule to simulate (default: the first)")
	flags.StringVar(&f.arrivals, "arrivals", "", "`file` of arrivals that the checks find")
	flags.StringArrayVar(&f.vs, "vs", nil, "another `schedule` file, or every=DURATION (repeatable)")
	flags.StringVar(&f.svg, "svg", "", "draw the days into an SVG `file`")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	days := cobra.FixedCompletions([]string{today, "tomorrow"}, cobra.ShellCompDirectiveNoFileComp)
	_ = command.RegisterFlagCompletionFunc("day", days)
	command.ValidArgsFunction = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if cmd.Flags().Changed("day") && len(args) == 0 {
			return days(cmd, args, word)
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	a.outputFlag(command)
	return command
}

// maxDays bounds what simulate prints.
const maxDays = 366

// period returns the first day to simulate, and how many.
func (f *simulateFlags) period(zone *time.Location) (first time.Time, n int, err error) {
	if f.from == "" && f.to == "" {
		first, err = parseDay(f.day, zone)
		if err == nil && (f.days < 1 || f.days > maxDays) {
			err = usage("--days %d: write 1 to %d", f.days, maxDays)
		}
		return first, f.days, err
	}
	if f.from == "" || f.to == "" {
		return first, 0, usage("--from and --to go together")
	}
	if first, err = parseDay(f.from, zone); err != nil {
		return first, 0, err
	}
	to, err := parseDay(f.to, zone)
	if err != nil {
		return first, 0, err
	}
	for n = 0; n <= maxDays && rules.Midnight(first, n).Before(to); n++ {
	}
	if n == 0 || n > maxDays {
		return first, 0, usage("--from %s --to %s: that is no 1 to %d days", f.from, f.to, maxDays)
	}
	return first, n, nil
}

// simulated is a schedule's days.
type simulated struct {
	name string
	days []engine.Day
}

func (a *app) simulate(ctx context.Context, f *simulateFlags) error {
	c, s, err := a.loadSource(f.source)
	if err != nil {
		return err
	}
	first, n, err := f.period(s.Schedule.Zone())
	if err != nil {
		return err
	}
	arrivals, err := readArrivals(f.arrivals, s.Schedule.Zone())
	if err != nil {
		return err
	}
	p := plot(s, arrivals)
	if p.Learner != nil && f.arrivals == "" {
		if p.History, err = a.history(ctx, c, s); err != nil {
			return err
		}
	}
	all := []simulated{{a.schedule, p.Simulate(first, n)}}
	for _, vs := range f.vs {
		other, err := a.simulateOther(vs, s, p, first, n)
		if err != nil {
			return err
		}
		all = append(all, other)
	}
	if f.svg != "" {
		if err := writeWhole(f.svg, drawDays(all, s.Schedule)); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "smartsync: wrote %s\n", f.svg)
	}
	if a.output == "json" {
		return a.printSimulationJSON(all)
	}
	for i, day := range all[0].days {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		if len(all) == 1 && n == 1 {
			err = a.printDay(day, s)
		} else {
			err = a.printBeside(all, i, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// history is what the ledger knows of a source's arrivals; nothing where there is
// no database.
func (a *app) history(ctx context.Context, c *config.Config, s config.Source) ([]engine.Arrival, error) {
	st, err := store.OpenExisting(ctx, c.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return storedArrivals(ctx, st, s)
}

// simulateOther simulates what --vs names on the same days.
func (a *app) simulateOther(vs string, s config.Source, p engine.Plot, first time.Time, n int) (simulated, error) {
	every, fixed := strings.CutPrefix(vs, "every=")
	if !fixed {
		other, err := a.otherSource(vs, s)
		if err != nil {
			return simulated{}, err
		}
		q := plot(other, p.Arrivals)
		q.History = p.History
		return simulated{vs, q.Simulate(first, n)}, nil
	}
	d, err := rules.ParseDuration(every)
	if err != nil || d < rules.MinWait || d > rules.MaxWait {
		return simulated{}, usage("--vs %s: write every=5m, with a duration of 1s to 7d", vs)
	}
	schedule, faults := rules.Compile(rules.Every(d), s.Schedule.Zone(), true)
	if len(faults) > 0 {
		return simulated{}, fmt.Errorf("--vs %s: %s", vs, faults[0].Message)
	}
	return simulated{vs, engine.Plot{Schedule: schedule, Source: s.Name, Arrivals: p.Arrivals}.Simulate(first, n)}, nil
}

// oneSource returns the named source, or the first; it says so when there are
// others.
func (a *app) oneSource(c *config.Config, name string) (config.Source, error) {
	if name == "" {
		if len(c.Sources) > 1 {
			fmt.Fprintf(a.stderr, "smartsync: source %q, the first of %d; --source chooses another\n", c.Sources[0].Name, len(c.Sources))
		}
		return c.Sources[0], nil
	}
	chosen, err := choose(c, []string{name})
	if err != nil {
		return config.Source{}, err
	}
	return chosen[0], nil
}

// parseDay returns an instant of the day: its first.
func parseDay(text string, zone *time.Location) (time.Time, error) {
	now := time.Now().In(zone)
	switch text {
	case today:
		return rules.Midnight(now, 0), nil
	case "tomorrow":
		return rules.Midnight(now, 1), nil
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, usage("%q is no date: write YYYY-MM-DD, today or tomorrow", text)
	}
	return rules.Wall(date, zone), nil
}

func readArrivals(path string, zone *time.Location) ([]engine.Arrival, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return engine.ReadArrivals(f, path, zone)
}
