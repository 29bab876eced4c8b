package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/service"
)

func (a *app) serviceInstallCommand(f *serviceFlags) *cobra.Command {
	var account string
	command := &cobra.Command{
		Use:   "install",
		Short: "Install the service for this schedule",
		Long: `Installs a service that runs this very program on this very schedule file, both by
their absolute paths, from the next start of the machine on; smartsync service
start starts it now. The schedule must be valid.

It gets the rights of --run-as: of the owner of the schedule's folder when that
is left out. Under systemd it can write to the folders of the store, the fetched
files and the log, and to nothing else: install it again when these change.
What the account cannot write is refused; a key or a folder of a source that it
cannot read is a warning. --print shows the unit and changes nothing.`,
		Example: "  sudo smartsync service install -c /srv/smartsync/schedule.yaml\n  sudo smartsync service start",
		Args:    cobra.NoArgs,
	}
	show := new(bool)
	if runtime.GOOS == "linux" {
		command.Flags().BoolVar(show, "print", false, "print the systemd unit and install nothing")
	}
	command.Flags().StringVar(&account, "run-as", "", "the `account` whose rights it has (default: the folder's owner)")
	command.RunE = func(*cobra.Command, []string) error { return a.serviceInstall(f, account, *show) }
	return command
}

func (a *app) serviceInstall(f *serviceFlags, name string, show bool) error {
	if f.user && name != "" {
		return usage("--user is a service with your own rights: leave --run-as out")
	}
	if err := service.CheckName(f.name); err != nil {
		return f.explained(err)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	program, err := thisProgram()
	if err != nil {
		return err
	}
	account, err := accountFor(f.user, name, filepath.Dir(c.Path))
	if err != nil {
		return err
	}
	if c, err = a.loadAt(c, account.home); err != nil {
		return err
	}
	u := unitFor(c, program, account, f.user)
	if show {
		fmt.Fprint(a.stdout, u.Text())
		return nil
	}
	if err := f.allowed("install"); err != nil {
		return err
	}
	if err := account.ready(u); err != nil {
		return err
	}
	again, err := f.manager().Install(u)
	if err != nil {
		return f.explained(err)
	}
	f.installed(a, u, again)
	for _, lack := range account.lacks(c.Sources) {
		fmt.Fprintln(a.stderr, "smartsync: warning: "+plain(lack))
	}
	if runtime.GOOS != "linux" && c.Log.File == "" {
		fmt.Fprintln(a.stderr, "smartsync: warning: the schedule writes no log file, and a service has no terminal: set log: {file: …}")
	}
	return nil
}

// installed says what was made, and what comes next.
func (f *serviceFlags) installed(a *app, u service.Unit, again bool) {
	how, next, as := "installed", "start it now: "+f.again("start"), ""
	if again {
		how, next = "installed again", "what changed counts after "+f.again("restart")
	}
	if u.Account != "" {
		as = ", as " + u.Account
	}
	where, _ := f.manager().Path() // it was installed there
	fmt.Fprintf(a.stdout, "%s %s: %s\nit runs %s on %s%s\n%s\n", how, f.name, where, u.Program, u.Schedule, as, next)
}

// loadAt reads the schedule of c again, as somebody with another home reads its ~.
func (a *app) loadAt(c *config.Config, home string) (*config.Config, error) {
	if own, err := os.UserHomeDir(); home == "" || err == nil && own == home {
		return c, nil
	}
	if err := os.Setenv("HOME", home); err != nil {
		return nil, err
	}
	return a.load()
}

// thisProgram is the path of the binary that runs.
func thisProgram() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if strings.Contains(filepath.ToSlash(program), "/go-build") {
		return "", &failure{exitFailed, "go build . makes a lasting one; put it where it stays, such as /usr/local/bin",
			fmt.Errorf("this program is gone when it ends: %s", program)}
	}
	if resolved, err := filepath.EvalSymlinks(program); err == nil && runtime.GOOS != "linux" {
		program = resolved // on Linux it is already
	}
	return program, nil
}

// account is whose rights a service has.
type account struct {
	name     string // empty: those of the calling user, or the system's own choice
	home     string
	uid, gid int // with a name; not on Windows
}

// unitFor describes a smartsync that runs on c.
func unitFor(c *config.Config, program string, who account, user bool) service.Unit {
	u := service.Unit{
		Program: program, Schedule: c.Path, Account: who.name, Home: who.home, User: user,
		Writes: outermost(c),
		Origin: "written by smartsync service install; systemctl edit adds to it",
	}
	for _, s := range c.Sources {
		if !strings.HasPrefix(s.URL, "sftp://") {
			u.Reads = append(u.Reads, s.URL)
		}
		for _, path := range append([]string{s.Key, s.KnownHosts}, s.Command...) {
			if filepath.IsAbs(path) {
				u.Reads = append(u.Reads, path)
			}
		}
		u.Commands = u.Commands || s.Import == config.ImportCommand
	}
	if _, port, err := net.SplitHostPort(c.Web.Listen); err == nil {
		n, _ := strconv.Atoi(port) // config has checked it
		u.LowPort = n > 0 && n < 1024
	}
	return u
}

// outermost are the folders that c writes to, without those that lie in another.
func outermost(c *config.Config) []string {
	folders := []string{filepath.Dir(c.Store), c.Files}
	if c.Log.File != "" {
		folders = append(folders, filepath.Dir(c.Log.File))
	}
	slices.Sort(folders)
	var out []string
	for _, folder := range folders {
		if !slices.ContainsFunc(out, func(outer string) bool {
			rel, err := filepath.Rel(outer, folder)
			return err == nil && filepath.IsLocal(rel)
		}) {
			out = append(out, folder)
		}
	}
	return out
}
