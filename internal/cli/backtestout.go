package cli

import (
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// backtestOutput is the result of backtest as JSON. Latencies are in seconds; null
// where nothing arrived.
type backtestOutput struct {
	From      string        `json:"from"`
	To        string        `json:"to"` // not included
	Schedules []scoreOutput `json:"schedules"`
}

type scoreOutput struct {
	Name         string         `json:"name"`
	Month        string         `json:"month,omitempty"`
	Checks       int            `json:"checks"`
	ChecksPerDay float64        `json:"checks_per_day"`
	Files        int            `json:"files"`
	Latency      latencyOutput  `json:"latency"`
	SessionStart startOutput    `json:"session_start"`
	Months       []scoreOutput  `json:"months,omitempty"`
	Slowest      []scoredOutput `json:"slowest,omitempty"`
}

type latencyOutput struct {
	Mean *float64 `json:"mean"`
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P99  *float64 `json:"p99"`
	Max  *float64 `json:"max"`
}

type startOutput struct {
	P50 *float64 `json:"p50"`
	P90 *float64 `json:"p90"`
}

// scoredOutput is an arrival with the rule that was in force when it came.
type scoredOutput struct {
	Arrival time.Time `json:"arrival"`
	Name    string    `json:"name"`
	Found   time.Time `json:"found"`
	Latency float64   `json:"latency"`
	Window  string    `json:"window"`
	Rule    int       `json:"rule"`
	Line    int       `json:"line"`
	Reason  string    `json:"reason"`
}

func backtestOf(contenders []contender, slowest int) backtestOutput {
	out := backtestOutput{From: contenders[0].score.From.Format(time.DateOnly), To: contenders[0].score.To.Format(time.DateOnly)}
	for _, c := range contenders {
		score := scoreOf(c.name, c.score)
		for _, month := range months(c.score) {
			part := scoreOf(c.name, month)
			part.Month = month.From.Format("2006-01")
			score.Months = append(score.Months, part)
		}
		for _, s := range c.score.Slowest(slowest) {
			score.Slowest = append(score.Slowest, scoredOutput{s.At.In(c.score.From.Location()), s.Name, s.Found.In(c.score.From.Location()), s.Latency.Seconds(), s.Decision.Window, s.Decision.Rule, s.Decision.Line, s.Decision.Reason})
		}
		out.Schedules = append(out.Schedules, score)
	}
	return out
}

func scoreOf(name string, s engine.Score) scoreOutput {
	all, starts := s.Latencies(false), s.Latencies(true)
	return scoreOutput{
		Name: name, Checks: len(s.Checks), ChecksPerDay: s.PerDay(), Files: len(s.Arrivals),
		Latency:      latencyOutput{number(all.Mean()), number(all.Quantile(0.5)), number(all.Quantile(0.9)), number(all.Quantile(0.99)), number(all.Quantile(1))},
		SessionStart: startOutput{number(starts.Quantile(0.5)), number(starts.Quantile(0.9))},
	}
}

// number is v, or nil where there is none.
func number(v float64) *float64 {
	if math.IsNaN(v) {
		return nil
	}
	return &v
}

// months cuts a score at the firsts of months.
func months(s engine.Score) []engine.Score {
	var out []engine.Score
	for from := s.From; from.Before(s.To); {
		to := rules.Wall(time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC), from.Location())
		if to.After(s.To) {
			to = s.To
		}
		out = append(out, s.Within(from, to))
		from = to
	}
	return out
}

func seconds(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'f', 0, 64)
}

