package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	gosync "sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/sync"
)

func (a *app) syncCommand() *cobra.Command {
	var dry bool
	command := &cobra.Command{
		Use:   "sync [SOURCE…]",
		Short: "Check now, once: list, fetch, import",
		Long: `Checks the named sources, or all, once and at the same time: lists them, fetches
what is new, imports it. With --dry-run it tells what it would bring and changes
nothing.`,
		ValidArgsFunction: a.sourceNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.sync(cmd.Context(), args, dry)
		},
	}
	command.Flags().BoolVar(&dry, "dry-run", false, "tell what would be brought, change nothing")
	a.outputFlag(command)
	return command
}

// outcome is what one source's check came to.
type outcome struct {
	source config.Source
	report sync.Report
	plan   sync.Plan
	err    error
}

func (a *app) sync(ctx context.Context, names []string, dry bool) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	chosen, err := choose(c, names)
	if err != nil {
		return err
	}
	st, release, err := a.openStore(ctx, c, !dry)
	if err != nil {
		return err
	}
	defer release()
	bar := a.progressBar("files")
	sources, err := openSources(c, chosen, st, slog.New(slog.DiscardHandler), bar.progress, nil)
	if err != nil {
		return err
	}
	outcomes := make([]outcome, len(chosen))
	var checks gosync.WaitGroup
	for i, s := range chosen {
		outcomes[i].source = s
		checks.Go(func() {
			defer sources[s.Name].Close()
			if dry {
				outcomes[i].plan, outcomes[i].err = sources[s.Name].DryRun(ctx)
			} else {
				outcomes[i].report, outcomes[i].err = sources[s.Name].Check(ctx)
			}
		})
	}
	checks.Wait()
	bar.done()
	switch {
	case a.output == "json" && dry:
		err = a.printJSON(mapOf(outcomes, planOutputOf))
	case a.output == "json":
		err = a.printJSON(mapOf(outcomes, syncOutputOf))
	default:
		err = a.printOutcomes(outcomes, dry)
	}
	return errors.Join(err, a.failures(outcomes))
}

// failures tells each source that failed; the exit code is that of the only
// source, or of all when they agree, and exitSome where others went well.
func (a *app) failures(outcomes []outcome) error {
	var failed []outcome
	for _, o := range outcomes {
		if o.err != nil {
			failed = append(failed, o)
		}
	}
	switch {
	case len(failed) == 0:
		return nil
	case len(outcomes) == 1:
		return failed[0].err
	}
	codes := map[int]bool{}
	for _, o := range failed {
		codes[a.report(nil, fmt.Errorf("source %q: %w", o.source.Name, o.err))] = true
	}
	code := exitSome
	if len(failed) == len(outcomes) {
		code = exitFailed
		if len(codes) == 1 {
			for code = range codes {
			}
		}
	}
	return &failure{code, "", fmt.Errorf("%d of %d sources failed", len(failed), len(outcomes))}
}

func (a *app) printOutcomes(outcomes []outcome, dry bool) error {
	for _, o := range outcomes {
		if o.err != nil && o.report.Listed == 0 {
			continue
		}
		if dry {
			printPlan(a.stdout, o.source.Name, o.plan)
			continue
		}
		r := o.report
		fmt.Fprintf(a.stdout, "%s: %s listed, %d new (%s)%s in %.1f s\n", o.source.Name, count(r.Listed, "file"), len(r.Found), size(r.Bytes),
			tally(r), r.Ended.Sub(r.Started).Seconds())
		for _, rejected := range r.Rejected {
			fmt.Fprintf(a.stdout, "  rejected %s\n", rejectedText(rejected.Name, rejected.Line, rejected.Reason, rejected.Detail))
		}
		for _, failed := range r.Failed {
			fmt.Fprintf(a.stdout, "  failed %q: %s\n", failed.Name, failed.Reason)
		}
		for _, skipped := range r.Skips {
			fmt.Fprintf(a.stdout, "  skipped %q: %s\n", skipped.Name, skipped.Reason)
		}
	}
	return nil
}

// tally says what became of a report's files, the zeros left out.
func tally(r sync.Report) string {
	text := ""
	for _, part := range []struct {
		n    int
		word string
	}{{r.Imported, "imported"}, {r.Kept, "kept"}, {r.Ignored, "ignored"}, {r.Duplicates, "duplicates"}, {len(r.Rejected), "rejected"},
		{len(r.Failed), "failed"}, {r.Pending, "still being written"}, {r.Skipped, "skipped"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	return text
}

func printPlan(w io.Writer, source string, p sync.Plan) {
	fmt.Fprintf(w, "%s: %s listed, %d known, %d new (%s)\n", source, count(p.Listed, "file"), p.Known, len(p.New), size(p.Bytes))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range p.New {
		fmt.Fprintf(table, "  would fetch\t%s\t%s\t%s\n", shownName(f.Name), size(f.Size), f.Modified.Format(time.DateTime+" UTC"))
	}
	for _, f := range p.Skips {
		fmt.Fprintf(table, "  would skip\t%s\t%s\t\n", shownName(f.Name), f.Reason)
	}
	_ = table.Flush()
}

// openStore opens the schedule's database. With lock it is this process's alone;
// release closes it.
func (a *app) openStore(ctx context.Context, c *config.Config, lock bool) (*store.Store, func(), error) {
	unlock := func() error { return nil }
	if lock {
		var err error
		if unlock, err = store.Lock(c.Store); err != nil {
			return nil, nil, err
		}
	}
	st, err := store.Open(ctx, c.Store)
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	return st, func() {
		_ = st.Close() // everything is committed
		_ = unlock()
	}, nil
}
