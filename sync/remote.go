package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
)

const (
	slowest   = 16 << 10 // bytes a second that a connection must give
	oneRead   = 32 << 10 // bytes that one request asks for
	longFile  = 8 * oneRead
	keepEvery = 30 * time.Second
)

// remote is a place behind an sftp session.
type remote struct {
	*session
	dead atomic.Bool // the connection failed: nothing more is asked of it
}

var _ place = (*remote)(nil)

// paced runs f, a step that may move many bytes, with the limit of a step and as
// long again as the bytes that came meanwhile need at the slowest rate: those of
// the whole connection, which files share. So a slow line passes and a server
// that drips does not. hard ends it in any case.
func (r *remote) paced(ctx context.Context, hard time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	started, from := time.Now(), r.gauge.bytes.Load()
	var timer *time.Timer
	armed := make(chan struct{})
	timer = time.AfterFunc(r.limit, func() {
		<-armed
		came := r.gauge.bytes.Load() - from
		allowed := r.limit + time.Duration(came/slowest)*time.Second
		if left := allowed - time.Since(started); left > 0 {
			timer.Reset(left)
			return
		}
		cancel(errSilent(allowed))
	})
	close(armed)
	defer timer.Stop()
	return step(ctx, r.conn, hard, func() error { return f(ctx) })
}

// List implements place.
func (r *remote) List(ctx context.Context) ([]entry, error) {
	op := fmt.Sprintf("list %q on %s", r.target.dir, r.target.address())
	r.gauge.begin()
	defer r.gauge.end()
	var infos []fs.FileInfo
	err := r.paced(ctx, 10*r.limit, func(ctx context.Context) (err error) {
		infos, err = r.sftp.ReadDirContext(ctx, r.target.dir)
		return err
	})
	if r.gauge.flooded() {
		r.dead.Store(true)
		r.conn.Close()
		return nil, &Error{Op: op, Err: errFlood, Hint: "the server may be broken; the folder must be smaller"}
	}
	if alone(err) {
		return nil, &Error{Op: op, Err: plainFS(err)}
	}
	if err != nil {
		return nil, r.lost(ctx, op, err)
	}
	all := make([]entry, 0, len(infos))
	for _, info := range infos {
		all = append(all, entryOf(info.Name(), info))
	}
	return all, nil
}

// Stat implements place.
func (r *remote) Stat(ctx context.Context, name string) (entry, error) {
	var info fs.FileInfo
	err := step(ctx, r.conn, r.limit, func() (err error) {
		info, err = r.sftp.Lstat(path.Join(r.target.dir, name))
		return err
	})
	if alone(err) {
		return entry{}, err
	}
	if err != nil {
		return entry{}, r.lost(ctx, fmt.Sprintf("look at %q on %s", name, r.target.address()), err)
	}
	return entryOf(name, info), nil
}

// Fetch implements place.
func (r *remote) Fetch(ctx context.Context, e entry, w io.Writer) (int64, error) {
	out := &bounded{w: w, left: e.Size + 1}
	hard := 10*r.limit + time.Duration(e.Size/slowest)*DefaultRemoteParallel*time.Second
	err := r.paced(ctx, hard, func(context.Context) error {
		f, err := r.sftp.Open(path.Join(r.target.dir, e.Name))
		if err != nil {
			return err
		}
		defer f.Close()
		return read(f, e.Size, out)
	})
	switch {
	case out.failed != nil:
		return out.n, out.failed
	case out.left == 0: // longer than listed; the caller sees it by the count
		return out.n, nil
	case err == nil, alone(err):
		return out.n, err
	}
	return out.n, r.lost(ctx, fmt.Sprintf("fetch %q from %s", e.Name, r.target.address()), err)
}

// read copies f, of about size bytes, with as few round trips as it can: a file
// of one read is asked for one byte more than it has.
func read(f *sftp.File, size int64, out *bounded) error {
	if size > longFile {
		_, err := f.WriteTo(out)
		return err
	}
	buf := make([]byte, min(size+1, oneRead))
	for at := int64(0); ; {
		n, err := f.ReadAt(buf, at)
		at += int64(n)
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Close implements place.
func (r *remote) Close() error {
	r.dead.Store(true)
	return r.session.Close()
}

// lost closes the connection and says why it is no longer there.
func (r *remote) lost(ctx context.Context, op string, err error) error {
	r.dead.Store(true)
	r.conn.Close()
	return &Error{Kind: Temporary, Op: op, Err: plainNet(ctx, err)}
}

// alone reports whether err is a server's answer about one name, after which the
// connection goes on.
func alone(err error) bool {
	var status *sftp.StatusError
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.As(err, &status) ||
		errors.Is(err, errNotRegular)
}

// keepAlive asks the server for a sign of life every keepEvery until ctx ends. A
// server that gives none in time is disconnected, and so is one that has not
// answered yet when ctx ends.
func (r *remote) keepAlive(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := step(ctx, r.conn, r.limit, func() error {
			_, _, err := r.ssh.SendRequest("keepalive@openssh.com", true, nil)
			return err
		})
		if err != nil {
			r.dead.Store(true)
			r.conn.Close()
			return
		}
	}
}

// bounded writes the first bytes it is given, and then ends the copy.
type bounded struct {
	w      io.Writer
	left   int64 // bytes that may still come
	n      int64 // bytes written
	failed error // of w
}

var errEnough = errors.New("longer than listed")

func (b *bounded) Write(p []byte) (int, error) {
	n, err := b.w.Write(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.n += int64(n)
	if err != nil {
		b.failed = err
		return n, err
	}
	if b.left == 0 {
		return n, errEnough
	}
	return n, nil
}
