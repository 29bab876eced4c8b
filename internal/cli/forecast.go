package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/forecast"
	"github.com/smartsync/smartsync/rules"
)

// forecastFlags are forecast's flags.
type forecastFlags struct {
	history
	at, svg, to string
	propose     bool
}

func (a *app) forecastCommand() *cobra.Command {
	f := &forecastFlags{}
	command := &cobra.Command{
		Use:   "forecast",
		Short: "Show what was learned of when files arrive",
		Long: `Shows what was learned from a source's arrivals: how likely a file is within the
next hours, the week as a heat map, tonight's chance of a session by hour, and how
well such predictions held so far. Rules use it with "interval: forecast" and the
facts chance("30m") and eta.

--propose looks for plain windows and intervals that do better than the schedule's
own with no more checks, writes a copy of the schedule with them, and measures both
on days that were not used to choose them. Nothing else is changed.`,
		Example: "  smartsync forecast\n  smartsync forecast --arrivals names.txt --at 2025-06-01T20:00 --svg week.svg\n  smartsync forecast --propose",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.forecast(cmd.Context(), f) },
	}
	flags := command.Flags()
	a.historyFlags(command, &f.history)
	atFlag(command, &f.at, " (default: now)")
	flags.StringVar(&f.svg, "svg", "", "draw the week into an SVG `file`")
	flags.BoolVar(&f.propose, "propose", false, "write a schedule with better plain windows")
	flags.StringVar(&f.to, "to", "", "with --propose: the `file` to write (default: beside the schedule, as schedule.proposed.yaml)")
	a.outputFlag(command)
	return command
}

func (a *app) forecast(ctx context.Context, f *forecastFlags) error {
	c, s, arrivals, err := a.loadHistory(ctx, f.history)
	if err != nil {
		return err
	}
	at := time.Now()
	if f.at != "" {
		if at, err = parseMoment(f.at, s.Schedule.Zone()); err != nil {
			return err
		}
	} else if n := len(arrivals); f.arrivals != "" && n > 0 && arrivals[n-1].At.Before(at) {
		at = arrivals[n-1].At // a file of old arrivals: what was known at its end
	}
	at = at.In(s.Zone)
	history := forecastArrivals(arrivals)
	model := forecast.Learn(history, at, forecast.Options{Zone: s.Zone})
	if !model.Ready() {
		return &failure{exitFailed, "50 files in 5 sessions over two weeks are enough; until then the rules speak", fmt.Errorf("too little is known of source %q for a forecast", s.Name)}
	}
	if f.propose {
		return a.propose(c, s, arrivals, at, f.to)
	}
	bins := forecast.Calibrate(history, rules.Midnight(at, -90), at, 0, forecast.Options{Zone: s.Zone})
	if f.svg != "" {
		if err := writeWhole(f.svg, drawWeek(model.Week())); err != nil {
			return err
		}
		fmt.Fprintf(a.stderr, "smartsync: wrote %s\n", f.svg)
	}
	if a.output == "json" {
		return a.printJSON(forecastOutputOf(s, at, model, bins))
	}
	return a.printForecast(s, at, arrivals, model, bins)
}

func forecastArrivals(arrivals []engine.Arrival) []forecast.Arrival {
	return mapOf(arrivals, func(a engine.Arrival) forecast.Arrival { return forecast.Arrival{At: a.At, Name: a.Name} })
}

// forecastOutput is the result of forecast as JSON. Chances are from 0 to 1.
type forecastOutput struct {
	Source   string             `json:"source"`
	At       time.Time          `json:"at"`
	ETA      int64              `json:"eta_seconds"`
	Chance   map[string]float64 `json:"chance"`           // within a duration
	Week     [7][48]float64     `json:"files_per_slot"`   // half hours of the local week, Monday first
	Starts   [7][48]float64     `json:"starts_per_slot"`  // of sessions
	Tonight  [24]float64        `json:"start_by_hour"`    // of the local day
	Accuracy []binOutput        `json:"calibration"`      // of the chance within 30m, over the 90 days before
	Worth    float64            `json:"worth_36_per_day"` // seconds of latency that a check is worth at 36 a day
}

