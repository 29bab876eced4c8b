package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/service"
)

// serviceOutput is the result of service status as JSON.
type serviceOutput struct {
	Name  string        `json:"name"`
	State service.State `json:"state"`
	Where string        `json:"where"` // what describes it to the system
	// Schedule is the file that it runs; empty where the system does not tell.
	Schedule string `json:"schedule,omitempty"`
}

// serviceFlags say which service is meant.
type serviceFlags struct {
	name string
	user bool
}

func (f *serviceFlags) manager() service.Manager { return service.Manager{Name: f.name, User: f.user} }

// again is the command line of another operation on the same service.
func (f *serviceFlags) again(operation string) string {
	line := "smartsync service " + operation
	if f.user {
		line += " --user"
	}
	if f.name != service.Name {
		line += " --name " + f.name
	}
	return line
}

func (a *app) serviceCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "service",
		Short: "Let the system run smartsync: install, start, stop, uninstall",
		Long: `Makes smartsync a service that starts with the machine and is started again when
it fails: a systemd unit on Linux, a Windows service, a launchd job on macOS.
Installing and removing one wants administrator's rights.`,
	}
	f := &serviceFlags{}
	flags := command.PersistentFlags()
	flags.StringVar(&f.name, "name", service.Name, "the service's `name`, when there are several")
	if runtime.GOOS != "windows" {
		flags.BoolVar(&f.user, "user", false, "a service of your own, not of the whole system")
	}
	command.AddCommand(a.serviceInstallCommand(f), a.serviceStatusCommand(f),
		a.serviceActCommand(f, "start", "Start the service, and wait until it runs", service.Manager.Start, "started"),
		a.serviceActCommand(f, "stop", "Stop the service: the file in hand is finished first", service.Manager.Stop, "stopped"),
		a.serviceActCommand(f, "restart", "Stop the service and start it again, as after an upgrade", service.Manager.Restart, "restarted"),
		a.serviceActCommand(f, "uninstall", "Stop and remove the service; what it fetched stays", service.Manager.Uninstall, "removed"))
	return command
}

func (a *app) serviceActCommand(f *serviceFlags, operation, short string, act func(service.Manager) error, done string) *cobra.Command {
	return &cobra.Command{
		Use:   operation,
		Short: short,
		Long:  short + ".",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := f.allowed(operation); err != nil {
				return err
			}
			additions := f.manager().Additions()
			if err := act(f.manager()); err != nil {
				if errors.Is(err, service.ErrNotUp) {
					a.lastWords(f.manager())
				}
				return f.explained(err)
			}
			fmt.Fprintf(a.stdout, "%s %s\n", done, f.name)
			if operation == "uninstall" && additions != "" {
				fmt.Fprintf(a.stderr, "smartsync: what systemctl edit added stays, for the next of this name: %s\n", additions)
			}
			return nil
		},
	}
}

// lastWords shows what a service said that did not start.
func (a *app) lastWords(m service.Manager) {
	for _, line := range m.LastWords() {
		fmt.Fprintf(a.stderr, "  %s\n", plain(line))
	}
}

