package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/store"
)

// failed decides what a failure means for the parcel: to try again, or to go on
// without it.
func (c *courier) failed(ctx context.Context, next store.Reader, edit bool, told int, err error) time.Duration {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = &failure{kind: refused, text: "it cannot be sent"}
	}
	if f.kind == doubt && edit { // the same change twice is the same
		f.kind = again
	}
	now := c.reader
	switch f.kind {
	case gone:
		c.pause = gonePause
		if c.gone {
			return gonePause
		}
		c.gone = true
		c.n.log.Error(fmt.Sprintf("❌ No more messages to %q: %s. Mend its url in the schedule; until then it is tried once an hour", c.Name, f.text), "receiver", c.Name)
		now.Trouble = f.text
		c.save(ctx, now, "", "")
		c.n.alarm(ctx, c.Name, f.text)
		return gonePause
	case refused, lost:
		c.n.log.Warn(fmt.Sprintf("⚠️ A message to %q was not taken: %s", c.Name, f.text), "receiver", c.Name)
		next.Doubts, next.Missed = 0, next.Missed+told
		c.save(ctx, next, "", "")
		return 0
	case doubt:
		now.Doubts++
	}
	if c.pause == 0 && (f.wait == 0 || f.wait > lookEvery) {
		c.n.log.Warn(fmt.Sprintf("⚠️ Messages to %q wait: %s", c.Name, f.text), "receiver", c.Name)
	}
	if f.wait == 0 || f.wait > lookEvery {
		now.Trouble = f.text
	}
	if now != c.reader {
		c.save(ctx, now, "", "")
	}
	c.pause = min(max(2*c.pause, firstPause), lastPause)
	if f.kind == doubt {
		if now.Doubts >= f.mostSends() {
			c.pause = doubtPause
		}
		return max(f.wait, c.pause)
	}
	return cmp.Or(f.wait, c.pause)
}

// mostSends is how often a message is sent in quick succession while failures leave
// it unknown whether it arrived.
func (f *failure) mostSends() int {
	if f.answered {
		return mostAnswered
	}
	return mostLost
}

// well ends a failure.
func (c *courier) well() {
	if c.reader.Trouble != "" {
		c.n.log.Info(fmt.Sprintf("📣 Messages to %q arrive again", c.Name), "receiver", c.Name)
	}
	c.pause, c.gone = 0, false
}
