package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// stateFlags are the state that explain is given; -1 is not given.
type stateFlags struct {
	misses, missesTotal, errors      int
	found, imported, rejected        int
	sinceFound                       string
	at, source                       string
	given                            bool // any of the state
	findFile                         []string
	missesSet, totalSet, importedSet bool
}

func (a *app) explainCommand() *cobra.Command {
	f := &stateFlags{}
	command := &cobra.Command{
		Use:   "explain",
		Short: "Tell which rule holds at a moment, and why the others do not",
		Long: `Tells which window and which rule hold, with the value of every fact and of every
part of each condition, why the other rules do not, when the next check is and
what clamped it, and when the answer would change.

Without flags it explains the decision in force: the state of the source's last
check, from the database. With --at it is that state at another moment; with any
of the state flags it is the state that they give (what they leave out is 0).`,
		Example: "  smartsync explain\n  smartsync explain --at 2025-10-03T20:15 --misses 3\n  smartsync explain --at 21:30 --found 2 --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			changed := cmd.Flags().Changed
			for _, name := range []string{"misses", "misses-total", "errors", "found", "imported", "rejected", "since-found", "file"} {
				f.given = f.given || changed(name)
			}
			f.missesSet, f.totalSet, f.importedSet = changed("misses"), changed("misses-total"), changed("imported")
			return a.explain(cmd.Context(), f)
		},
	}
	flags := command.Flags()
	flags.StringVar(&f.at, "at", "", "the `moment`: YYYY-MM-DDTHH:MM, HH:MM today, or RFC 3339")
	flags.IntVar(&f.misses, "misses", 0, "consecutive misses, this check included")
	flags.IntVar(&f.missesTotal, "misses-total", 0, "the same across windows (default: as --misses)")
	flags.IntVar(&f.errors, "errors", 0, "consecutive failed checks; more than 0 is a failed check")
	flags.IntVar(&f.found, "found", 0, "new files that the check brought")
	flags.IntVar(&f.imported, "imported", 0, "files that it imported (default: as --found)")
	flags.IntVar(&f.rejected, "rejected", 0, "files that it rejected")
	flags.StringVar(&f.sinceFound, "since-found", "", "`duration` since the last find")
	flags.StringSliceVar(&f.findFile, "file", nil, "`name` of a file that it brought (repeatable)")
	flags.StringVar(&f.source, "source", "", "the `source` (default: the first)")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	a.outputFlag(command)
	return command
}

func (a *app) explain(ctx context.Context, f *stateFlags) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.oneSource(c, f.source)
	if err != nil {
		return err
	}
	state, outcome, err := a.stateToExplain(ctx, c, s, f)
	if err != nil {
		return err
	}
	e := s.Schedule.Explain(s.Name, state, outcome)
	change, changes := s.Schedule.Outlook(s.Name, state, outcome)
	find := rules.Outcome{At: e.Decision.Next, Found: 1, Imported: 1, Files: []rules.FoundFile{{Name: "a new file", Modified: e.Decision.Next}}, Forecast: outcome.Forecast}
	_, found := s.Schedule.Decide(s.Name, state, find)
	if a.output == "json" {
		return a.printJSON(explanationOf(s, outcome.At, e, change, changes, found))
	}
	return a.printExplanation(s, outcome.At, e, change, changes, found)
}

// stateToExplain returns the state that the flags give, or the stored one.
func (a *app) stateToExplain(ctx context.Context, c *config.Config, s config.Source, f *stateFlags) (rules.State, rules.Outcome, error) {
	var stored store.SourceState
	known := false
	st, err := store.OpenExisting(ctx, c.Store)
	switch {
	case err == nil:
		defer st.Close()
		states, err := st.States(ctx)
		if err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
		stored, known = states[s.Name]
	case !errors.Is(err, fs.ErrNotExist):
		return rules.State{}, rules.Outcome{}, err
	}
	at := time.Now()
	if known && !f.given && !stored.LastCheck.IsZero() {
		at = stored.LastCheck
	}
	if f.at != "" {
		if at, err = parseMoment(f.at, s.Schedule.Zone()); err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
	}
	forecast, err := a.forecastOf(ctx, s, st, at)
	if err != nil {
		return rules.State{}, rules.Outcome{}, err
	}
	if f.given {
		state, outcome, err := f.state(at)
		outcome.Forecast = forecast
		return state, outcome, err
	}
	if !known {
		fmt.Fprintln(a.stderr, "smartsync: nothing is known of the source yet: explaining a first check that finds nothing")
		return rules.State{Misses: 1, MissesTotal: 1, LastCheck: at}, rules.Outcome{At: at, Forecast: forecast}, nil
	}
	state := rules.State{Misses: stored.Misses, MissesTotal: stored.MissesTotal, Errors: stored.Errors, LastCheck: stored.LastCheck, LastFound: stored.LastFound}
	return state, rules.Outcome{At: at, Failed: stored.Errors > 0, Found: stored.Found, Imported: stored.Found, Forecast: forecast}, nil
}

