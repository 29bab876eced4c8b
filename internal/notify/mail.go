package notify

import (
	"context"
	"errors"
	"net"
	"net/textproto"
	"net/url"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// mail sends e-mail through a library.
type mail struct {
	smtp.Service
	secrets []string
	busy    chan struct{} // holds one token while the library sends
}

// mostMail bounds the text of a mail, in bytes.
const mostMail = 4000

func newMail(u *url.URL) (*mail, error) {
	s := &mail{secrets: secretsOf(u.String()), busy: make(chan struct{}, 1)}
	if err := s.Initialize(u, nil); err != nil {
		return nil, incomplete(u)
	}
	return s, nil
}

// incomplete is the error of an address that a service cannot be reached by; it
// shows nothing of it.
func incomplete(u *url.URL) error {
	return errors.New("the address of " + u.Scheme + ":// is not complete: see docs/notify.md for its form")
}

var _ sender = (*mail)(nil)

func (s *mail) edits() bool               { return false }
func (s *mail) escape(text string) string { return clean(text) }

// send hands m to the library. That knows no context: what hangs is left to itself,
// and until it ends nothing more is sent, so that there is never more than one.
func (s *mail) send(ctx context.Context, m *message, _ string) (string, error) {
	select {
	case s.busy <- struct{}{}:
	default:
		return "", fail(again, "the message before is still under way")
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		defer func() { <-s.busy }()
		ended <- s.Send(cutBytes(m.text(), mostMail), &types.Params{"subject": m.Title})
	}()
	select {
	case err := <-ended:
		return "", s.verdict(err)
	case <-ctx.Done():
		return "", fail(doubt, "no answer in time")
	}
}

// verdict is what an error of the library's means: mostly it is not known whether
// the message was sent.
func (s *mail) verdict(err error) error {
	if err == nil {
		return nil
	}
	f := &failure{kind: doubt, text: scrub(innermost(err), s.secrets)}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		f.kind, f.text = again, "cannot be reached: "+scrub(innermost(e.Err), s.secrets)
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		switch { // RFC 5321 and 4954
		case e.Code < 500:
			f.kind = again
		case e.Code == 534, e.Code == 535, e.Code == 530:
			f.kind = gone
		default:
			f.kind = refused
		}
	}
	return f
}
