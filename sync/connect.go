package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/smartsync/smartsync/internal/crash"
)

// step runs f, one step of a conversation, and returns when f does. When ctx ends
// or limit passes first the connection is closed, which ends f.
func step(ctx context.Context, conn io.Closer, limit time.Duration, f func() error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errSilent(limit))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	err := f()
	if !stop() {
		return context.Cause(ctx)
	}
	return err
}

// errSilent is why a step ended at its deadline.
type errSilent time.Duration

func (e errSilent) Error() string { return fmt.Sprintf("no answer within %v", time.Duration(e)) }

// session is an open connection to an sftp server before a folder is looked at.
type session struct {
	conn   net.Conn
	ssh    *ssh.Client
	sftp   *sftp.Client
	gauge  *gauge
	target target
	limit  time.Duration // of a step
}

// connect opens a session and fills in probe as it learns.
func connect(ctx context.Context, o Options, accept bool, probe *Probe) (*session, error) {
	t, err := parseURL(o.URL)
	if err == nil {
		t, err = t.resolve(o)
	}
	if err != nil {
		return nil, &Error{Op: fmt.Sprintf("connect source %q", o.Name), Err: err}
	}
	probe.Address, probe.User, probe.KnownHosts = t.address(), t.user, t.knownHosts[0]
	keys, err := newHostKeys(o.Pin, t.knownHosts, accept)
	if err != nil {
		return nil, &Error{Op: "connect " + t.address(), Err: err}
	}
	who, err := newLogin(ctx, o, t)
	if err != nil {
		return nil, asError("connect "+t.address(), Other, err)
	}
	defer who.close()
	probe.Exposed = who.exposed
	dialer := net.Dialer{Timeout: o.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", t.address())
	if err != nil {
		return nil, &Error{Kind: Temporary, Op: "connect " + t.address(), Err: plainNet(ctx, err)}
	}
	crash.Point(crash.Dialled)
	s := &session{conn: conn, target: t, limit: o.Timeout}
	if err := s.handshake(ctx, keys, who, probe); err != nil {
		conn.Close()
		return nil, err
	}
	if err := s.subsystem(ctx); err != nil {
		s.Close()
		return nil, &Error{Kind: Temporary, Op: "open sftp on " + t.address(), Err: plainNet(ctx, err),
			Hint: "the login works; the server must offer sftp (a subsystem) to it"}
	}
	return s, nil
}

// handshake agrees on keys, verifies the server and logs in: two steps with a
// deadline each.
func (s *session) handshake(ctx context.Context, keys *hostKeys, who *login, probe *Probe) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(s.limit, func() { cancel(errSilent(s.limit)) })
	defer timer.Stop()
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer stop()
	verified := false
	config := &ssh.ClientConfig{
		User:              s.target.user,
		Auth:              who.methods(),
		AuthCallback:      who.watch,
		HostKeyAlgorithms: keys.algorithms(s.target.address()),
		ClientVersion:     "SSH-2.0-smartsync",
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			err := keys.check(address, remote, key)
			verified = err == nil
			timer.Reset(s.limit)
			return err
		},
	}
	conn, channels, requests, err := ssh.NewClientConn(s.conn, s.target.address(), config)
	if keys.shown != nil {
		probe.KeyType, probe.Fingerprint = keys.shown.Type(), ssh.FingerprintSHA256(keys.shown)
		probe.Known, probe.Pinned = keys.known, keys.pinned
	}
	if err != nil {
		return s.explain(ctx, err, keys, who, verified)
	}
	probe.Server, probe.Method = printable(string(conn.ServerVersion())), who.method
	s.ssh = ssh.NewClient(conn, channels, requests)
	return nil
}

// explain turns a failed handshake into an *Error of the right kind.
func (s *session) explain(ctx context.Context, err error, keys *hostKeys, who *login, verified bool) error {
	op := "connect " + s.target.address()
	var known *Error
	var none *ssh.AlgorithmNegotiationError
	switch {
	case errors.As(err, &known):
		return &Error{Kind: known.Kind, Op: op, Err: known.Err, Hint: known.Hint}
	case errors.As(err, &none) && none.What == "host key" && len(keys.algorithms(s.target.address())) > 0:
		changed := keys.otherType(s.target.address())
		return asError(op, Refused, changed)
	case errors.As(err, &none):
		return &Error{Kind: Refused, Op: op, Hint: "the server's software is too old to be trusted with a login; update it",
			Err: fmt.Errorf("the server offers no %s that is still safe (it has %s)", none.What, printable(strings.Join(none.RequestedAlgorithms, ", ")))}
	case verified && !dropped(ctx, err):
		refused := who.refused()
		refused.Op = fmt.Sprintf("log in to %s as %q", s.target.address(), s.target.user)
		return refused
	case verified:
		op = fmt.Sprintf("log in to %s as %q", s.target.address(), s.target.user)
	}
	return &Error{Kind: Temporary, Op: op, Err: plainNet(ctx, err)}
}

// dropped reports whether err is the end of the connection rather than an answer.
func dropped(ctx context.Context, err error) bool {
	var network net.Error
	return ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network)
}

// subsystem starts sftp on the connection.
func (s *session) subsystem(ctx context.Context) error {
	return step(ctx, s.conn, s.limit, func() error {
		channel, err := s.ssh.NewSession()
		if err != nil {
			return err
		}
		in, err := channel.StdinPipe()
		if err != nil {
			return err
		}
		out, err := channel.StdoutPipe()
		if err != nil {
			return err
		}
		if err := channel.RequestSubsystem("sftp"); err != nil {
			return err
		}
		s.gauge = &gauge{r: out}
		s.sftp, err = sftp.NewClientPipe(s.gauge, in, sftp.UseFstat(true))
		return err
	})
}

// Close ends the connection and waits until nothing of it runs.
func (s *session) Close() error {
	err := s.conn.Close()
	if s.sftp != nil {
		_ = s.sftp.Wait()
	}
	if s.ssh != nil {
		_ = s.ssh.Wait()
	}
	return err
}

// plainNet returns a network error in plain words, without the address that the
// operation names already.
func plainNet(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var silent errSilent
	var lookup *net.DNSError
	var network net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &silent):
		return silent
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return fmt.Errorf("no such host: %q is not in the DNS", lookup.Name)
	case errors.As(err, &lookup):
		return fmt.Errorf("the DNS gives no answer about %q", lookup.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("connection refused: nothing listens there, or a firewall says no")
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return errors.New("no route to the host")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, sftp.ErrSSHFxConnectionLost), errors.Is(err, net.ErrClosed):
		return errors.New("the server closed the connection")
	case errors.As(err, &network) && network.Timeout():
		return errors.New("no answer in time")
	case errors.As(err, &op):
		return op.Err
	}
	return worded{printable(err.Error()), err}
}
