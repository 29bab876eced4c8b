package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

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

func simulationOf(d engine.Day, schedule string) simulation {
	out := simulation{
		Day: d.From.Format(time.DateOnly), Timezone: d.From.Location().String(), Schedule: schedule, Checks: []checkOutput{},
		Summary: simulationSummary{len(d.Steps), d.FixedChecks(5 * time.Minute), int64(d.LongestWait() / time.Second)},
	}
	for _, step := range d.Steps {
		decision := step.Decision
		out.Checks = append(out.Checks, checkOutput{
			At: step.At.In(d.From.Location()), Window: decision.Window, Rule: decision.Rule, Line: decision.Line,
			Found: len(step.Arrived), Misses: step.State.Misses,
			WaitSeconds: int64(decision.Next.Sub(step.At) / time.Second), Next: decision.Next.In(d.From.Location()), Reason: decision.Reason,
		})
	}
	return out
}

// printSimulationJSON prints one day as an object, and several days or schedules
// as a list of them.
func (a *app) printSimulationJSON(all []simulated) error {
	var out []simulation
	for i := range all[0].days {
		for _, one := range all {
			out = append(out, simulationOf(one.days[i], one.name))
		}
	}
	if len(out) == 1 {
		return a.printJSON(out[0])
	}
	return a.printJSON(out)
}

func (a *app) printDay(d engine.Day, s config.Source) error {
	fmt.Fprintf(a.stdout, "%s, %s: checks of source %q by %s\n\n", d.From.Format("Monday 2 January 2006"), s.Schedule.Zone(), s.Name, a.schedule)
	layout := clockLayout(d, time.TimeOnly)
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
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\t%s\n", step.At.In(d.From.Location()).Format(layout), step.Decision.Window, ruleName(step.Decision.Rule),
			len(step.Arrived), step.State.Misses, rules.FormatDuration(step.Decision.Next.Sub(step.At).Round(time.Second)), reason)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	strip, legend := windowStrip(d, s.Schedule)
	fmt.Fprintf(a.stdout, "\n%s\n%s\n", strip, picture(d))
	if len(d.Arrivals) > 0 {
		fmt.Fprintln(a.stdout, arrivalStrip(d))
	}
	fmt.Fprintf(a.stdout, "\n%s\n", legendOf(d, legend))
	a.printTotal(d)
	return nil
}

// printTotal says what a day's checks come to.
func (a *app) printTotal(d engine.Day) {
	fixed := d.FixedChecks(5 * time.Minute)
	fmt.Fprintf(a.stdout, "%s; every 5 minutes would be %d", count(len(d.Steps), "check"), fixed)
	if n := len(d.Steps); n > 0 && fixed > n {
		fmt.Fprintf(a.stdout, ", %.1f times as many", float64(fixed)/float64(n))
	}
	if len(d.Steps) > 0 {
		fmt.Fprintf(a.stdout, "; longest wait %s", rules.FormatDuration(d.LongestWait().Round(time.Second)))
	}
	if mean, ok := d.MeanLatency(); ok {
		they := "they came, on average"
		if len(d.Arrivals) == 1 {
			they = "it came"
		}
		fmt.Fprintf(a.stdout, "; %s found %s after %s", count(len(d.Arrivals), "file"), rules.FormatDuration(mean.Round(time.Second)), they)
	}
	fmt.Fprintln(a.stdout)
}

// legendOf says what the lines of a picture are made of.
func legendOf(d engine.Day, windows string) string {
	if len(d.Arrivals) > 0 {
		return windows + "; below: arrivals"
	}
	return windows
}

// clockLayout is the layout of clock times on a day: with the zone's name where
// the clock changes, and a time may come twice.
func clockLayout(d engine.Day, layout string) string {
	if zoneOffset(d.From) != zoneOffset(d.To) {
		return layout + " MST"
	}
	return layout
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

// printBeside prints a day of several schedules, or of several days, hour by hour
// beside each other.
func (a *app) printBeside(all []simulated, i int, s config.Source) error {
	d := all[0].days[i]
	fmt.Fprintf(a.stdout, "%s, %s: checks of source %q\n\n", d.From.Format("Monday 2 January 2006"), s.Schedule.Zone(), s.Name)
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "HOUR\tARRIVALS\t")
	for _, one := range all {
		fmt.Fprintf(table, "%s\t", one.name)
	}
	fmt.Fprintln(table)
	layout := clockLayout(d, "15:04")
	for from := d.From; from.Before(d.To); from = from.Add(time.Hour) {
		to := from.Add(time.Hour)
		fmt.Fprintf(table, "%s\t%d\t", from.Format(layout), countIn(d.Arrivals, from, to, func(a engine.Arrival) time.Time { return a.At }))
		for _, one := range all {
			fmt.Fprintf(table, "%d\t", countIn(one.days[i].Steps, from, to, func(s engine.Step) time.Time { return s.At }))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	strip, legend := windowStrip(d, s.Schedule)
	fmt.Fprintf(a.stdout, "\n%s\n", strip)
	for _, one := range all {
		fmt.Fprintf(a.stdout, "%s  %s\n", picture(one.days[i]), one.name)
	}
	if len(d.Arrivals) > 0 {
		fmt.Fprintln(a.stdout, arrivalStrip(d))
	}
	fmt.Fprintf(a.stdout, "\n%s\n", legendOf(d, legend))
	for _, one := range all {
		if len(all) > 1 {
			fmt.Fprintf(a.stdout, "%s: ", one.name)
		}
		a.printTotal(one.days[i])
	}
	return nil
}

// countIn counts the items whose moment lies in [from, to).
func countIn[T any](items []T, from, to time.Time, at func(T) time.Time) int {
	n := 0
	for _, item := range items {
		if t := at(item); !t.Before(from) && t.Before(to) {
			n++
		}
	}
	return n
}