type binOutput struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Moments   int     `json:"moments"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

// horizons are the durations within which a chance is told.
var horizons = []string{"10m", "30m", "1h", "2h", "6h", "1d"}

func forecastOutputOf(s config.Source, at time.Time, m *forecast.Model, bins []forecast.Bin) forecastOutput {
	week := m.Week()
	out := forecastOutput{
		Source: s.Name, At: at, ETA: int64(m.ETA(at) / time.Second), Chance: map[string]float64{}, Week: week.Files, Starts: week.Starts,
		Tonight: m.Tonight(at), Accuracy: []binOutput{}, Worth: m.Worth(rules.DefaultPerDay, rules.DefaultLeast, rules.DefaultMost).Seconds(),
	}
	for _, h := range horizons {
		d, _ := rules.ParseDuration(h)
		out.Chance[h] = m.Chance(at, d)
	}
	for _, b := range bins {
		out.Accuracy = append(out.Accuracy, binOutput{b.From, b.To, b.N, b.Mean, b.Observed})
	}
	return out
}

func (a *app) printForecast(s config.Source, at time.Time, arrivals []engine.Arrival, m *forecast.Model, bins []forecast.Bin) error {
	known := countIn(arrivals, time.Time{}, at.Add(time.Nanosecond), func(a engine.Arrival) time.Time { return a.At })
	fmt.Fprintf(a.stdout, "%s, source %q: learned from %s\n", at.Format("Monday 2 January 2006, 15:04 MST"), s.Name, count(known, "arrival"))
	var chances []string
	for _, h := range horizons {
		d, _ := rules.ParseDuration(h)
		chances = append(chances, fmt.Sprintf("%s %s", h, percent(m.Chance(at, d))))
	}
	fmt.Fprintf(a.stdout, "next file expected in %s; chance within %s\n", rules.FormatDuration(m.ETA(at).Round(time.Minute)), strings.Join(chances, ", "))

	fmt.Fprintf(a.stdout, "\nThe learned week: files by half hour\n%s", heatMap(m.Week().Files))
	fmt.Fprintf(a.stdout, "\n%s: chance that a session starts, by hour\n", at.Format("Monday 2 January"))
	most := 0.0
	tonight := m.Tonight(at)
	for _, p := range tonight {
		most = max(most, p)
	}
	for hour, p := range tonight {
		if p >= 0.005 {
			fmt.Fprintf(a.stdout, "  %02d  %-40s %s\n", hour, strings.Repeat("█", int(p/most*40+0.5)), percent(p))
		}
	}
	fmt.Fprintf(a.stdout, "\nHow such predictions held over the 90 days before: chance of a file within 30 min\n")
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "PREDICTED\tMEAN\tOBSERVED\tMOMENTS\t")
	for _, b := range bins {
		fmt.Fprintf(table, "%.0f-%s\t%s\t%s\t%d\t\n", 100*b.From, percent(b.To), percent(b.Mean), percent(b.Observed), b.N)
	}
	return table.Flush()
}

func percent(p float64) string {
	if p > 0 && p < 0.0995 {
		return fmt.Sprintf("%.1f %%", 100*p)
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// dayNames are the rows of a week.
var dayNames = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// heatMap draws the half hours of a week in shades: the darker, the more.
func heatMap(week [7][48]float64) string {
	shades := []rune(" ░▒▓█")
	most := 0.0
	for _, day := range week {
		for _, v := range day {
			most = max(most, v)
		}
	}
	var b strings.Builder
	b.WriteString("     00    03    06    09    12    15    18    21    24\n")
	for i, day := range week {
		b.WriteString("  " + dayNames[i] + " ")
		var row strings.Builder
		for _, v := range day {
			shade := 0
			if share := v / most; most > 0 && share > 0.02 {
				shade = min(len(shades)-1, 1+int(share*float64(len(shades)-1)))
			}
			row.WriteRune(shades[shade])
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}

// drawWeek draws the half hours of a week as a heat map.
func drawWeek(rates forecast.Rates) []byte {
	const left, top, cell, row = 50, 30, 18, 22
	most := 0.0
	for _, day := range rates.Files {
		for _, v := range day {
			most = max(most, v)
		}
	}
	width, height := left+48*cell+16, top+7*row+30
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="learned week">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	for hour := 0; hour <= 24; hour += 3 {
		fmt.Fprintf(&b, `<text x="%d" y="20" text-anchor="middle" fill="#555">%02d</text>`+"\n", left+2*hour*cell, hour)
	}
	for i, day := range rates.Files {
		fmt.Fprintf(&b, `<text x="8" y="%d" fill="#222">%s</text>`+"\n", top+i*row+15, dayNames[i])
		for k, v := range day {
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#1f4e79" fill-opacity="%.3f"><title>%s %02d:%02d: %.2f files, %.3f session starts</title></rect>`+"\n",
				left+k*cell, top+i*row, cell-1, row-2, v/max(most, 1e-9)*0.95+0.03, dayNames[i], k/2, k%2*30, v, rates.Starts[i][k])
		}
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#555">files expected in each half hour; the darkest is %.2f</text>`+"\n</svg>\n", left, height-10, most)
	return []byte(b.String())
}

var errNothingBetter = errors.New("no plain windows were found that do better with as few checks")
