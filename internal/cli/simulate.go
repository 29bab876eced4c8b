package cli

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// simulation is the result of simulate as JSON. Instants are RFC 3339 with the
// zone's offset.
type simulation struct {
	Day      string            `json:"day"`
	Timezone string            `json:"timezone"`
	Schedule string            `json:"schedule"`
	Checks   []checkOutput     `json:"checks"`
	Summary  simulationSummary `json:"summary"`
}

type checkOutput struct {
	At          time.Time `json:"at"`
	Window      string    `json:"window"`
	Rule        int       `json:"rule"` // from 1; 0 is the default rule
	Line        int       `json:"line"`
	Found       int       `json:"found"`
	Misses      int       `json:"misses"`
	WaitSeconds int64     `json:"wait_seconds"`
	Next        time.Time `json:"next"`
	Reason      string    `json:"reason"`
}

type simulationSummary struct {
	Checks      int   `json:"checks"`
	Fixed       int   `json:"fixed_5m_checks"`
	LongestWait int64 `json:"longest_wait_seconds"`
}

// today is the value of --day alone.
const today = "today"

func (a *app) simulateCommand() *cobra.Command {
	var day, source, arrivals string
	command := &cobra.Command{
		Use:   "simulate --day[=DATE]",
		Short: "Print a day's planned checks",
		Long: `Prints the checks that the schedule makes on a day, by the very decisions that
"run" makes. DATE is YYYY-MM-DD, today or tomorrow; --day alone is today.

The day before is simulated first, from its own midnight, so that the day starts
in the state that a real one would. Without --arrivals no check finds anything;
with it, each check finds what arrived since the one before. FILE holds one
arrival a line: an RFC 3339 moment, or a file name that starts with
YYYY-MM-DD-HHMMSS, read in the schedule's zone.`,
		Example: "  smartsync simulate --day\n  smartsync simulate --day 2025-10-03 --arrivals arrivals.txt\n  smartsync simulate --day=2025-10-03 --output json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if !cmd.Flags().Changed("day") || day != today {
					return usage("unexpected argument %q", args[0])
				}
				day = args[0]
			}
			return a.simulate(day, source, arrivals)
		},
	}
	command.Flags().StringVar(&day, "day", today, "the `date` to simulate")
	command.Flags().Lookup("day").NoOptDefVal = today
	command.Flags().StringVar(&source, "source", "", "the `source` whose schedule to simulate (default: the first)")
	command.Flags().StringVar(&arrivals, "arrivals", "", "`file` of arrivals that the checks find")
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

func (a *app) simulate(day, source, arrivalsFile string) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.oneSource(c, source)
	if err != nil {
		return err
	}
	at, err := parseDay(day, s.Schedule.Zone())
	if err != nil {
		return err
	}
	arrivals, err := readArrivals(arrivalsFile, s.Schedule.Zone())
	if err != nil {
		return err
	}
	simulated := engine.Simulate(s.Schedule, s.Name, at, arrivals)
	if a.output == "json" {
		return a.printJSON(simulationOf(simulated, s, a.schedule))
	}
	return a.printDay(simulated, s)
}

