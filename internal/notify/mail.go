package notify

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	library "github.com/nicholas-fedor/shoutrrr/pkg/services/email/smtp"
)

// mail sends e-mail. A library reads the address; the conversation is our own,
// because the library waits for ever for a server that says nothing, and does not
// tell how far a mail got.
type mail struct {
	library.Config
	tls     *tls.Config
	secrets []string
}

func newMail(u *url.URL) (*mail, error) {
	read := &library.Service{}
	if err := read.Initialize(u, nil); err != nil || read.Config.Host == "" {
		return nil, incomplete(u)
	}
	s := &mail{Config: *read.Config}
	s.FixEmailTags()
	if s.ClientHost == "auto" {
		name, err := os.Hostname()
		if err != nil {
			name = "localhost"
		}
		s.ClientHost = name
	}
	for _, address := range append([]string{s.FromAddress}, s.ToAddresses...) {
		if parsed, err := netmail.ParseAddress(address); err != nil || parsed.Address != address {
			return nil, errors.New("from and to of smtp:// are mail addresses: a@example.org")
		}
	}
	s.secrets = longestFirst(slices.Concat(secretsOf(u.String()), s.ToAddresses, []string{s.FromAddress}))
	if s.Username != "" {
		login := base64.StdEncoding.EncodeToString([]byte("\x00" + s.Username + "\x00" + s.Password))
		s.secrets = longestFirst(append(s.secrets, login))
	}
	s.tls = &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.SkipTLSVerify}
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

// send mails m to all recipients that the server takes; a failure of the kind partly
// tells which it does not.
func (s *mail) send(ctx context.Context, m *message, _ string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, min(sendLimit, s.Timeout))
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return "", fail(again, "cannot be reached: %s", s.said(ctx, err))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // it ends what waits for the server
	at, err := s.converse(conn, m)
	if err != nil {
		return "", s.verdict(ctx, at, err)
	}
	return "", nil
}

// implicit tells that TLS is there from the start.
func (s *mail) implicit() bool {
	return s.Encryption == library.EncMethods.ImplicitTLS || s.Encryption == library.EncMethods.Auto && s.Port == library.ImplicitTLSPort
}

func (s *mail) dial(ctx context.Context) (net.Conn, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(int(s.Port)))
	if s.implicit() {
		return (&tls.Dialer{Config: s.tls}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// part is a part of the conversation: what a final no means in it, and what a
// connection that breaks.
type part struct{ no, broken kind }

var (
	opening = part{again, again}
	login   = part{gone, again}
	mailing = part{refused, again}
	handed  = part{refused, doubt} // the whole mail was sent
)

// converse speaks SMTP, and returns how far it came.
func (s *mail) converse(conn net.Conn, m *message) (part, error) {
	client, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return opening, err
	}
	if err := s.open(client); err != nil {
		return opening, err
	}
	if err := s.login(client); err != nil {
		return login, err
	}
	if err := client.Mail(s.FromAddress); err != nil {
		return mailing, err
	}
	partial, err := s.recipients(client)
	if err != nil {
		return mailing, err
	}
	data, err := client.Data()
	if err != nil {
		return mailing, err
	}
	if err := s.write(data, m); err != nil {
		return mailing, err
	}
	if err := data.Close(); err != nil {
		return handed, err
	}
	_ = client.Quit() // the mail is taken
	return handed, partial
}

// recipients names those who are to have the mail. partial tells of those whom the
// server refuses, now or for good: the others need not wait for them. err is that
// nobody is left, or that the conversation is over; it is one that may pass where
// there is one.
func (s *mail) recipients(client *smtp.Client) (partial, err error) {
	var refusals []string
	for i, to := range s.ToAddresses {
		no := client.Rcpt(to)
		if no == nil {
			continue
		}
		answer, ok := errors.AsType[*textproto.Error](no)
		if !ok || answer.Code == 421 { // it hangs up
			return nil, no
		}
		refusals = append(refusals, fmt.Sprintf("number %d of to: %s", i+1, s.answered(answer)))
		if err == nil || answer.Code < 500 {
			err = no
		}
	}
	if len(refusals) < len(s.ToAddresses) {
		err = nil
	}
	if err != nil || len(refusals) == 0 {
		return nil, err
	}
	return fail(partly, "%d of %d recipients did not get it: %s", len(refusals), len(s.ToAddresses), strings.Join(refusals, "; ")), nil
}

// open greets the server, and begins TLS where it is wished and to be had.
func (s *mail) open(client *smtp.Client) error {
	if err := client.Hello(s.ClientHost); err != nil {
		return err
	}
	explicit := s.Encryption == library.EncMethods.ExplicitTLS
	if s.implicit() || !explicit && (!s.UseStartTLS || s.Encryption == library.EncMethods.None) {
		return nil
	}
	if offered, _ := client.Extension("STARTTLS"); offered {
		return client.StartTLS(s.tls)
	}
	if explicit || s.RequireStartTLS {
		return fail(gone, "it offers no TLS, which the address demands")
	}
	return nil
}

// login logs in; a password goes over TLS, or to this machine.
func (s *mail) login(client *smtp.Client) error {
	var auth smtp.Auth
	switch s.Auth {
	case library.AuthTypes.Plain:
		auth = smtp.PlainAuth("", s.Username, s.Password, s.Host)
	case library.AuthTypes.CRAMMD5:
		auth = smtp.CRAMMD5Auth(s.Username, s.Password)
	case library.AuthTypes.OAuth2:
		auth = library.OAuth2Auth(s.Username, s.Password)
	default:
		return nil
	}
	if _, secure := client.TLSConnectionState(); !secure && !loopback(s.Host) {
		return fail(gone, "it offers no TLS, and without that no password is sent")
	}
	return client.Auth(auth)
}

// verdict is what an error in a part of the conversation means.
func (s *mail) verdict(ctx context.Context, at part, err error) error {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	f := &failure{kind: at.broken, text: s.said(ctx, err)}
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		f.text = s.answered(e)
		if f.kind = again; e.Code >= 500 { // RFC 5321
			f.kind = at.no
		}
	} else if f.kind == doubt {
		f.text = "it was sent, and then: " + f.text
	}
	return f
}

// answered is what a server answered, without any secret.
func (s *mail) answered(e *textproto.Error) string {
	return fmt.Sprintf("the answer is %d: %s", e.Code, scrub(clean(e.Msg), s.secrets))
}

// said is the text of an error, without any secret.
func (s *mail) said(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "no answer in time"
	}
	return scrub(innermost(err), s.secrets)
}
