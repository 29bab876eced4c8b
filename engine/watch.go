package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Watcher follows the files that a plan is made of, and loads them anew when
// their content changes. A load that fails changes nothing: the plan in force
// stays.
type Watcher struct {
	// Loaded is told of each later load, when it is set before Run: nil when what the
	// files say is taken over, else why it is not. It is called by Run, before the
	// log says the same.
	Loaded func(error)

	load  func() (Plan, error)
	log   *slog.Logger
	files []string
	asked chan struct{}
	pace  pace
	open  func() (*fsnotify.Watcher, error)

	inForce imprint // of the plan that was loaded last
	refused imprint // of the newest content that was refused
	suspect imprint // of content that was refused once, and may be half a file
	retry   time.Time
	failing time.Time // since when the newest content is refused; zero: it is not
}

// pace is how long a Watcher waits.
type pace struct {
	quiet time.Duration // without a further event, before files are read
	most  time.Duration // from the first event, before they are read anyway
	again time.Duration // before content that was refused is refused for good
	slow  time.Duration // between looks where events are not to be trusted
	fast  time.Duration // between looks where there are none
}

// NewWatcher returns a Watcher of files, of which the first is the schedule;
// others may be absent. load reads them all afresh.
func NewWatcher(load func() (Plan, error), log *slog.Logger, files ...string) *Watcher {
	return &Watcher{
		load: load, log: log, files: files,
		asked: make(chan struct{}, 1),
		pace:  pace{300 * time.Millisecond, 1200 * time.Millisecond, time.Second, time.Minute, 2 * time.Second},
		open:  fsnotify.NewWatcher,
	}
}

// First loads the plan to start with. Whatever changes after it began is seen by
// Run.
func (w *Watcher) First() (Plan, error) {
	w.inForce = takeImprint(w.files)
	return w.load()
}

// Reload asks Run to load the files now, changed or not, as after a SIGHUP.
func (w *Watcher) Reload() {
	select {
	case w.asked <- struct{}{}:
	default: // it is asked already
	}
}

// Run sends a new plan after each edit that is good, within two seconds, until
// ctx ends; then it returns nil.
func (w *Watcher) Run(ctx context.Context, plans chan<- Plan) error {
	f := w.follow()
	var tasks sync.WaitGroup
	tasks.Go(f.pump)
	defer tasks.Wait()
	defer f.close()
	f.refresh()
	var first time.Time // event that is not looked at yet
	look := time.NewTimer(w.pace.quiet)
	defer look.Stop()
	poll := time.NewTimer(w.interval(f))
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.asked:
			w.reload(ctx, plans)
		case <-f.hints:
			if first.IsZero() {
				first = time.Now()
			}
			look.Reset(min(w.pace.quiet, w.pace.most-time.Since(first)))
		case <-poll.C:
			f.refresh()
			if first.IsZero() && w.changed(takeImprint(w.files)) {
				first = time.Now()
				look.Reset(w.pace.quiet)
			}
			poll.Reset(w.interval(f))
		case <-look.C:
			first = time.Time{}
			f.refresh() // an edit may have moved a link
			if later := w.look(ctx, plans); later > 0 {
				look.Reset(later)
			}
			poll.Reset(w.interval(f))
		}
	}
}

func (w *Watcher) interval(f *follower) time.Duration {
	if f.complete {
		return tillFull(time.Now(), w.pace.slow)
	}
	return w.pace.fast
}

// tillFull is the time from now to the next multiple of period: what looks once a
// minute looks at full minutes, so that the process wakes once for all of it.
func tillFull(now time.Time, period time.Duration) time.Duration {
	return now.Truncate(period).Add(period).Sub(now)
}
