package cli

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	gosync "sync"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/sync"
)

func (a *app) importCommand() *cobra.Command {
	var source string
	var retry bool
	command := &cobra.Command{
		Use:   "import [FOLDER]",
		Short: "Import a folder of files, or try rejected files again",
		Long: `Imports the files of FOLDER as if they came from the source: known ones are
passed over, and nothing is copied or fetched. With --retry the source's rejected
files are tried again from where they are kept; without FOLDER or --source, those
of all sources.`,
		ValidArgsFunction: folders,
		Example:           "  smartsync import old-stats/ --source game\n  smartsync import --retry",
		Args:              cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case retry && len(args) > 0:
				return usage("--retry takes no folder")
			case !retry && len(args) == 0:
				return usage("name the folder to import, or --retry")
			}
			return a.importFiles(cmd.Context(), args, source, retry)
		},
	}
	command.Flags().StringVar(&source, "source", "", "the `source` that the files belong to (needed when there are several)")
	command.Flags().BoolVar(&retry, "retry", false, "try the rejected files again")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	a.outputFlag(command)
	return command
}

func (a *app) importFiles(ctx context.Context, folder []string, source string, retry bool) error {
	c, chosen, err := a.loadSources(only(source))
	if err != nil {
		return err
	}
	if !retry && len(chosen) > 1 {
		return usage("%s has %d sources: say with --source whose files these are", shownPath(c, c.Path), len(chosen))
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	st, release, err := a.openStore(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	bar := a.progressBar()
	sources, err := openSources(c, chosen, st, slog.New(slog.DiscardHandler), bar, nil)
	if err != nil {
		return err
	}
	outcomes := make([]outcome, len(chosen))
	var work gosync.WaitGroup
	for i, s := range chosen {
		outcomes[i].source = s
		work.Go(func() {
			defer sources[s.Name].Close()
			outcomes[i].report, outcomes[i].err = a.take(ctx, sources[s.Name].Source, s, folder, retry, bar)
		})
	}
	work.Wait()
	bar.done()
	switch {
	case a.output == "json":
		err = a.printJSON(mapOf(outcomes, syncOutputOf))
	case retry:
		a.printReports(outcomes, retryLine)
	default:
		a.printReports(outcomes, reportLine)
	}
	return errors.Join(err, a.failures(ctx, outcomes))
}

// take imports the folder, or retries.
func (a *app) take(ctx context.Context, source *sync.Source, s config.Source, folder []string, retry bool, bar *bar) (sync.Report, error) {
	if retry {
		return source.Retry(ctx)
	}
	absolute, err := filepath.Abs(folder[0])
	if err != nil {
		return sync.Report{}, err
	}
	return source.ImportFolder(ctx, absolute, bar.of(s.Name))
}
