package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/config"
)

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// desk is a Watcher that runs over a real schedule file, in real time.
type desk struct {
	t       testing.TB
	file    string
	watcher *Watcher
	plans   chan Plan
	told    chan error
	log     lockedBuffer
	loads   atomic.Int64
	done    atomic.Int64 // plans that were done with
	stop    context.CancelFunc
	result  chan error
}

// lockedBuffer is a log to be read while it is written.
type lockedBuffer struct{ lines chan string }

func (b lockedBuffer) Write(p []byte) (int, error) {
	b.lines <- string(bytes.TrimSpace(p))
	return len(p), nil
}

// text is a schedule whose one source is called name.
func text(name string) string {
	return fmt.Sprintf("sources: {%s: {url: x, import: none}}\nwindows: [{name: w, rules: [{interval: 5m}]}]\n", name)
}

// bad is no schedule.
const bad = "sources: {a: {url: x, import: none}}\nwindowz: []\n"

// newDesk is a desk over file, which holds text("a") afterwards. Its Watcher
// hears only of events, and is quick.
func newDesk(t testing.TB, file string, others ...string) *desk {
	d := &desk{t: t, file: file, plans: make(chan Plan), told: make(chan error, 100), result: make(chan error, 1)}
	d.log.lines = make(chan string, 1000)
	log := slog.New(slog.NewTextHandler(d.log, nil))
	d.watcher = NewWatcher(d.load, log, append([]string{file}, others...)...)
	d.watcher.Loaded = func(err error) { d.told <- err }
	d.watcher.pace = pace{
		quiet: 20 * time.Millisecond, most: 100 * time.Millisecond, again: 100 * time.Millisecond,
		slow: time.Hour, fast: time.Hour,
	}
	if _, err := os.Lstat(file); err != nil {
		d.write(text("a"))
	}
	return d
}

func (d *desk) load() (Plan, error) {
	d.loads.Add(1)
	c, err := config.Load(d.file)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Done: func() { d.done.Add(1) }}
	for _, s := range c.Sources {
		p.Sources = append(p.Sources, Source{Name: s.Name, Schedule: s.Schedule})
	}
	return p, nil
}

// run starts the Watcher; the test ends it.
func (d *desk) run() {
	d.t.Helper()
	first, err := d.watcher.First()
	if err != nil {
		d.t.Fatal(err)
	}
	if first.Sources[0].Name != "a" {
		d.t.Fatalf("the first plan is of %q", first.Sources[0].Name)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.stop = cancel
	go func() { d.result <- d.watcher.Run(ctx, d.plans) }()
	d.t.Cleanup(d.end)
}

// end stops the Watcher, once.
func (d *desk) end() {
	if d.stop == nil {
		return
	}
	d.stop()
	d.stop = nil
	select {
	case err := <-d.result:
		if err != nil {
			d.t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		d.t.Error("Run does not end")
	}
}

func (d *desk) write(content string) { writeFile(d.t, d.file, content) }

func writeFile(t testing.TB, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replace writes another file and renames it into place, as editors do.
func (d *desk) replace(content string) {
	d.t.Helper()
	other := filepath.Join(filepath.Dir(d.file), ".swap")
	writeFile(d.t, other, content)
	must(d.t, os.Rename(other, d.file))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantPlan waits for the plan of name.
func (d *desk) wantPlan(name string) {
	d.t.Helper()
	select {
	case p := <-d.plans:
		if got := p.Sources[0].Name; got != name {
			d.t.Fatalf("a plan of %q, want %q", got, name)
		}
	case <-time.After(patience):
		d.t.Fatalf("no plan of %q", name)
	}
}

// wantTold waits for the outcome of a load.
func (d *desk) wantTold(refused bool) error {
	d.t.Helper()
	select {
	case p := <-d.plans:
		d.t.Fatalf("a plan of %q before anything is told", p.Sources[0].Name)
	case err := <-d.told:
		if refused != (err != nil) {
			d.t.Fatalf("told %v", err)
		}
		return err
	case <-time.After(patience):
		d.t.Fatal("nothing is told")
	}
	return nil
}

// wantQuiet fails when anything was told that the test did not take.
func (d *desk) wantQuiet() {
	d.t.Helper()
	select {
	case err := <-d.told:
		d.t.Errorf("told %v", err)
	default:
	}
}

// wantLine waits for a line of the log that contains want.
func (d *desk) wantLine(want string) {
	d.t.Helper()
	for {
		select {
		case line := <-d.log.lines:
			if bytes.Contains([]byte(line), []byte(want)) {
				return
			}
		case <-time.After(patience):
			d.t.Fatalf("%q is not said", want)
		}
	}
}

// errNoEvents is how inotify says that it has no more to give.
var errNoEvents = errors.New("too many open files")