func (a *app) printBacktest(s config.Source, contenders []contender, slowest int) error {
	first := contenders[0].score
	fmt.Fprintf(a.stdout, "%s to %s (not included), %s: %s of source %q; latencies in seconds\n\n", first.From.Format(time.DateOnly), first.To.Format(time.DateOnly),
		s.Schedule.Zone(), count(len(first.Arrivals), "arrival"), s.Name)
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "CHECKS\tA DAY\tMEAN\tP50\tP90\tP99\tMAX\tSTART P50\tSTART P90\t  SCHEDULE")
	for _, c := range contenders {
		o := scoreOf(c.name, c.score)
		fmt.Fprintf(table, "%d\t%.1f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t  %s\n", o.Checks, o.ChecksPerDay, seconds(o.Latency.Mean), seconds(o.Latency.P50),
			seconds(o.Latency.P90), seconds(o.Latency.P99), seconds(o.Latency.Max), seconds(o.SessionStart.P50), seconds(o.SessionStart.P90), c.name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nBy month: checks a day, mean and p90\n")
	a.printMonths(contenders)
	return a.printSlowest(contenders[0], slowest)
}

// printMonths prints a table with three columns a schedule, below its name.
func (a *app) printMonths(contenders []contender) {
	names, heads := []string{""}, []string{"MONTH", "FILES"}
	var rows [][]string
	for i, c := range contenders {
		names, heads = append(names, c.name), append(heads, "A DAY", "MEAN", "P90")
		for m, month := range months(c.score) {
			o := scoreOf("", month)
			if i == 0 {
				rows = append(rows, []string{month.From.Format("2006-01"), strconv.Itoa(o.Files)})
			}
			rows[m] = append(rows[m], strconv.FormatFloat(o.ChecksPerDay, 'f', 1, 64), seconds(o.Latency.Mean), seconds(o.Latency.P90))
		}
	}
	widths := make([]int, len(heads))
	for _, row := range append(rows, heads) {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell))
		}
	}
	head := strings.Repeat(" ", widths[0]+2+widths[1])
	for i, name := range names[1:] {
		group := widths[2+3*i : 5+3*i]
		wide := utf8.RuneCountInString(name)
		group[0] += max(0, wide-(group[0]+2+group[1]+2+group[2]))
		head += "    " + name + strings.Repeat(" ", group[0]+2+group[1]+2+group[2]-wide)
	}
	fmt.Fprintln(a.stdout, strings.TrimRight(head, " "))
	for _, row := range slices.Insert(rows, 0, heads) {
		for i, cell := range row {
			gap := "  "
			switch {
			case i == 0:
				gap = ""
			case i%3 == 2:
				gap = "    " // between schedules
			}
			fmt.Fprintf(a.stdout, "%s%*s", gap, widths[i], cell)
		}
		fmt.Fprintln(a.stdout)
	}
}

func (a *app) printSlowest(c contender, n int) error {
	if n == 0 || len(c.score.Arrivals) == 0 {
		return nil
	}
	fmt.Fprintf(a.stdout, "\nThe slowest arrivals of %s, and the rule in force when they came\n", c.name)
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, s := range c.score.Slowest(n) {
		fmt.Fprintf(table, "%s\t%.0f s\t%s\t%s, rule %s\n", s.At.In(c.score.From.Location()).Format(time.DateTime), s.Latency.Seconds(), s.Decision.Reason, s.Decision.Window, ruleName(s.Decision.Rule))
	}
	return table.Flush()
}

// backtestCSV prints a row a schedule and month, and one for the whole with the
// month "all".
func (a *app) backtestCSV(contenders []contender) error {
	w := csv.NewWriter(a.stdout)
	rows := [][]string{{"schedule", "month", "checks", "checks_per_day", "files", "mean", "p50", "p90", "p99", "max", "start_p50", "start_p90"}}
	add := func(name, month string, s engine.Score) {
		o := scoreOf(name, s)
		row := []string{name, month, strconv.Itoa(o.Checks), strconv.FormatFloat(o.ChecksPerDay, 'f', 3, 64), strconv.Itoa(o.Files)}
		for _, v := range []*float64{o.Latency.Mean, o.Latency.P50, o.Latency.P90, o.Latency.P99, o.Latency.Max, o.SessionStart.P50, o.SessionStart.P90} {
			text := ""
			if v != nil {
				text = strconv.FormatFloat(*v, 'f', 3, 64)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	for _, c := range contenders {
		for _, month := range months(c.score) {
			add(c.name, month.From.Format("2006-01"), month)
		}
		add(c.name, "all", c.score)
	}
	return w.WriteAll(rows)
}
