// Package cli speaks: one file a command, the wiring of the rooms, messages and
// exit codes.
package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

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

// exitSignalled is the exit code of a command that a signal ended.
const exitSignalled = 130

const exitCodes = `Exit codes:
  0  ok
  1  failed
  2  wrong usage
  3  invalid schedule
  4  a schedule test failed
  5  temporary failure (network): try again later
  6  login or host key refused
  7  some sources failed
130  interrupted
`

// usualSchedule is the schedule file where no other is named.
const usualSchedule = "schedule.yaml"

// packagedSchedule is the one of the packages for Linux.
const packagedSchedule = "/etc/smartsync/schedule.yaml"

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
		fmt.Fprintln(a.stderr, plainLines(e.Error()))
		err, code = fmt.Errorf("%s has %s", e.File, count(len(e.Faults), "fault")), exitInvalid
	}
	if e, ok := errors.AsType[*store.RefusedError](err); ok && hint == "" {
		hint = e.Hint
	}
	if e, ok := errors.AsType[*store.HeldError](err); ok && hint == "" {
		hint = fmt.Sprintf("one smartsync works on a database at a time: stop the one with pid %d, or let it do its work (smartsync status)", e.PID)
	}
	if hint == "" {
		hint = store.Advice(err)
	}
	if hint == "" && errors.Is(err, syscall.EROFS) {
		hint = "a service writes only to the folders that it was installed for: smartsync service install again; a package's keeps store, files and log in /var/lib/smartsync"
	}
	if code == exitUsage && hint == "" {
		hint = fmt.Sprintf("%s --help tells how it is used", command.CommandPath())
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(a.stderr, "smartsync: error: %s\n", plain(line))
	}
	if hint != "" {
		fmt.Fprintf(a.stderr, "smartsync: hint: %s\n", hint)
	}
	return code
}

// outputFlag adds --output to a command that has a result.
func (a *app) outputFlag(command *cobra.Command) {
	command.Flags().StringVarP(&a.output, "output", "o", "table", "`form` of the result: table or json")
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// load reads the schedule file.
func (a *app) load() (*config.Config, error) {
	c, err := config.Load(a.schedule, judge)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint := "smartsync init writes one to start from; -c FILE names another"
		if _, err := os.Stat(packagedSchedule); err == nil && a.schedule != packagedSchedule {
			hint = "-c " + packagedSchedule + " is the one of the installed service; smartsync init writes another"
		}
		return nil, &failure{exitInvalid, hint, fmt.Errorf("there is no %s", a.schedule)}
	case err != nil:
		if _, ok := errors.AsType[*rules.FaultError](err); !ok {
			err = &failure{exitInvalid, "", err}
		}
		return nil, err
	}
	return c, nil
}

// loadSource reads the schedule file, and takes the named source of it, or the
// first.
func (a *app) loadSource(name string) (*config.Config, config.Source, error) {
	c, err := a.load()
	if err != nil {
		return nil, config.Source{}, err
	}
	s, err := a.oneSource(c, name)
	return c, s, err
}

// loadSources reads the schedule file, and takes the named sources of it, or all.
func (a *app) loadSources(names []string) (*config.Config, []config.Source, error) {
	c, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	chosen, err := choose(c, names)
	return c, chosen, err
}

// only is the list of the one source that a flag names; empty, of all, when it
// names none.
func only(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// choose returns the named sources, each once, or all; an unknown name is a usage
// error.
func choose(c *config.Config, names []string) ([]config.Source, error) {
	if len(names) == 0 {
		return c.Sources, nil
	}
	var known []string
	for _, s := range c.Sources {
		known = append(known, s.Name)
	}
	var out []config.Source
	for i, name := range names {
		at := slices.Index(known, name)
		switch {
		case at < 0:
			return nil, usage("no source %q in %s: choose from %s", name, filepath.Base(c.Path), strings.Join(known, ", "))
		case !slices.Contains(names[:i], name):
			out = append(out, c.Sources[at])
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
