package engine

import (
	"errors"
	"io/fs"

	"github.com/fsnotify/fsnotify"
)

// follower hears of changes in the folders of files. What it hears are hints.
type follower struct {
	watcher  *Watcher
	notify   *fsnotify.Watcher // nil: there are no events
	hints    chan struct{}
	complete bool // every folder is watched
	warned   bool
}

func (w *Watcher) follow() *follower {
	f := &follower{watcher: w, hints: make(chan struct{}, 1)}
	notify, err := w.open()
	if err != nil {
		f.warn(err)
		return f
	}
	f.notify = notify
	return f
}

// close ends the events, and with them pump.
func (f *follower) close() {
	if f.notify != nil {
		_ = f.notify.Close() // nothing is written through it
	}
}

// pump turns whatever comes into hints, until close. It has a goroutine of its
// own because fsnotify may hold its lock while it waits for a reader.
func (f *follower) pump() {
	if f.notify == nil {
		return
	}
	for {
		select {
		case _, open := <-f.notify.Events:
			if !open {
				return
			}
		case _, open := <-f.notify.Errors: // an overflow: some event was lost
			if !open {
				return
			}
		}
		select {
		case f.hints <- struct{}{}:
		default:
		}
	}
}

// refresh watches the folders that matter now. Watching a folder twice is
// harmless; one that was replaced under its name is a new one.
func (f *follower) refresh() {
	if f.notify == nil {
		return
	}
	wanted := map[string]bool{}
	for _, file := range f.watcher.files {
		for _, folder := range folders(file) {
			wanted[folder] = true
		}
	}
	f.complete = true
	for folder := range wanted {
		if err := f.notify.Add(folder); err != nil {
			f.complete = false
			if !errors.Is(err, fs.ErrNotExist) { // an absent folder is the load's to tell
				f.warn(err)
			}
		}
	}
	for _, folder := range f.notify.WatchList() {
		if !wanted[folder] {
			_ = f.notify.Remove(folder) // it may be gone
		}
	}
}

func (f *follower) warn(err error) {
	if !f.warned {
		f.watcher.blind(err)
	}
	f.warned = true
}
