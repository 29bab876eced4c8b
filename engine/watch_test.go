package engine

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Whatever way an edit takes, its content is in force afterwards, and none of
// its stages is refused. Each edit brings text("b").
func TestWatcherSeesEdits(t *testing.T) {
	for name, edit := range map[string]func(*desk){
		"write in place": func(d *desk) { d.write(text("b")) },
		"rename over it": func(d *desk) { d.replace(text("b")) },
		"truncate, then write": func(d *desk) {
			f, err := os.OpenFile(d.file, os.O_WRONLY|os.O_TRUNC, 0)
			must(d.t, err)
			for _, r := range text("b") {
				_, err := f.WriteString(string(r))
				must(d.t, err)
			}
			must(d.t, f.Close())
		},
		"move away, then write": func(d *desk) {
			must(d.t, os.Rename(d.file, d.file+"~"))
			d.write(text("b"))
		},
		"delete and make again": func(d *desk) {
			must(d.t, os.Remove(d.file))
			d.write(text("b"))
		},
		"a link in its place": func(d *desk) {
			other := filepath.Join(d.t.TempDir(), "other.yaml")
			writeFile(d.t, other, text("b"))
			must(d.t, os.Remove(d.file))
			must(d.t, os.Symlink(other, d.file))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
			d.watcher.pace.again = time.Hour // a stage that is refused shows as a plan that never comes
			d.run()
			edit(d)
			d.wantPlan("b")
			d.wantTold(false)
			d.replace(text("c")) // and it is still watched
			d.wantPlan("c")
			d.wantTold(false)
			d.wantQuiet()
			d.end()
		})
	}
}

// Kubernetes mounts a folder ..data that is a link, and swaps it.
func TestWatcherSeesLinksSwapped(t *testing.T) {
	dir := t.TempDir()
	version := func(name string) {
		must(t, os.Mkdir(filepath.Join(dir, "..v_"+name), 0o755))
		writeFile(t, filepath.Join(dir, "..v_"+name, "schedule.yaml"), text(name))
		must(t, os.Symlink("..v_"+name, filepath.Join(dir, "..data_tmp")))
		must(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
	}
	version("a")
	file := filepath.Join(dir, "schedule.yaml")
	must(t, os.Symlink("..data/schedule.yaml", file))
	d := newDesk(t, file)
	d.run()
	for _, name := range []string{"b", "c", "d"} {
		version(name)
		d.wantPlan(name)
		d.wantTold(false)
	}
	writeFile(t, filepath.Join(dir, "..v_d", "schedule.yaml"), text("e")) // behind the link
	d.wantPlan("e")
	d.wantTold(false)
	d.wantQuiet()
}

// A link far up the path is swapped, as when releases are switched.
func TestWatcherSeesFoldersSwapped(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		must(t, os.MkdirAll(filepath.Join(dir, "releases", name, "etc"), 0o755))
		writeFile(t, filepath.Join(dir, "releases", name, "etc", "schedule.yaml"), text(name))
	}
	current := filepath.Join(dir, "current")
	must(t, os.Symlink(filepath.Join(dir, "releases", "a"), current))
	d := newDesk(t, filepath.Join(current, "etc", "schedule.yaml"))
	d.run()
	must(t, os.Symlink(filepath.Join(dir, "releases", "b"), current+"_new"))
	must(t, os.Rename(current+"_new", current))
	d.wantPlan("b")
	d.wantTold(false)
}

// The folder itself goes away and comes back.
func TestWatcherSeesItsFolderComeBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "etc")
	must(t, os.Mkdir(dir, 0o755))
	d := newDesk(t, filepath.Join(dir, "schedule.yaml"))
	d.watcher.pace.fast = 20 * time.Millisecond // there is nothing to watch meanwhile
	d.run()
	must(t, os.RemoveAll(dir))
	d.wantTold(true)
	must(t, os.Mkdir(dir, 0o755))
	d.write(text("b"))
	d.wantPlan("b")
	d.wantTold(false)
	d.watcher.pace.fast = time.Hour
	d.replace(text("c")) // watched again
	d.wantPlan("c")
}

func TestWatcherIsQuick(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.pace = NewWatcher(nil, nil).pace
	d.run()
	start := time.Now()
	d.write(text("b"))
	d.wantPlan("b")
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("in force after %s, want at most 2 s", took)
	}
}

func TestWatcherSeesAnEditBeforeRun(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	first := d.watcher.load
	d.watcher.load = func() (Plan, error) {
		defer d.write(text("b")) // while the first is loaded
		d.watcher.load = first
		return first()
	}
	d.run()
	d.wantPlan("b")
}

// Without events the files are looked at every now and then, and that is said.
func TestWatcherWithoutEvents(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.open = noEvents
	d.watcher.pace.fast = 20 * time.Millisecond
	d.run()
	d.wantLine("cannot be watched, it is looked at every 1s instead: too many open files")
	d.write(text("b"))
	d.wantPlan("b")
	d.wantTold(false)
	d.write(bad)
	d.wantTold(true)
	d.write(text("b"))
	d.wantTold(false)
	d.wantQuiet()
}

// Network file systems send no events even where they can be asked for.
func TestWatcherLooksWithoutBeingTold(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.pace.slow = 20 * time.Millisecond
	d.watcher.open = deafEvents
	d.run()
	d.write(text("b"))
	d.wantPlan("b")
}

func TestWatcherFollowsOtherFiles(t *testing.T) {
	dir := t.TempDir()
	env := filepath.Join(dir, ".env")
	d := newDesk(t, filepath.Join(dir, "schedule.yaml"), env)
	d.write("sources: {a: {url: \"${PLACE:-x}\", import: none}}\nwindows: [{name: w, rules: [{interval: 5m}]}]\n")
	d.run()
	writeFile(t, env, "PLACE=y\n")
	d.wantPlan("a")
	d.wantTold(false)
	must(t, os.Remove(env))
	d.wantPlan("a")
}

// A storm of edits, good and bad: the last one wins, and few are loaded.
func TestWatcherInAStorm(t *testing.T) {
	d := newDesk(t, filepath.Join(t.TempDir(), "schedule.yaml"))
	d.watcher.pace.quiet, d.watcher.pace.most = 300*time.Millisecond, time.Hour
	d.run()
	for range 200 {
		d.write(bad)
		d.replace(text("b"))
		must(t, os.Remove(d.file))
	}
	d.replace(text("last"))
	d.wantPlan("last")
	d.wantTold(false)
	d.wantQuiet()
	if n := d.loads.Load(); n > 4 {
		t.Errorf("%d loads", n)
	}
}
