package engine

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/smartsync/smartsync/rules"
)

func noEvents() (*fsnotify.Watcher, error) { return nil, errNoEvents }

// deafEvents is a watcher that nobody ever hears of.
func deafEvents() (*fsnotify.Watcher, error) {
	w, err := fsnotify.NewWatcher()
	if err == nil {
		w.Events = make(chan fsnotify.Event)
	}
	return w, err
}

// What is refused is told once, with its address; the plan in force stays.
func TestWatcherRefuses(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.run()
	d.replace(bad)
	err := d.wantTold(true)
	if faults, ok := errors.AsType[*rules.FaultError](err); !ok || faults.Faults[0].Line != 2 {
		t.Errorf("told %v", err)
	}
	d.wantLine("schedule.yaml is not reloaded, the schedule in force stays")
	d.wantLine("schedule.yaml:2:1: unknown key")
	loads := d.loads.Load()

	d.replace(bad) // the same again
	d.replace(bad + "# and more\n")
	d.wantTold(true)
	if n := d.loads.Load() - loads; n != 2 {
		t.Errorf("%d loads of the second refused content, want it tried twice", n)
	}
	loads = d.loads.Load()

	d.replace(text("a")) // as it is in force
	d.wantTold(false)
	d.wantLine("schedule.yaml is good again and in force")
	if n := d.loads.Load() - loads; n != 0 {
		t.Errorf("%d loads of what is in force", n)
	}
	d.replace(text("b"))
	d.wantPlan("b")
	d.wantTold(false)
	d.wantLine("schedule.yaml is reloaded")
	d.wantQuiet()
}

// Step by step: content is tried twice, with a pause in which hints change
// nothing, and then left alone.
func TestWatcherTriesTwice(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	w := d.watcher
	w.pace.again = time.Hour
	_, err := w.First()
	must(t, err)
	look := func(wantAgain bool, wantLoads int64) {
		t.Helper()
		again := w.look(t.Context(), nil)
		if got := d.loads.Swap(0); got != wantLoads || wantAgain != (again > w.pace.quiet) {
			t.Fatalf("%d loads, want %d; to look again after %s", got, wantLoads, again)
		}
	}
	d.loads.Store(0)
	look(false, 0)
	d.write(bad)
	look(true, 1)
	look(true, 0)
	d.wantQuiet()
	w.retry = time.Now()
	look(false, 1)
	d.wantTold(true)
	look(false, 0)
	d.write(bad + bad)
	look(true, 1)
	d.write(bad)
	look(false, 0) // as it was refused before
	d.write(text("a"))
	look(false, 0)
	d.wantTold(false)
	d.wantQuiet()
}

// Files that are not there, or no files, are refused like any other content.
func TestWatcherRefusesWhatIsNoFile(t *testing.T) {
	spoils := map[string]func(*desk){
		"deleted":  func(d *desk) { must(d.t, os.Remove(d.file)) },
		"empty":    func(d *desk) { d.write("") },
		"dangling": func(d *desk) { d.link("nowhere") },
		"endless":  func(d *desk) { d.link("schedule.yaml") },
		"a folder": func(d *desk) {
			must(d.t, os.Remove(d.file))
			must(d.t, os.Mkdir(d.file, 0o755))
		},
	}
	if os.Geteuid() != 0 { // root may read every file
		spoils["no rights"] = func(d *desk) { must(d.t, os.Chmod(d.file, 0)) }
	}
	for name, spoil := range spoils {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
			d.run()
			spoil(d)
			d.wantTold(true)
			must(t, os.RemoveAll(d.file))
			d.write(text("b"))
			d.wantPlan("b")
			d.wantTold(false)
			d.wantQuiet()
		})
	}
}

func (d *desk) link(target string) {
	must(d.t, os.Remove(d.file))
	must(d.t, os.Symlink(target, d.file))
}

// An empty file that is filled before it is tried again was never there.
func TestWatcherWaitsForTheRest(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.pace.again = time.Hour
	tried := make(chan bool)
	load := d.watcher.load
	d.run()
	d.watcher.load = func() (Plan, error) {
		p, err := load()
		if err != nil {
			tried <- true
		}
		return p, err
	}
	d.write("")
	<-tried
	d.write(text("b"))
	d.wantPlan("b")
	d.wantTold(false)
	d.wantQuiet()
}

// A plan of content that changed meanwhile is never sent.
func TestWatcherDropsHalves(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	load := d.watcher.load
	d.run()
	d.watcher.load = func() (Plan, error) {
		p, err := load()
		if d.loads.Load() == 2 {
			d.replace(text("c"))
		}
		return p, err
	}
	d.replace(text("b"))
	d.wantPlan("c")
	d.wantTold(false)
	if n := d.done.Load(); n != 1 {
		t.Errorf("%d plans are done with, want the one that was dropped", n)
	}
}

func TestWatcherReloadsWhenAsked(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.run()
	d.watcher.Reload()
	d.wantPlan("a")
	d.wantTold(false)
	d.replace(bad)
	d.wantTold(true)
	d.watcher.Reload() // whoever asks is told again
	d.wantTold(true)
	d.replace(text("a"))
	d.wantTold(false)
	d.wantQuiet()
}

func TestWatcherContainsPanics(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	load := d.watcher.load
	d.run()
	d.watcher.load = func() (Plan, error) { panic("out of cheese") }
	d.replace(text("b"))
	if err := d.wantTold(true); err.Error() != "panicked: out of cheese" {
		t.Errorf("told %v", err)
	}
	d.watcher.load = load
	d.replace(text("c"))
	d.wantPlan("c")
}

// Nobody takes the plan, and the program stops.
func TestWatcherStopsWhileItSends(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	loaded := make(chan bool, 10)
	load := d.watcher.load
	d.run()
	d.watcher.load = func() (Plan, error) { defer func() { loaded <- true }(); return load() }
	d.replace(text("b"))
	<-loaded
	d.end()
	if n := d.done.Load(); n != 1 {
		t.Errorf("%d plans are done with, want 1", n)
	}
}

// The file, the watcher, the engine and its checks together.
func TestEditReachesTheLoop(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.load = func() (Plan, error) {
		p, err := d.load()
		p.Checker = teller{d.told}
		return p, err
	}
	d.watcher.Loaded = nil
	first, err := d.watcher.First()
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- d.watcher.Run(ctx, d.plans) }()
	go func() { ended <- New(forgetful{}, slog.New(slog.NewTextHandler(d.log, nil))).Run(ctx, first, d.plans) }()
	for _, name := range []string{"a", "b", "c"} {
		if name != "a" {
			d.replace(text(name))
		}
		select {
		case err := <-d.told:
			if !strings.HasSuffix(err.Error(), name) {
				t.Errorf("%v, want %q", err, name)
			}
		case <-time.After(patience):
			t.Fatalf("%q is never checked", name)
		}
	}
	cancel()
	must(t, errors.Join(<-ended, <-ended))
}