func (a *app) serviceStatusCommand(f *serviceFlags) *cobra.Command {
	command := &cobra.Command{
		Use:   "status",
		Short: "Tell whether the service is installed and runs",
		Long: `Tells whether the system has the service, and whether it runs; smartsync status
tells what it does. The exit code is 0 when it runs, and 1 otherwise.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.serviceStatus(f) },
	}
	a.outputFlag(command)
	return command
}

func (a *app) serviceStatus(f *serviceFlags) error {
	m := f.manager()
	state, err := m.Status()
	if err != nil {
		return f.explained(err)
	}
	if state != service.NotInstalled && state != service.Masked && m.Foreign() {
		return f.explained(fmt.Errorf("service %q: %w", f.name, service.ErrForeign))
	}
	where, err := m.Path()
	if err != nil {
		return err
	}
	out := serviceOutput{f.name, state, where, m.Schedule()}
	if a.output == "json" {
		if err := a.printJSON(out); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(a.stdout, "%s: %s; %s\n", f.name, state, f.next(out))
	}
	if state != service.Running {
		return &failure{code: exitFailed}
	}
	return nil
}

// next is what to do about a service that stands as out says.
func (f *serviceFlags) next(out serviceOutput) string {
	switch out.State {
	case service.Running:
		line := "smartsync status"
		if out.Schedule != "" {
			line += " -c " + shellWord(out.Schedule)
		}
		if account := f.manager().Account(); account != "" && !readable(out.Schedule) {
			line = "sudo -u " + account + " " + line
		}
		return line + " tells what it does"
	case service.Failed:
		return f.again("start") + " tries it now, and tells why when it fails again"
	case service.Masked:
		return f.unmask()
	case service.NotInstalled:
		return f.again("install") + " installs it"
	default:
		return f.again("start") + " starts it"
	}
}

// readable tells whether the calling user can read a schedule, with what is beside it.
func readable(schedule string) bool {
	for _, path := range []string{schedule, filepath.Join(filepath.Dir(schedule), ".env")} {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrPermission) {
			return false
		}
		if err == nil {
			_ = f.Close() // nothing was written
		}
	}
	return true
}

// unmask tells how a service that is masked is freed.
func (f *serviceFlags) unmask() string {
	line := "systemctl unmask "
	if f.user {
		line = "systemctl --user unmask "
	}
	return line + f.name + " lets it start again"
}

// explained adds to a fault what to do about it.
func (f *serviceFlags) explained(err error) error {
	code, hint := exitFailed, ""
	switch {
	case errors.Is(err, service.ErrName), errors.Is(err, service.ErrNoUserLevel):
		code = exitUsage
	case errors.Is(err, service.ErrNoManager):
		hint = "let what starts the programs of this machine start smartsync run -c FILE, with an absolute path"
	case errors.Is(err, service.ErrMasked):
		hint = f.unmask()
	case errors.Is(err, service.ErrExists):
		hint = f.taken(err)
	case errors.Is(err, service.ErrNotInstalled):
		hint = f.again("install") + " makes it; --name NAME names another"
	case errors.Is(err, service.ErrPackaged):
		hint = "the package manager removes it with the package; systemctl disable --now " + f.name + " only switches it off"
	case errors.Is(err, service.ErrNotUp):
		hint = "mend what its last lines say; the system tries again by itself"
		if runtime.GOOS != "linux" {
			hint = "smartsync run -c FILE in a terminal says why, as do the event log or the log file"
		}
	case errors.Is(err, service.ErrForeign):
		hint = "--name NAME names another"
	case errors.Is(err, fs.ErrPermission):
		hint = rightsHint("")
	case strings.Contains(err.Error(), "Failed to connect to bus"):
		hint = "a service of your own wants a login session of yours: log in as yourself, without su or sudo; loginctl enable-linger gives you a lasting one"
	}
	return &failure{code, hint, err}
}

// taken tells what to do about a name that is taken.
func (f *serviceFlags) taken(err error) string {
	switch {
	case errors.Is(err, service.ErrForeign):
		return "--name NAME gives the new one another name"
	case errors.Is(err, service.ErrPackaged):
		return "the package's service runs a schedule of its own (" + f.again("status") + " names it): edit that one, or make a second service with --name NAME"
	default:
		return f.again("uninstall") + " removes it; --name NAME gives the new one another name"
	}
}

// allowed refuses early what would fail half-way for want of rights.
func (f *serviceFlags) allowed(operation string) error {
	if by := os.Getenv("SUDO_USER"); f.user && by != "" && isAdministrator() {
		return &failure{exitUsage, "leave sudo out: " + f.again(operation), fmt.Errorf("%s service %q: with sudo, --user would be root's own and not %s's", operation, f.name, by)}
	}
	if f.user || isAdministrator() {
		return nil
	}
	return &failure{exitFailed, rightsHint(f.again(operation)), fmt.Errorf("%s service %q: a service of the system wants administrator's rights", operation, f.name)}
}

// rightsHint tells how to get an administrator's rights for a command line.
func rightsHint(line string) string {
	if runtime.GOOS == "windows" {
		return "run it in a terminal that was opened as administrator"
	}
	if line == "" {
		return "run it with sudo"
	}
	return fmt.Sprintf("sudo %s; with --user it is a service of your own", line)
}
