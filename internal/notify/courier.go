package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/store"
)

const (
	// freshFor is how old news may be to be told at all.
	freshFor = 24 * time.Hour
	// keepFor is how long the outbox keeps what was told, and what never will be.
	keepFor = 48 * time.Hour
	// outage is how old the oldest of several notices must be for them to be told
	// as one message.
	outage = 10 * time.Minute
	// flood is how many notices are told as one message, however fresh.
	flood = 8
	// mostAtOnce bounds how many notices one message tells of.
	mostAtOnce = 500
	// editFor is how long a message is changed in place.
	editFor = 3 * time.Hour
	// mostLost is how often a message is sent in quick succession while its answers are
	// lost: so there is one duplicate at most, and one more for each doubtPause that the
	// receiver goes on to take messages without a word. mostAnswered is the same where
	// the answer is that the server failed: as a rule it took nothing.
	mostLost, mostAnswered = 2, 5
	doubtPause             = time.Hour
	// gonePause is how long a receiver that takes nothing any more is left alone.
	gonePause = time.Hour
	// lookEvery is how often the outbox is read when nothing wakes the courier.
	lookEvery = time.Minute
	// The pauses after failures double from the first to the last.
	firstPause, lastPause = 5 * time.Second, 10 * time.Minute
	// settleHistory is how long an import of old files must have been over.
	settleHistory = time.Minute
	// lastMoment is what a message under way gets when Run ends.
	lastMoment = 3 * time.Second
)

// courier brings the outbox to one receiver, in its order.
type courier struct {
	Receiver
	n       *Notifier
	setting Setting
	sender  sender
	bell    <-chan struct{} // rung when there may be news

	reader store.Reader
	pause  time.Duration // after the last failure; 0: there was none

	gone    bool   // it takes nothing any more, and that was said
	partial string // what was said last of a message that did not arrive everywhere
}

// run works until ctx ends.
func (c *courier) run(ctx context.Context) {
	for ctx.Err() == nil {
		reader, err := c.n.store.Reader(ctx, c.Name)
		if err == nil {
			c.reader = reader
			c.reader.Trouble = ""
			c.forgive(ctx, reader)
			break
		}
		c.storeFailed(ctx, err)
		if !c.sleep(ctx, firstPause) {
			return
		}
	}
	for ctx.Err() == nil {
		if !c.sleep(ctx, c.step(ctx)) {
			return
		}
	}
}

// forgive drops the trouble of before the start where nothing waits that would show
// whether it is over.
func (c *courier) forgive(ctx context.Context, reader store.Reader) {
	if reader.Trouble == "" {
		return
	}
	if notices, _, err := c.n.store.Notices(ctx, reader.Last, 1); err == nil && len(notices) == 0 {
		c.save(ctx, c.reader, "", "")
	}
}

// sleep waits; a ring of the bell ends it, unless the receiver is failing.
func (c *courier) sleep(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return ctx.Err() == nil
	}
	bell := c.bell
	if c.pause > 0 {
		bell = nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-bell:
	case <-timer.C:
	}
	return true
}

// step tells the next news, if there is any, and returns how long to wait.
func (c *courier) step(ctx context.Context) time.Duration {
	notices, all, err := c.n.store.Notices(ctx, c.reader.Last, mostAtOnce)
	if err != nil {
		c.storeFailed(ctx, err)
		return firstPause
	}
	if len(notices) == 0 {
		return lookEvery
	}
	p, wait := c.pick(notices, all)
	if wait > 0 {
		return wait
	}
	next := c.reader
	next.Last = p.last
	next.Missed += p.missed
	if len(p.notices) == 0 {
		c.save(ctx, next, "", "")
		return 0
	}
	m, err := c.compose(ctx, p)
	if err != nil {
		c.storeFailed(ctx, err)
		return firstPause
	}
	if m == nil { // what it was about is gone again
		c.save(ctx, next, "", "")
		return 0
	}
	if next.Missed > 0 {
		m.Footer = missedText(next.Missed)
	}
	return c.deliver(ctx, p, next, m)
}

func missedText(n int) string {
	if n == 1 {
		return "One message before this one was left out."
	}
	return fmt.Sprintf("%d messages before this one were left out.", n)
}

// deliver sends m, or changes the message that it follows on, and takes note.
func (c *courier) deliver(ctx context.Context, p parcel, next store.Reader, m *message) time.Duration {
	edit := ""
	if len(p.notices) == 1 && c.sender.edits() && p.notices[0].Subject != "" {
		var err error
		if edit, err = c.n.store.Message(ctx, c.Name, c.subject(&p.notices[0]), c.n.now().Add(-editFor)); err != nil {
			c.storeFailed(ctx, err)
			return firstPause
		}
	}
	if edit == "" && len(p.notices) == 1 && p.notices[0].Payload.Again {
		c.save(ctx, next, "", "") // a correction of what cannot be changed
		return 0
	}
	id, err := c.send(ctx, m, edit)
	if f, ok := errors.AsType[*failure](err); ok && f.kind == lost {
		edit = ""
		id, err = c.send(ctx, m, "")
	}
	if f, ok := errors.AsType[*failure](err); ok && f.kind == partly {
		if f.text != c.partial {
			c.n.log.Warn(fmt.Sprintf("⚠️ A message to %q: %s", c.Name, f.text), "receiver", c.Name)
		}
		c.partial, err = f.text, nil
	} else if err == nil {
		c.partial = ""
	}
	if err == nil {
		c.well()
		next.Doubts, next.Missed, next.Trouble = 0, 0, ""
		subject := ""
		if len(p.notices) == 1 {
			subject = c.subject(&p.notices[0])
		}
		if subject == "" {
			id = ""
		}
		c.save(ctx, next, subject, id)
		return 0
	}
	return c.failed(ctx, next, edit != "", len(p.notices), err)
}

// subject is what a notice's message is about: all news of one match share one.
func (c *courier) subject(n *store.Notice) string {
	switch n.Event {
	case store.EventRound, store.EventMatch:
		return "match/" + n.Source + "/" + n.Subject
	case store.EventSession:
		return "session/" + n.Source + "/" + n.Subject
	}
	return ""
}

// send gives the message that is under way when ctx ends a last moment.
func (c *courier) send(ctx context.Context, m *message, edit string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fail(again, "stopped")
	}
	under, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastMoment, cancel) })()
	return c.sender.send(under, m, edit)
}

// save keeps how far the receiver is. When that fails the courier goes on from
// what it knows: only a crash before the next save would send a message again.
func (c *courier) save(ctx context.Context, r store.Reader, subject, id string) {
	c.reader = r
	if err := c.n.store.SaveReader(context.WithoutCancel(ctx), r, subject, id, c.n.now()); err != nil {
		c.storeFailed(ctx, err)
	}
}

func (c *courier) storeFailed(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.n.log.Warn(fmt.Sprintf("⚠️ Messages to %q: %v", c.Name, err), "receiver", c.Name)
	}
}
