package engine

import (
	"context"
	"time"
)

// changed reports whether there is anything to do about content.
func (w *Watcher) changed(now imprint) bool {
	if w.failing.IsZero() {
		return now != w.inForce
	}
	return now != w.refused
}

// look loads the files if their content is new. It returns when to look again;
// zero is at the next event.
func (w *Watcher) look(ctx context.Context, plans chan<- Plan) time.Duration {
	now := takeImprint(w.files)
	if !w.changed(now) || now == w.inForce {
		w.suspect = imprint{}
		if now == w.inForce && !w.failing.IsZero() {
			w.well()
		}
		return 0
	}
	if wait := time.Until(w.retry); now == w.suspect && wait > 0 {
		return wait
	}
	plan, err := w.read()
	if takeImprint(w.files) != now {
		discard(plan, err) // half of it may be old
		return w.pace.quiet
	}
	if err != nil && now != w.suspect {
		// Many programs truncate a file and then write it.
		w.suspect, w.retry = now, time.Now().Add(w.pace.again)
		return w.pace.again
	}
	w.suspect = imprint{}
	w.take(ctx, plans, now, plan, err)
	return 0
}

// reload loads the files whether they have changed or not.
func (w *Watcher) reload(ctx context.Context, plans chan<- Plan) {
	now := takeImprint(w.files)
	plan, err := w.read()
	w.suspect = imprint{}
	w.take(ctx, plans, now, plan, err)
}

// take puts a plan in force, or says why not.
func (w *Watcher) take(ctx context.Context, plans chan<- Plan, now imprint, plan Plan, err error) {
	if err != nil {
		w.refused = now
		w.refuse(err)
		return
	}
	w.inForce = now
	w.well() // before the loop says what follows from it
	select {
	case plans <- plan:
	case <-ctx.Done():
		plan.done()
	}
}

func (w *Watcher) read() (plan Plan, err error) {
	err = contain(func() (err error) {
		plan, err = w.load()
		return err
	})
	return plan, err
}

func discard(plan Plan, err error) {
	if err == nil {
		plan.done()
	}
}
