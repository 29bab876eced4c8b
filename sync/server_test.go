package sync

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

// newKey makes a key pair.
func newKey(t testing.TB) (ssh.Signer, ed25519.PrivateKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer, private
}

// writeKey stores a private key as ssh-keygen does, encrypted when there is a
// passphrase.
func writeKey(t testing.TB, file string, key ed25519.PrivateKey, passphrase string) {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, pem.EncodeToMemory(block), 0o600)
}

func write(t testing.TB, file string, data []byte, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, mode); err != nil {
		t.Fatal(err)
	}
}

// server is an ssh server in this process. Its fields are changed through set.
type server struct {
	address string
	host    ssh.Signer
	config  *ssh.ServerConfig
	// serve answers the sftp subsystem; the default serves the real file system.
	serve func(io.ReadWriteCloser)
	// accept, when set, has a raw connection instead of the ssh server.
	accept func(net.Conn)

	logins chan string // the method of each login
	mu     sync.Mutex
	conns  []net.Conn
}

// startServer runs a server until the test ends. It lets the client's key in, and
// user "et" with the password "open sesame".
func startServer(t testing.TB, client ssh.PublicKey) *server {
	t.Helper()
	s := &server{logins: make(chan string, 1000)}
	s.host, _ = newKey(t)
	s.config = &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if client == nil || !bytes.Equal(key.Marshal(), client.Marshal()) {
				return nil, errors.New("unknown key")
			}
			return nil, nil
		},
		PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if string(password) != "open sesame" {
				return nil, errors.New("wrong password")
			}
			return nil, nil
		},
		AuthLogCallback: func(_ ssh.ConnMetadata, method string, err error) {
			if err == nil {
				s.logins <- method
			}
		},
	}
	s.config.AddHostKey(s.host)
	s.serve = serveFiles
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			running.Go(func() { s.handle(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		s.drop()
		running.Wait()
	})
	return s
}

// set changes the server for the connections to come.
func (s *server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// drop cuts all connections.
func (s *server) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
}

func (s *server) handle(conn net.Conn) {
	defer conn.Close()
	s.mu.Lock()
	accept, serve, config := s.accept, s.serve, *s.config
	s.mu.Unlock()
	if accept != nil {
		accept(conn)
		return
	}
	_, channels, requests, err := ssh.NewServerConn(conn, &config)
	if err != nil {
		return
	}
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		for r := range requests {
			if r.WantReply {
				_ = r.Reply(r.Type == "keepalive@openssh.com", nil)
			}
		}
	})
	for c := range channels {
		channel, requests, err := c.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			for r := range requests {
				_ = r.Reply(r.Type == "subsystem", nil)
				if r.Type == "subsystem" {
					running.Go(func() { serve(channel); channel.Close() })
				}
			}
		})
	}
}

func serveFiles(c io.ReadWriteCloser) {
	if srv, err := sftp.NewServer(c, sftp.ReadOnly()); err == nil {
		_ = srv.Serve()
	}
}

// trust writes a known_hosts file that knows the server.
func (s *server) trust(t testing.TB, file string) string {
	t.Helper()
	write(t, file, []byte(knownhosts.Line([]string{s.address}, s.host.PublicKey())+"\n"), 0o600)
	return file
}

// home gives the test a home folder of its own, without an agent.
func home(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.(interface{ Setenv(string, string) }).Setenv("HOME", dir)
	t.(interface{ Setenv(string, string) }).Setenv("USERPROFILE", dir)
	t.(interface{ Setenv(string, string) }).Setenv("SSH_AUTH_SOCK", "")
	return dir
}

// rawServer answers sftp packet by packet: what a real server never sends.
type rawServer struct {
	names func(page int) []rawName            // a READDIR's answer; nil ends the listing
	data  func(name string, at uint64) []byte // a READ's answer; nil ends the file
	stat  func(name string) (uint64, uint32)  // size and time
	stall map[byte]bool                       // kinds of requests that get no answer
}

type rawName struct {
	name string
	size uint64
	mode uint32
	time uint32
}

const regular = 0o100644

func (r *rawServer) serve(c io.ReadWriteCloser) {
	handles, page := map[string]string{}, 0
	for {
		var head [4]byte
		if _, err := io.ReadFull(c, head[:]); err != nil {
			return
		}
		body := make([]byte, be32(head[:]))
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		if r.stall[body[0]] {
			continue
		}
		if body[0] == 1 { // INIT
			_, _ = c.Write(frame([]byte{2}, u32(3)))
			continue
		}
		id, rest := body[1:5], body[5:]
		arg := rest[4 : 4+be32(rest)]
		rest = rest[4+len(arg):]
		answer := frame([]byte{101}, id, u32(0), str(""), str("")) // STATUS OK
		switch body[0] {
		case 11: // OPENDIR
			page = 0
			answer = frame([]byte{102}, id, str("dir"))
		case 12: // READDIR
			answer = frame([]byte{101}, id, u32(1), str("end"), str(""))
			if names := r.names(page); names != nil {
				page++
				parts := [][]byte{{104}, id, u32(uint32(len(names)))}
				for _, n := range names {
					parts = append(parts, str(n.name), str(""), attrs(n))
				}
				answer = frame(parts...)
			}
		case 3: // OPEN
			h := fmt.Sprint(len(handles))
			handles[h] = filepath.Base(string(arg))
			answer = frame([]byte{102}, id, str(h))
		case 5: // READ
			at := uint64(be32(rest))<<32 | uint64(be32(rest[4:]))
			answer = frame([]byte{101}, id, u32(1), str("end"), str(""))
			if data := r.data(handles[string(arg)], at); data != nil {
				answer = frame([]byte{103}, id, str(string(data)))
			}
		case 7, 8, 17: // LSTAT, FSTAT, STAT
			name := filepath.Base(string(arg))
			if body[0] == 8 {
				name = handles[string(arg)]
			}
			size, time := r.stat(name)
			answer = frame([]byte{105}, id, attrs(rawName{size: size, mode: regular, time: time}))
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

func attrs(n rawName) []byte {
	return bytes.Join([][]byte{u32(1 | 4 | 8), u32(uint32(n.size >> 32)), u32(uint32(n.size)), u32(n.mode), u32(n.time), u32(n.time)}, nil)
}

func frame(parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(u32(uint32(len(body))), body...)
}

func str(s string) []byte { return append(u32(uint32(len(s))), s...) }

func u32(n uint32) []byte { return []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)} }

func be32(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// soon is a context that ends long after any good test did.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
