package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/sync"
)

// adoptOutput is what was taken over as JSON.
type adoptOutput struct {
	syncOutput
	Listed int `json:"names_listed"` // on the older program's list
	Names  int `json:"names_new"`    // of them: in the ledger now
	Known  int `json:"names_known"`  // of them: there before
	Unfit  int `json:"names_unfit"`  // of them: names that no file of a source may have
}

func (a *app) adoptCommand() *cobra.Command {
	var from, files, source string
	command := &cobra.Command{
		Use:   "adopt --from OLD.db --files FOLDER",
		Short: "Take over the history of another program: its files, and its list of them",
		Long: `Takes over what an older program fetched, so that nothing of it is fetched or
announced again. The stats in FOLDER are imported from where they are; what is only
on the list in OLD.db (its table processed_files) is known by its name. Either may
be left out. The old database and the folder are only read, and repeating it does
what is left. Stop the older program first; docs/migrate.md tells the whole way.`,
		Example: "  smartsync adopt --from bot/etlegacy.db --files local_stats/\n  smartsync adopt --files local_stats/ --source game",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if from == "" && files == "" {
				return usage("name the old database with --from, the folder of fetched files with --files, or both")
			}
			return a.adopt(cmd.Context(), from, files, source)
		},
	}
	command.Flags().StringVar(&from, "from", "", "the older program's SQLite `database`")
	command.Flags().StringVar(&files, "files", "", "the older program's `folder` of fetched files")
	command.Flags().StringVar(&source, "source", "", "the `source` that the files are of (needed when there are several)")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	_ = command.RegisterFlagCompletionFunc("files", folders)
	command.ValidArgsFunction = cobra.NoFileCompletions
	a.outputFlag(command)
	return command
}

func (a *app) adopt(ctx context.Context, from, files, name string) error {
	c, chosen, err := a.loadSources(only(name))
	if err != nil {
		return err
	}
	if len(chosen) > 1 {
		return usage("%s has %d sources: say with --source whose files these are", shownPath(c, c.Path), len(chosen))
	}
	list, err := oldList(ctx, c, from)
	if err != nil {
		return err
	}
	if files != "" {
		if files, err = filepath.Abs(files); err != nil {
			return err
		}
		if info, err := os.Stat(files); err != nil || !info.IsDir() {
			return &failure{exitFailed, "--files is the folder in which the older program keeps what it fetched", fmt.Errorf("there is no folder %q", files)}
		}
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
	source := sources[chosen[0].Name]
	defer source.Close()
	taken, err := source.Adopt(ctx, files, list, bar.of(chosen[0].Name))
	bar.done()
	printed := a.adopted(chosen[0], taken, len(list), files != "", err)
	if err != nil {
		return errors.Join(printed, interrupted(ctx, err))
	}
	return printed
}

// oldList reads the list of the old database; an empty path has none.
func oldList(ctx context.Context, c *config.Config, from string) ([]store.Handled, error) {
	if from == "" {
		return nil, nil
	}
	old, err := os.Stat(from)
	if own, ownErr := os.Stat(c.Store); err == nil && ownErr == nil && os.SameFile(old, own) {
		return nil, usage("--from %s is smartsync's own database: name the older program's", from)
	}
	list, err := store.ReadProcessed(ctx, from)
	if e, ok := errors.AsType[*store.ForeignError](err); ok {
		return nil, &failure{exitFailed, e.Hint, e}
	}
	if _, ok := errors.AsType[*store.ForeignNotFoundError](err); ok {
		return nil, &failure{exitFailed, "--from is the SQLite file of the older program", err}
	}
	return list, err
}

// adopted prints what was taken over.
func (a *app) adopted(s config.Source, taken sync.Adoption, listed int, folder bool, failed error) error {
	o := outcome{source: s, report: taken.Report, err: failed}
	if a.output == "json" {
		return a.printJSON(adoptOutput{syncOutputOf(o), listed, taken.Names, taken.KnownList, taken.Unfit})
	}
	if listed > 0 && (failed == nil || taken.Names > 0) {
		text := fmt.Sprintf("%s: %s on the list, %d new to the ledger, %d known", s.Name, count(listed, "name"), taken.Names, taken.KnownList)
		if taken.Unfit > 0 {
			text += fmt.Sprintf(", %d that no file may have", taken.Unfit)
		}
		fmt.Fprintln(a.stdout, text)
	}
	if folder {
		a.printReports([]outcome{o}, reportLine)
	}
	return nil
}
