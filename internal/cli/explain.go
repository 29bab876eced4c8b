package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

func (a *app) explainCommand() *cobra.Command {
	f := &stateFlags{}
	command := &cobra.Command{
		Use:   "explain",
		Short: "Tell which rule holds at a moment, and why the others do not",
		Long: `Tells which window and which rule hold, with the value of every fact and of every
part of each condition, why the other rules do not, when the next check is and
what clamped it, and when the answer would change.

Without flags it explains the decision in force: the state of the source's last
check, from the database; before any smartsync run, by what smartsync sync
checked. With --at it is that state at another moment; with any
of the state flags it is the state that they give (what they leave out is 0).`,
		Example: "  smartsync explain\n  smartsync explain --at 2025-10-03T20:15 --misses 3\n  smartsync explain --at 21:30 --found 2 --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			changed := cmd.Flags().Changed
			for _, name := range []string{"misses", "misses-total", "errors", "found", "imported", "rejected", "since-found", "file", "refused"} {
				f.given = f.given || changed(name)
			}
			f.missesSet, f.totalSet, f.importedSet = changed("misses"), changed("misses-total"), changed("imported")
			return a.explain(cmd.Context(), f)
		},
	}
	flags := command.Flags()
	atFlag(command, &f.at, "")
	flags.IntVar(&f.misses, "misses", 0, "consecutive misses, this check included")
	flags.IntVar(&f.missesTotal, "misses-total", 0, "the same across windows (default: as --misses)")
	flags.IntVar(&f.errors, "errors", 0, "consecutive failed checks; more than 0 is a failed check")
	flags.BoolVar(&f.refused, "refused", false, "the check failed since the server refused the login or its host key is wrong")
	flags.IntVar(&f.found, "found", 0, "new files that the check brought")
	flags.IntVar(&f.imported, "imported", 0, "files that it imported (default: as --found)")
	flags.IntVar(&f.rejected, "rejected", 0, "files that it rejected")
	flags.StringVar(&f.sinceFound, "since-found", "", "`duration` since the last find")
	flags.StringSliceVar(&f.findFile, "file", nil, "`name` of a file that it brought (repeatable)")
	a.sourceFlag(command, &f.source)
	a.outputFlag(command)
	return command
}

func (a *app) explain(ctx context.Context, f *stateFlags) error {
	c, s, err := a.loadSource(f.source)
	if err != nil {
		return err
	}
	state, outcome, err := a.stateToExplain(ctx, c, s, f)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(engine.Explain(s.Schedule, s.Name, state, outcome))
	}
	e := s.Schedule.Explain(s.Name, state, outcome)
	change, changes := s.Schedule.Outlook(s.Name, state, outcome)
	found := engine.OnFind(s.Schedule, s.Name, state, outcome, e.Decision)
	return a.printExplanation(s, outcome.At, e, change, changes, found)
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
	zone := ""
	if name, _ := at.Zone(); name != at.Location().String() {
		zone = " (" + at.Location().String() + ")"
	}
	fmt.Fprintf(a.stdout, "%s%s, source %q\n\n", at.Format("Monday 2 January 2006, 15:04:05 MST"), zone, s.Name)
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
	if d.Jitter > 0 {
		fmt.Fprintf(a.stdout, "  %s of it are jitter, always the same share for this source\n", rules.FormatDuration(d.Jitter))
	}
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
	if found.Rule != d.Rule || found.Line != d.Line {
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
