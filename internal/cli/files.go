package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// keptFile is one row of the ledger as JSON, with where the file is.
type keptFile struct {
	report.File
	Kept string `json:"kept"` // relative to the files folder, or an absolute path
}

var statuses = []string{string(store.Seen), string(store.Imported), string(store.Kept), string(store.Ignored), string(store.Duplicate), string(store.Rejected)}

func (a *app) filesCommand() *cobra.Command {
	query := store.FileQuery{}
	var status string
	command := &cobra.Command{
		Use:   "files [NAME]",
		Short: "List the ledger: every file ever seen, and what became of it",
		Long: `Lists the ledger, newest first: every file ever seen, and what became of it.
NAME shows one file, with all its versions.`,
		Example: "  smartsync files --status rejected\n  smartsync files --source game --limit 0 --output json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if status != "" && !slices.Contains(statuses, status) {
				return usage("--status %q: write one of %s", status, strings.Join(statuses, ", "))
			}
			if query.Limit < 0 {
				return usage("--limit %d: write a number of files, or 0 for all", query.Limit)
			}
			query.Status = store.Status(status)
			if len(args) == 1 {
				query.Path, query.All = args[0], true
			}
			return a.files(cmd.Context(), query)
		},
	}
	command.Flags().StringVar(&query.Source, "source", "", "only this `source`'s")
	command.Flags().StringVar(&status, "status", "", "only files of this `status`: "+strings.Join(statuses, ", "))
	command.Flags().IntVar(&query.Limit, "limit", 50, "at most `N` files; 0 is all")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	_ = command.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(statuses, cobra.ShellCompDirectiveNoFileComp))
	command.ValidArgsFunction = cobra.NoFileCompletions
	a.outputFlag(command)
	return command
}

func (a *app) files(ctx context.Context, query store.FileQuery) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	if query.Source != "" {
		if _, err := choose(c, []string{query.Source}); err != nil {
			return err
		}
	}
	st, err := a.readStore(ctx, c)
	if err != nil {
		return err
	}
	defer st.Close()
	files, err := st.Files(ctx, query)
	if err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(mapOf(files, func(f store.File) keptFile { return keptFile{report.FileOf(f, c.Zone), f.Local} }))
	}
	if len(files) == 0 {
		fmt.Fprintln(a.stderr, "smartsync: no such file in the ledger")
		return nil
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "WHEN\tSOURCE\tSTATUS\tSIZE\tFILE")
	for _, f := range files {
		name := shownName(f.Key.Path)
		if f.Version > 1 {
			name += fmt.Sprintf(" (version %d)", f.Version)
		}
		if f.Reason != "" {
			name = rejectedText(f.Key.Path, f.Line, f.Reason, f.Detail)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", f.Handled.In(c.Zone).Format(time.DateTime), f.Source, f.Status, fileSize(f), name)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(files) == query.Limit {
		fmt.Fprintf(a.stderr, "smartsync: the newest %d; --limit 0 shows all\n", query.Limit)
	}
	return nil
}

// fileSize is a file's size; one that is known by name alone has none.
func fileSize(f store.File) string {
	if f.Adopted == store.ByName {
		return "-"
	}
	return size(f.Key.Size)
}
