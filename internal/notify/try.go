package notify

import (
	"context"
	"errors"
	"time"
)

// Try sends one message to a receiver and waits for its answer. It is one of an
// event, made up, or a plain one when event is empty. The error holds nothing of
// the receiver's address.
func Try(ctx context.Context, s Setting, r Receiver, event string, at time.Time) error {
	sender, err := newSender(r)
	if err != nil {
		return err
	}
	c := &courier{Receiver: r, setting: s, sender: sender}
	m := &message{Title: "smartsync", Text: "This is a test: messages arrive here.", Colour: blue, At: at}
	if event != "" {
		d := sample(event)
		for i := range d.Players {
			d.Players[i].Name = sender.escape(d.Players[i].Name)
		}
		m = c.message(d)
		m.Footer = "A test with made-up numbers"
	}
	_, err = sender.send(ctx, m, "")
	return err
}

// Hint is what may be done about an error of Try's.
func Hint(err error) string {
	f, ok := errors.AsType[*failure](err)
	switch {
	case !ok:
		return "mend the address under notify in the schedule: docs/notify.md has every service's form"
	case f.kind == gone:
		return "the receiver exists no more, or wants another password: make a new webhook or login there, and write it as url under notify"
	case f.kind == again:
		return "look whether the address is right and this machine reaches it, then try again; meanwhile smartsync run keeps what it has to tell"
	case f.kind == doubt:
		return "look at the receiver whether the message is there"
	}
	return ""
}

// Temporary tells whether an error of Try's may be gone later.
func Temporary(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && (f.kind == again || f.kind == doubt)
}
