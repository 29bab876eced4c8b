package notify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"
)

// webhook posts messages as JSON to an address of the operator's choice.
type webhook struct {
	post *post
	url  *url.URL
}

var _ sender = (*webhook)(nil)

func (w *webhook) edits() bool               { return false }
func (w *webhook) escape(text string) string { return clean(text) }

// posted is what a webhook gets.
type posted struct {
	Title string    `json:"title"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

func (w *webhook) send(ctx context.Context, m *message, _ string) (string, error) {
	_, _, err := w.post.do(ctx, http.MethodPost, w.url, posted{m.Title, m.text(), m.At.UTC()})
	return "", err
}

// service sends through a library that knows Slack, ntfy and e-mail.
type service struct {
	types.Service
	secrets []string
	busy    chan struct{} // holds one token while the library sends
}

// mostText is what every service takes, in bytes: ntfy has the least.
const mostText = 4000

func newService(u *url.URL) (*service, error) {
	s := &service{secrets: secretsOf(u.String()), busy: make(chan struct{}, 1)}
	switch strings.ToLower(u.Scheme) {
	case "slack":
		s.Service = &slack.Service{}
	case "ntfy":
		s.Service = &ntfy.Service{}
	default:
		s.Service = &smtp.Service{}
	}
	if err := s.Initialize(u, nil); err != nil {
		return nil, errors.New("the address of " + u.Scheme + ":// is not complete: see docs/notify.md for its form")
	}
	return s, nil
}

var _ sender = (*service)(nil)

func (s *service) edits() bool               { return false }
func (s *service) escape(text string) string { return clean(text) }

// send hands m to the library. That knows no context: what hangs is left to itself,
// and until it ends nothing more is sent, so that there is never more than one.
func (s *service) send(ctx context.Context, m *message, _ string) (string, error) {
	select {
	case s.busy <- struct{}{}:
	default:
		return "", fail(again, "the message before is still under way")
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	params := types.Params{}
	text := m.text()
	switch s.GetID() {
	case "ntfy", "slack":
		params["title"] = m.Title
	case "smtp":
		params["subject"] = m.Title
	}
	text = cutBytes(text, mostText)
	ended := make(chan error, 1)
	go func() {
		defer func() { <-s.busy }()
		ended <- s.Send(text, &params)
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
func (s *service) verdict(err error) error {
	if err == nil {
		return nil
	}
	f := &failure{kind: doubt, text: scrub(innermost(err), s.secrets)}
	if e, ok := errors.AsType[*net.OpError](err); ok && e.Op == "dial" {
		f.kind, f.text = again, "cannot be reached: "+scrub(innermost(e.Err), s.secrets)
	}
	if e, ok := errors.AsType[jsonclient.Error](err); ok {
		f.kind = ofStatus(e.StatusCode)
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