// oneSource returns the named source, or the first; it says so when there are
// others.
func (a *app) oneSource(c *config.Config, name string) (config.Source, error) {
	if name == "" {
		if len(c.Sources) > 1 {
			fmt.Fprintf(a.stderr, "smartsync: simulating source %q, the first of %d; --source chooses another\n", c.Sources[0].Name, len(c.Sources))
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

func simulationOf(d engine.Day, s config.Source, schedule string) simulation {
	out := simulation{
		Day: d.From.Format(time.DateOnly), Timezone: s.Schedule.Zone().String(), Schedule: schedule, Checks: []checkOutput{},
		Summary: simulationSummary{len(d.Steps), d.FixedChecks(5 * time.Minute), int64(d.LongestWait() / time.Second)},
	}
	for _, step := range d.Steps {
		decision := step.Decision
		out.Checks = append(out.Checks, checkOutput{
			At: step.At, Window: decision.Window, Rule: decision.Rule, Line: decision.Line,
			Found: len(step.Arrived), Misses: step.State.Misses,
			WaitSeconds: int64(decision.Next.Sub(step.At) / time.Second), Next: decision.Next, Reason: decision.Reason,
		})
	}
	return out
}

func (a *app) printDay(d engine.Day, s config.Source) error {
	fmt.Fprintf(a.stdout, "%s, %s: checks of source %q by %s\n\n", d.From.Format("Monday 2 January 2006"), s.Schedule.Zone(), s.Name, a.schedule)
	layout := time.TimeOnly
	if zoneOffset(d.From) != zoneOffset(d.To) {
		layout += " MST" // on the night of the change a clock time may come twice
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TIME\tWINDOW\tRULE\tFOUND\tMISSES\tWAIT\tREASON")
	for i := 0; i < len(d.Steps); i++ {
		step := d.Steps[i]
		if more := alike(d.Steps[i:]) - 1; i > 0 && more > longRun {
			fmt.Fprintf(table, "…\t%s\t%s\t…\t…\t…\t%d checks like these\n", step.Decision.Window, ruleName(step.Decision.Rule), more)
			i += more
			step = d.Steps[i]
		}
		reason := step.Decision.Reason
		if step.Decision.Clamped != "" {
			reason += "; " + step.Decision.Clamped
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", step.At.Format(layout), step.Decision.Window, ruleName(step.Decision.Rule),
			len(step.Arrived), step.State.Misses, rules.FormatDuration(step.Decision.Next.Sub(step.At).Round(time.Second)), reason)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\n%s\n\n", picture(d))
	fixed := d.FixedChecks(5 * time.Minute)
	fmt.Fprintf(a.stdout, "%s; every 5 minutes would be %d", count(len(d.Steps), "check"), fixed)
	if n := len(d.Steps); n > 0 && fixed > n {
		fmt.Fprintf(a.stdout, ", %.1f times as many", float64(fixed)/float64(n))
	}
	if len(d.Steps) > 0 {
		fmt.Fprintf(a.stdout, "; longest wait %s", rules.FormatDuration(d.LongestWait().Round(time.Second)))
	}
	fmt.Fprintln(a.stdout)
	return nil
}

func zoneOffset(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// longRun is how many checks alike are shown in full.
const longRun = 20

// alike returns how many of the steps, from the first on, are decided alike and
// find nothing.
func alike(steps []engine.Step) int {
	n := 0
	for n < len(steps) && len(steps[n].Arrived) == 0 && steps[n].Decision.Line == steps[0].Decision.Line &&
		steps[n].Decision.Rule == steps[0].Decision.Rule &&
		steps[n].Decision.Window == steps[0].Decision.Window && steps[n].Decision.Next.Sub(steps[n].At) == steps[0].Decision.Next.Sub(steps[0].At) {
		n++
	}
	return n
}

func ruleName(rule int) string {
	if rule == 0 {
		return "default"
	}
	return fmt.Sprint(rule)
}

// pictureWidth is the number of stretches in which a day is drawn, 20 minutes each
// on a day of 24 hours: with its frame the picture fits 80 columns.
const pictureWidth = 72

// picture draws a day in one line: the taller a bar, the more checks; a dot is
// none.
func picture(d engine.Day) string {
	bars := []rune("·▁▂▃▄▅▆▇█")
	counts := make([]int, pictureWidth)
	for _, step := range d.Steps {
		counts[int(step.At.Sub(d.From)*pictureWidth/d.To.Sub(d.From))]++
	}
	var line strings.Builder
	for _, n := range counts {
		line.WriteRune(bars[min(n, len(bars)-1)])
	}
	return "00 " + line.String() + " 24"
}