// state is what the flags give.
func (f *stateFlags) state(at time.Time) (rules.State, rules.Outcome, error) {
	if min(f.misses, f.missesTotal, f.errors, f.found, f.imported, f.rejected) < 0 {
		return rules.State{}, rules.Outcome{}, usage("a count is 0 or more")
	}
	if !f.totalSet {
		f.missesTotal = f.misses
	}
	f.found = max(f.found, len(f.findFile))
	if f.found > 0 && (f.misses > 0 || f.errors > 0) {
		return rules.State{}, rules.Outcome{}, usage("a check that found files is no miss and no failure: leave out --misses and --errors, or --found")
	}
	if !f.importedSet {
		f.imported = max(0, f.found-f.rejected)
	}
	if !f.missesSet && f.found == 0 && f.errors == 0 {
		f.misses, f.missesTotal = 1, max(1, f.missesTotal) // a check that found nothing is a miss
	}
	state := rules.State{Misses: f.misses, MissesTotal: f.missesTotal, Errors: f.errors, LastCheck: at}
	if f.sinceFound != "" {
		since, err := rules.ParseDuration(f.sinceFound)
		if err != nil {
			return rules.State{}, rules.Outcome{}, usage("--since-found %q %v", f.sinceFound, err)
		}
		state.LastFound = at.Add(-since)
	} else if f.found > 0 {
		state.LastFound = at
	}
	outcome := rules.Outcome{At: at, Failed: f.errors > 0, Found: f.found, Imported: f.imported, Rejected: f.rejected}
	for _, name := range f.findFile {
		outcome.Files = append(outcome.Files, rules.FoundFile{Name: name, Modified: at})
	}
	return state, outcome, nil
}

// parseMoment reads a moment of the command line.
func parseMoment(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(zone), nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateTime} {
		if wall, err := time.Parse(form, text); err == nil {
			return rules.Wall(wall, zone), nil
		}
	}
	if wall, err := time.Parse("15:04", text); err == nil {
		today := time.Now().In(zone)
		return rules.Wall(time.Date(today.Year(), today.Month(), today.Day(), wall.Hour(), wall.Minute(), 0, 0, time.UTC), zone), nil
	}
	return time.Time{}, usage("%q is no moment: write YYYY-MM-DDTHH:MM, HH:MM or RFC 3339", text)
}

// doing says what a decision does: "every 5m", "until 19:30".
func doing(at time.Time, d rules.Decision) string {
	wait := d.Next.Sub(at).Round(time.Second)
	if d.Until {
		return "sleeps until " + d.Next.Format("Mon 15:04")
	}
	return "waits " + rules.FormatDuration(wait)
}

func (a *app) printExplanation(s config.Source, at time.Time, e rules.Explanation, change rules.Change, changes bool, found rules.Decision) error {
	at = at.In(s.Schedule.Zone())
	d := e.Decision
	fmt.Fprintf(a.stdout, "%s %s, source %q\n\n", at.Format("Monday 2 January 2006, 15:04:05 MST"), s.Schedule.Zone(), s.Name)
	fmt.Fprintln(a.stdout, "Windows")
	for _, w := range e.Windows {
		verdict := "does not hold"
		if w.Holds {
			verdict = "holds"
			if !e.Opened.IsZero() {
				verdict += ", since " + e.Opened.In(at.Location()).Format("Mon 15:04")
			}
			if !e.Closes.IsZero() {
				verdict += ", until " + e.Closes.In(at.Location()).Format("Mon 15:04")
			}
		}
		fmt.Fprintf(a.stdout, "  %s (%s): %s\n", w.Name, w.When, verdict)
	}
	if d.Window == "default" {
		fmt.Fprintln(a.stdout, "  none holds: the default rule speaks")
	}
	fmt.Fprintln(a.stdout, "\nFacts")
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, f := range e.Facts {
		fmt.Fprintf(table, "  %s\t%s\n", f.Name, f.Value)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, "\nRules")
	for _, r := range e.Rules {
		a.printVerdict(r)
	}
	fmt.Fprintf(a.stdout, "\nAnswer\n  %s: %s, next check %s\n", d.Reason, doing(at, d), d.Next.Format("Mon 15:04:05"))
	if d.Clamped != "" {
		fmt.Fprintf(a.stdout, "  clamped: %s\n", d.Clamped)
	}
	for _, fault := range d.Faults {
		fmt.Fprintf(a.stdout, "  failed: %s\n", fault)
	}
	fmt.Fprintln(a.stdout, "\nIt would change")
	if changes {
		fmt.Fprintf(a.stdout, "  after %s, at %s: %s (%s, %s)\n", countMore(change.Misses), change.At.Format("Mon 15:04"), doing(change.At, change.Decision), change.Decision.Reason, ruleTitle(change.Decision))
	} else {
		fmt.Fprintln(a.stdout, "  by no number of misses")
	}
	if found.Rule != d.Rule || found.Window != d.Window {
		fmt.Fprintf(a.stdout, "  if the next check finds a file: %s (%s, %s)\n", doing(d.Next, found), found.Reason, ruleTitle(found))
	}
	return nil
}

func (a *app) printVerdict(r rules.RuleVerdict) {
	mark, name := " ", fmt.Sprintf("rule %d", r.Number)
	if r.Won {
		mark = ">"
	}
	if r.Number == 0 {
		name = "default"
	}
	condition := "always"
	if r.When != "" {
		condition = "when " + r.When
	}
	fmt.Fprintf(a.stdout, "%s %s, line %d: %s: %s (%s)\n    %s\n", mark, name, r.Line, condition, r.Then, r.Reason, r.Verdict)
	for _, p := range r.Parts {
		fmt.Fprintf(a.stdout, "    %s%s = %s\n", strings.Repeat("  ", p.Depth), p.Text, p.Value)
	}
}

func countMore(n int) string {
	if n == 1 {
		return "1 more miss"
	}
	return fmt.Sprintf("%d more misses", n)
}

func ruleTitle(d rules.Decision) string {
	switch {
	case d.Rule == 0 && d.Window == "default":
		return "default rule"
	case d.Rule == 0:
		return d.Window + ", no rule"
	}
	return fmt.Sprintf("%s, rule %d", d.Window, d.Rule)
}
