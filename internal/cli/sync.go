package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	gosync "sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/sync"
)

func (a *app) syncCommand() *cobra.Command {
	var dry bool
	command := &cobra.Command{
		Use:   "sync [SOURCE…]",
		Short: "Check now, once: list, fetch, import",
		Long: `Checks the named sources, or all, once and at the same time: lists them, fetches
what is new, imports it. With --dry-run it tells what it would bring and changes
nothing. No smartsync may run on the same database meanwhile.

The first Ctrl-C ends it after the file in hand, the second at once.`,
		Example:           "  smartsync sync\n  smartsync sync game --dry-run",
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
	c, chosen, err := a.loadSources(names)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	openStore := a.openStore
	if dry {
		openStore = a.ledger
	}
	st, release, err := openStore(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	st.Announce(len(c.Notify) > 0 && !dry) // the next run tells it
	bar := a.progressBar()
	sources, err := openSources(c, chosen, st, slog.New(slog.DiscardHandler), bar, nil)
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
	case dry:
		a.printPlans(outcomes)
	default:
		a.printReports(outcomes, reportLine)
	}
	return errors.Join(err, a.failures(ctx, outcomes))
}

// failures tells each source that failed; the exit code is that of the only
// source, or of all when they agree, and exitSome where others went well.
func (a *app) failures(ctx context.Context, outcomes []outcome) error {
	var failed []outcome
	for _, o := range outcomes {
		if o.err != nil {
			failed = append(failed, o)
		}
	}
	switch {
	case len(failed) == 0:
		return nil
	case ctx.Err() != nil:
		return interrupted(ctx, failed[0].err)
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

// interrupted returns err, or when ctx has ended what that means.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return &failure{exitSignalled, "what was taken in stays; the same again does the rest", errors.New("interrupted")}
}

// interruptible returns a context that the first Ctrl-C or SIGTERM ends; the
// second ends the process at once.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
