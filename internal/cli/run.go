package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	gosync "sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/notify"
	"github.com/smartsync/smartsync/internal/service"
	"github.com/smartsync/smartsync/store"
)

func (a *app) runCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "run",
		Short: "Check now, then for ever by the rules",
		Long: `Checks every source now, and then whenever the schedule says so. The schedule
file may be edited meanwhile: a good one is in force within two seconds, a bad one
changes nothing and is told with its line. SIGHUP reads it again.

The first Ctrl-C or SIGTERM ends it gracefully: the file in hand is finished or
rolled back. The second ends it at once.`,
		Example: "  smartsync run\n  smartsync run -c /etc/smartsync/schedule.yaml --log-format json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return service.Host(cmd.Context(), a.run) },
	}
	command.Flags().StringVar(&a.logFormat, "log-format", "text", "`form` of the log: text or json")
	_ = command.RegisterFlagCompletionFunc("log-format", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return command
}

func (a *app) run(ctx context.Context) error {
	if a.logFormat != "text" && a.logFormat != "json" {
		return usage("--log-format %q: write text or json", a.logFormat)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	st, release, err := a.openStore(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	site, err := openSite(ctx, c)
	if err != nil {
		return err
	}
	defer site.close()
	journal := a.openJournal(c)
	defer func() { _ = journal.close() }() // nothing is left to write

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	notifier := announce(ctx, c, st, journal)
	d := &daemon{notifier: notifier, app: a, started: c, store: st, site: site, journal: journal, told: map[string]*map[string]bool{}, seers: map[string]*seer{}, pulse: newPulse(), state: store.Daemon{PID: os.Getpid(), Started: time.Now(), Schedule: c.Path}}
	watcher := engine.NewWatcher(d.load, journal.Logger, c.Path, filepath.Join(filepath.Dir(c.Path), ".env"))
	watcher.Loaded = d.loaded
	first, err := watcher.First()
	if err != nil {
		return err
	}
	d.save(ctx)
	defer func() { _ = st.ClearDaemon(context.WithoutCancel(ctx)) }() // the process is gone either way
	defer a.signals(journal, watcher, func() {
		d.pulse.supervisor.Stopping()
		stop()
	})()
	journal.Info(fmt.Sprintf("🚀 smartsync started: %s by %s", count(len(c.Sources), "source"), shownPath(c, c.Path)), "pid", os.Getpid())

	plans := make(chan engine.Plan)
	loop := engine.New(site.memory(st), journal.Logger)
	loop.Beat = d.pulse.supervisor.Alive
	d.pulse.supervisor.Ready()
	var watching gosync.WaitGroup
	site.serve(ctx, &watching, d, loop)
	watching.Go(func() { notifier.Run(ctx) })
	watching.Go(func() {
		if err := watcher.Run(ctx, plans); err != nil {
			journal.Error(fmt.Sprintf("❌ edits of the schedule are no longer seen: %v", err))
		}
	})
	err = loop.Run(ctx, first, plans)
	stop()
	watching.Wait()
	d.close()
	journal.Info("👋 smartsync stopped")
	return err
}

// signals listens: the first interrupt stops gracefully, the second at once, and
// a hangup reads the schedule again. The returned function ends the listening.
func (a *app) signals(journal *journal, watcher *engine.Watcher, stop func()) (end func()) {
	interrupts, hangups := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	signal.Notify(hangups, syscall.SIGHUP)
	done := make(chan struct{})
	var listening gosync.WaitGroup
	listening.Go(func() {
		stopping := false
		for {
			select {
			case <-done:
				return
			case <-hangups:
				watcher.Reload()
			case <-interrupts:
				if stopping {
					journal.Warn("🛑 Stopped at once")
					os.Exit(exitSignalled)
				}
				stopping = true
				journal.Info("🛑 Stopping: the file in hand is finished first; once more stops at once")
				stop()
			}
		}
	})
	return func() {
		signal.Stop(interrupts)
		signal.Stop(hangups)
		close(done)
		listening.Wait()
	}
}

// daemon holds what a running smartsync keeps over reloads.
type daemon struct {
	app     *app
	started *config.Config // what the store, the files and the log were opened for
	store   *store.Store
	site    *site
	journal *journal
	calm    calm
	pulse   *pulse
	told    map[string]*map[string]bool
	state   store.Daemon

	notifier *notify.Notifier
	tells    notify.Setting // of the newest plan

	mu      gosync.Mutex     // plans end in the loop while the next is loaded
	sources map[string]open  // of the newest plan
	planned []config.Source  // the newest plan's, for the dashboard
	zone    *time.Location   // the newest schedule's; load alone writes it
	seers   map[string]*seer // of the newest plan; used by load alone
}

// newest returns the sources of the newest plan.
func (d *daemon) newest() map[string]open {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sources
}

// load reads the schedule file and builds what it needs; it changes nothing that
// is in force.
func (d *daemon) load() (engine.Plan, error) {
	c, err := d.app.load()
	if err != nil {
		return engine.Plan{}, err
	}
	if err := d.needsRestart(c); err != nil {
		return engine.Plan{}, err
	}
	sources, err := openSources(c, c.Sources, d.store, d.journal.Logger, nil, d.newest())
	if err != nil {
		return engine.Plan{}, err
	}
	d.mu.Lock()
	d.sources, d.planned, d.zone = sources, c.Sources, c.Zone
	d.mu.Unlock()
	d.tells = settingOf(c)
	told := map[string]*map[string]bool{}
	for name := range sources {
		if told[name] = d.told[name]; told[name] == nil {
			told[name] = &map[string]bool{}
		}
	}
	d.told = told
	zones := map[string]*time.Location{}
	for _, s := range c.Sources {
		zones[s.Name] = s.Zone
	}
	plan := engine.Plan{
		Checker: d.site.checker(announcing{checker{sources, told, d.seersOf(c), &d.calm}, d.notifier}, c),
		Rest: func(source string, wait time.Duration) {
			sources[source].Rest(wait)
			d.calm.rest(wait)
			d.pulse.rest(source, wait, zones)
		},
		Done: func() {
			newest := d.newest()
			for name, s := range sources {
				if newest[name].Source != s.Source {
					_ = s.Close() // its plan is over
				}
			}
		},
	}
	for _, s := range c.Sources {
		plan.Sources = append(plan.Sources, engine.Source{Name: s.Name, Schedule: s.Schedule, Same: s.ScheduleText, Settings: sources[s.Name].settings})
	}
	return plan, nil
}

// needsRestart refuses an edit of what a running smartsync cannot change.
func (d *daemon) needsRestart(c *config.Config) error {
	var changed []string
	for _, part := range []struct {
		name string
		same bool
	}{{"store", c.Store == d.started.Store}, {"files", c.Files == d.started.Files}, {"log", c.Log == d.started.Log}, {"web", sameWeb(c.Web, d.started.Web)}} {
		if !part.same {
			changed = append(changed, part.name)
		}
	}
	if len(changed) > 0 {
		return fmt.Errorf("a change of %s needs a restart", strings.Join(changed, " and "))
	}
	return nil
}

// loaded keeps for status how the newest edit fared.
func (d *daemon) loaded(err error) {
	d.state.ReloadError, d.state.ReloadFailed = errorText(err), time.Time{}
	if err != nil {
		d.state.ReloadFailed = time.Now()
	} else {
		d.state.Loaded = time.Now()
		d.journal.zone.Store(d.zone)
		d.store.Announce(len(d.tells.Receivers) > 0)
		tell(context.Background(), d.notifier, d.tells, d.journal)
	}
	d.notifier.Loaded(err)
	d.pulse.loaded(err)
	d.site.loaded(err)
	d.save(context.Background())
}

func (d *daemon) save(ctx context.Context) {
	if d.state.Loaded.IsZero() {
		d.state.Loaded = d.state.Started
	}
	if err := d.store.SetDaemon(ctx, d.state); err != nil && !errors.Is(err, context.Canceled) {
		d.journal.Warn(fmt.Sprintf("⚠️ status will not show this process: %v", err))
	}
}

func (d *daemon) close() {
	for _, s := range d.newest() {
		_ = s.Close() // nothing is under way
	}
}
