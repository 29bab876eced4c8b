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

// Temporary tells whether an error of Try's may be gone later.
func Temporary(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && (f.kind == again || f.kind == doubt)
}
