package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
)

// Root returns the command tree, for manual pages and completions; its output goes
// nowhere.
func Root() *cobra.Command { return (&app{stdout: io.Discard, stderr: io.Discard}).root() }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "smartsync",
		Short: "Bring new files from remote servers at the right moment",
		Long: `smartsync checks remote servers for new files when it matters: often during
prime time, rarely when nothing happens, by rules that you edit in schedule.yaml
while it runs. New files are fetched over SFTP or from a directory, imported
into a database, and the rules decide when to look again.

  smartsync init                     write a schedule.yaml to start from
  smartsync validate                 check it
  smartsync simulate --day           see the checks it plans today
  smartsync probe                    try the connection
  smartsync run                      go`,
		SilenceErrors: true, SilenceUsage: true,
		Args:              unknownCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		ValidArgsFunction: cobra.NoFileCompletions,

		SuggestionsMinimumDistance: 2,
	}
	root.PersistentFlags().StringVarP(&a.schedule, "config", "c", usualSchedule, "the schedule `file`")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		forms := []string{"table", "json"}
		if cmd.Name() == "backtest" {
			forms = append(forms, "csv")
		}
		if a.output != "" && !slices.Contains(forms, a.output) {
			return usage("--output %q: write %s", a.output, strings.Join(forms, ", "))
		}
		return nil
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%w", err) })
	root.SetUsageTemplate(root.UsageTemplate() + "\n" + exitCodes)
	root.AddCommand(a.runCommand(), a.syncCommand(), a.probeCommand(), a.validateCommand(), a.simulateCommand(), a.backtestCommand(), a.explainCommand(), a.testCommand(), a.forecastCommand(),
		a.statusCommand(), a.pauseCommand(), a.resumeCommand(), a.filesCommand(), a.importCommand(), a.notifyCommand(), a.statsCommand(), a.adoptCommand(), a.serviceCommand(), a.initCommand(), a.schemaCommand(), a.versionCommand())
	root.SetHelpCommand(helpCommand())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		finish(command)
		for _, below := range command.Commands() {
			finish(below)
		}
	}
	return root
}

// unknownCommand refuses arguments where a command should be.
func unknownCommand(command *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := command.CommandPath() + " --help lists them"
	if like := command.SuggestionsFor(args[0]); len(like) > 0 {
		hint = fmt.Sprintf("did you mean %q?", like[0])
	}
	return &failure{exitUsage, hint, fmt.Errorf("unknown command %q", args[0])}
}

// finish makes a command's complaints about its arguments usage errors, and its
// arguments complete to nothing where they are no files.
func finish(command *cobra.Command) {
	if !command.Runnable() { // only its subcommands are
		command.Args = unknownCommand
		command.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		command.SuggestionsMinimumDistance = 2
		return
	}
	check := command.Args
	if check == nil {
		return
	}
	command.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage("%w", err)
		}
		return nil
	}
	if command.ValidArgsFunction == nil && check(command, []string{"x"}) != nil {
		command.ValidArgsFunction = cobra.NoFileCompletions
	}
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Tell how a command is used",
		Long:  "Tells what a command does, its flags and its exit codes, as COMMAND --help does.",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			command, rest, err := cmd.Root().Find(args)
			if err != nil {
				return usage("%w", err)
			}
			if err := unknownCommand(command, rest); err != nil {
				return err
			}
			command.InitDefaultHelpFlag()
			return command.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if command, _, err := cmd.Root().Find(args); err == nil {
				for _, below := range command.Commands() {
					if below.IsAvailableCommand() {
						names = append(names, below.Name()+"\t"+below.Short)
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// sourceNames completes the names of sources that are not given yet.
func (a *app) sourceNames(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := config.Load(a.schedule)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range c.Sources {
		if !slices.Contains(given, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// folders completes to folders.
func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}
