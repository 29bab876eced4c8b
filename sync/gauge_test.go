package sync

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"
	"pgregory.net/rapid"
)

// names is a packet of n names, whose entries are not looked at.
func namesPacket(n uint32, size int) []byte {
	return frame([]byte{kindNames}, u32(7), u32(n), make([]byte, size))
}

// However the packets are cut, the gauge counts the names in them.
func TestGaugeCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		want := int64(0)
		for range rapid.IntRange(0, 8).Draw(t, "packets") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				stream = append(stream, frame([]byte{101}, u32(7), u32(0), str(""), str(""))...)
			case 1:
				stream = append(stream, frame([]byte{kindNames})...) // broken: too short to tell
			case 2:
				stream = append(stream, frame()...) // empty
			default:
				n := rapid.Uint32Range(0, 9).Draw(t, "names")
				stream = append(stream, namesPacket(n, rapid.IntRange(0, 40).Draw(t, "size"))...)
				want += int64(n)
			}
		}
		r := io.Reader(bytes.NewReader(stream))
		if rapid.Bool().Draw(t, "one byte at a time") {
			r = iotest.OneByteReader(r)
		}
		g := &gauge{r: r}
		n, err := io.Copy(io.Discard, g)
		if err != nil || n != int64(len(stream)) || g.names.Load() != want || g.bytes.Load() != n {
			t.Fatalf("%d names in %d bytes, want %d in %d: %v", g.names.Load(), n, want, len(stream), err)
		}
	})
}

func TestGaugeEndsAFlood(t *testing.T) {
	flood := namesPacket(maxEntries/2+1, 0)
	g := &gauge{r: bytes.NewReader(bytes.Repeat(flood, 3))}
	g.begin()
	if _, err := io.Copy(io.Discard, iotest.OneByteReader(g)); !errors.Is(err, errFlood) {
		t.Errorf("names without end: %v", err)
	}
	g = &gauge{r: rand.NewChaCha8([32]byte{})}
	g.begin()
	if _, err := io.Copy(io.Discard, g); !errors.Is(err, errFlood) {
		t.Errorf("bytes without end: %v", err)
	}
	g = &gauge{r: bytes.NewReader(bytes.Repeat(flood, 3))}
	if _, err := io.Copy(io.Discard, g); err != nil {
		t.Errorf("outside of a listing: %v", err)
	}
}

// pipe returns the ends of a connection in this process that, unlike net.Pipe's,
// hold what was not read yet.
func pipe() (a, b net.Conn) {
	one, other := make(chan []byte, 1000), make(chan []byte, 1000)
	ended := make(chan struct{})
	end := sync.OnceFunc(func() { close(ended) })
	return &pipeEnd{in: one, out: other, ended: ended, end: end}, &pipeEnd{in: other, out: one, ended: ended, end: end}
}

type pipeEnd struct {
	net.Conn // nil: the rest of its methods is not called
	in, out  chan []byte
	unread   []byte
	ended    chan struct{}
	end      func()
}

func (p *pipeEnd) Read(b []byte) (int, error) {
	if len(p.unread) == 0 {
		select {
		case p.unread = <-p.in:
		case <-p.ended:
			return 0, io.EOF
		}
	}
	n := copy(b, p.unread)
	p.unread = p.unread[n:]
	return n, nil
}

func (p *pipeEnd) Write(b []byte) (int, error) {
	select {
	case p.out <- bytes.Clone(b):
		return len(b), nil
	case <-p.ended:
		return 0, io.ErrClosedPipe
	}
}

func (p *pipeEnd) Close() error         { p.end(); return nil }
func (p *pipeEnd) RemoteAddr() net.Addr { return &net.TCPAddr{} }
func (p *pipeEnd) LocalAddr() net.Addr  { return &net.TCPAddr{} }

// A kept connection is asked for a sign of life every 30 seconds; one that gives
// none is closed after the time of a step.
func TestKeepAlive(t *testing.T) {
	host, _ := newKey(t)
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := pipe()
		var silent atomic.Bool
		var asked atomic.Int32
		go func() {
			config := &ssh.ServerConfig{NoClientAuth: true}
			config.AddHostKey(host)
			_, channels, requests, err := ssh.NewServerConn(theirs, config)
			if err != nil {
				return
			}
			go func() {
				for range channels {
				}
			}()
			for r := range requests {
				asked.Add(1)
				if !silent.Load() {
					_ = r.Reply(true, nil)
				}
			}
		}()
		conn, channels, requests, err := ssh.NewClientConn(ours, "pipe", &ssh.ClientConfig{HostKeyCallback: ssh.InsecureIgnoreHostKey()})
		if err != nil {
			t.Fatal(err)
		}
		r := &remote{session: &session{conn: ours, ssh: ssh.NewClient(conn, channels, requests), limit: 5 * time.Second}}
		s := &Source{busy: make(chan struct{}, 1), kept: r}
		s.Rest(restLimit - 1)
		time.Sleep(95 * time.Second)
		synctest.Wait()
		if asked.Load() != 3 || r.dead.Load() {
			t.Errorf("after 95 s: asked %d times, dead: %v", asked.Load(), r.dead.Load())
		}
		silent.Store(true)
		time.Sleep(29 * time.Second)
		synctest.Wait()
		if r.dead.Load() {
			t.Error("it was given up before its time")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !r.dead.Load() {
			t.Error("a dead connection is kept")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
