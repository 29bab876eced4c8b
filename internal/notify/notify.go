// Package notify tells people: it reads the store's outbox and sends messages to
// Discord and other services. It delays nothing: what cannot be sent waits in the
// outbox.
package notify

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/smartsync/smartsync/store"
)

// Events are the events that a receiver may choose.
var Events = []string{store.EventRound, store.EventMatch, store.EventSession, store.EventError, store.EventSchedule, store.EventQuiet}

// Receiver is one place that messages go to, as the schedule has it.
type Receiver struct {
	Name      string
	URL       string            // a secret
	Events    []string          // of Events
	Sources   []string          // none: all
	Username  string            // of a Discord message; empty: the webhook's own
	Nights    int               // of quiet: after how many game nights without a file
	Templates map[string]string // by event
}

// Setting is what Run works with until it gets another.
type Setting struct {
	Receivers []Receiver
	Zones     map[string]*time.Location // of each source
	Zone      *time.Location            // of everything else
}

// Notifier sends the outbox to receivers, and puts into it what is not news of a
// commit: failing sources, refused reloads, sessions that are over and quiet nights.
type Notifier struct {
	store    *store.Store
	log      *slog.Logger
	settings chan Setting
	now      func() time.Time

	mu     sync.Mutex // of what the hooks leave for the watch
	checks map[string]error
	reload *error
	poked  chan struct{}
}

// New returns a Notifier over a store.
func New(st *store.Store, log *slog.Logger) *Notifier {
	return &Notifier{
		store: st, log: log, settings: make(chan Setting, 1), now: time.Now,
		checks: map[string]error{}, poked: make(chan struct{}, 1),
	}
}

// Use makes s what Run works with: at once, and in place of what was set before.
// Whatever is put into the outbox after it is news to all receivers of s. The error
// is that of the store, and s is used all the same.
func (n *Notifier) Use(ctx context.Context, s Setting) error {
	var errs []error
	for _, r := range s.Receivers {
		_, err := n.store.Reader(ctx, r.Name)
		errs = append(errs, err)
	}
	for {
		select {
		case n.settings <- s:
			return errors.Join(errs...)
		case <-n.settings: // nobody has seen that one
		}
	}
}

// Checked tells that a source was checked: err is nil when that went well. It only
// takes note, and so never waits.
func (n *Notifier) Checked(source string, err error) {
	n.mu.Lock()
	n.checks[source] = err
	n.mu.Unlock()
	n.poke()
}

// Loaded tells that an edit of the schedule was taken over, or why not. Like
// Checked it never waits.
func (n *Notifier) Loaded(err error) {
	n.mu.Lock()
	n.reload = &err
	n.mu.Unlock()
	n.poke()
}

func (n *Notifier) poke() {
	select {
	case n.poked <- struct{}{}:
	default: // it is awake already
	}
}

// Run sends until ctx ends; a message that is under way then gets a moment to
// arrive. It returns when all that it started has ended.
func (n *Notifier) Run(ctx context.Context) {
	var setting Setting
	select {
	case <-ctx.Done():
	case setting = <-n.settings:
	}
	for ctx.Err() == nil {
		child, stop := context.WithCancel(ctx)
		var working sync.WaitGroup
		now := setting
		working.Go(func() { n.work(child, now) })
		for ctx.Err() == nil && reflect.DeepEqual(now, setting) { // other edits disturb nobody
			select {
			case <-ctx.Done():
			case setting = <-n.settings:
			}
		}
		stop()
		working.Wait()
	}
}

// work runs one setting's receivers, and the watch that feeds and wakes them.
func (n *Notifier) work(ctx context.Context, s Setting) {
	var wait sync.WaitGroup
	defer wait.Wait()
	var wake []chan struct{}
	for _, r := range s.Receivers {
		sender, err := newSender(r)
		if err != nil {
			n.log.Error("❌ Messages to " + r.Name + ": " + err.Error())
			continue
		}
		bell := make(chan struct{}, 1)
		wake = append(wake, bell)
		c := &courier{n: n, setting: s, Receiver: r, sender: sender, bell: bell}
		wait.Go(func() { c.run(ctx) })
	}
	ring := func() {
		for _, bell := range wake {
			select {
			case bell <- struct{}{}:
			default: // it was rung
			}
		}
	}
	w := &watch{n: n, setting: s}
	w.run(ctx, ring)
}

// Waiting counts those of notices that a receiver is to be told of.
func Waiting(r Receiver, notices []store.Notice) int {
	n := 0
	for i := range notices {
		if r.wants(&notices[i]) {
			n++
		}
	}
	return n
}

// wants tells whether a receiver is told of a notice.
func (r *Receiver) wants(n *store.Notice) bool {
	if n.Source != "" && len(r.Sources) > 0 && !slices.Contains(r.Sources, n.Source) {
		return false
	}
	has := func(event string) bool { return slices.Contains(r.Events, event) }
	switch n.Event {
	case store.EventHistory:
		return has(store.EventRound) || has(store.EventMatch)
	case store.EventQuiet:
		return has(store.EventQuiet) && r.Nights == n.Payload.Nights
	case store.EventRound: // a match tells its second round
		return has(store.EventRound) && !(n.Payload.Paired && has(store.EventMatch))
	case store.EventError: // what a receiver failed at is nothing for itself
		return has(store.EventError) && (n.Source != "" || n.Subject != r.Name)
	}
	return has(n.Event)
}
