// Package cli speaks: one file a command, the wiring of the rooms, messages and
// exit codes.
package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/sync"
)

// The exit codes. Scripts rely on them.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitInvalid
	exitTestFailed
	exitTemporary
	exitRefused
	exitSome
)

const exitCodes = `Exit codes:
  0  ok
  1  failed
  2  wrong usage
  3  invalid schedule
  4  a schedule test failed
  5  temporary failure (network): try again later
  6  login or host key refused
  7  some sources failed
`

// app is what all commands share.
type app struct {
	stdout, stderr io.Writer
	schedule       string // path of the schedule file
	output         string // table or json
	logFormat      string // text or json
}

// failure is an error with an exit code of its own, and what to do about it.
type failure struct {
	code int
	hint string
	err  error // nil: everything is said already
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

func usage(format string, args ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// Main runs the command line and returns the exit code. Results go to stdout,
// talk to stderr.
func Main(args []string, stdout, stderr io.Writer) int {
	a := &app{stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	return a.report(command, err)
}

// report says what went wrong, and returns the exit code for it.
func (a *app) report(command *cobra.Command, err error) int {
	code, hint := exitFailed, ""
	if f, ok := errors.AsType[*failure](err); ok {
		if code, hint = f.code, f.hint; f.err == nil {
			return code
		}
	}
	if e, ok := errors.AsType[*sync.Error](err); ok {
		hint = e.Hint
		switch e.Kind {
		case sync.Temporary:
			code = exitTemporary
		case sync.Refused:
			code = exitRefused
		}
	}
	if e, ok := errors.AsType[*rules.FaultError](err); ok {
		fmt.Fprintln(a.stderr, e.Error())
		err, code = fmt.Errorf("%s has %s", e.File, count(len(e.Faults), "fault")), exitInvalid
	}
	if e, ok := errors.AsType[*store.HeldError](err); ok && hint == "" {
		hint = fmt.Sprintf("one smartsync works on a database at a time: stop the one with pid %d, or let it do its work (smartsync status)", e.PID)
	}
	if code == exitUsage && hint == "" {
		hint = fmt.Sprintf("%s --help tells how it is used", command.CommandPath())
	}
	fmt.Fprintf(a.stderr, "smartsync: error: %v\n", err)
	if hint != "" {
		fmt.Fprintf(a.stderr, "smartsync: hint: %s\n", hint)
	}
	return code
}

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
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("unknown command %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVarP(&a.schedule, "config", "c", "schedule.yaml", "the schedule `file`")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.output != "" && a.output != "table" && a.output != "json" {
			return usage("--output %q: write table or json", a.output)
		}
		return nil
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%w", err) })
	root.SetUsageTemplate(root.UsageTemplate() + "\n" + exitCodes)
	root.AddCommand(a.runCommand(), a.syncCommand(), a.probeCommand(), a.validateCommand(), a.simulateCommand(),
		a.statusCommand(), a.filesCommand(), a.importCommand(), a.initCommand(), a.versionCommand())
	root.InitDefaultCompletionCmd()
	for _, command := range root.Commands() {
		wrapArgs(command)
	}
	return root
}

// wrapArgs makes a command's complaints about its arguments usage errors.
func wrapArgs(command *cobra.Command) {
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
}

// outputFlag adds --output to a command that has a result.
func (a *app) outputFlag(command *cobra.Command) {
	command.Flags().StringVarP(&a.output, "output", "o", "table", "`form` of the result: table or json")
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// load reads the schedule file.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.schedule)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &failure{exitInvalid, "smartsync init writes one to start from; -c FILE names another", fmt.Errorf("there is no %s", a.schedule)}
	case err != nil:
		if _, ok := errors.AsType[*rules.FaultError](err); !ok {
			err = &failure{exitInvalid, "", err}
		}
		return nil, err
	}
	return c, nil
}

// sourceNames completes source names from the schedule.
func (a *app) sourceNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	c, err := config.Load(a.schedule)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, s := range c.Sources {
		names = append(names, s.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// choose returns the named sources, or all; an unknown name is a usage error.
func choose(c *config.Config, names []string) ([]config.Source, error) {
	if len(names) == 0 {
		return c.Sources, nil
	}
	var out []config.Source
	for _, name := range names {
		found := false
		var known []string
		for _, s := range c.Sources {
			known = append(known, s.Name)
			if s.Name == name {
				out, found = append(out, s), true
			}
		}
		if !found {
			return nil, usage("no source %q in %s: there are %s", name, c.Path, strings.Join(known, ", "))
		}
	}
	return out, nil
}

// count says "1 file", "2 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// isTerminal tells whether w is a terminal, on which progress may be drawn.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
