package sync

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// hostile returns a source that looks at a server which answers packet by packet.
func hostile(t testing.TB, raw *rawServer) (*server, *Source) {
	t.Helper()
	srv, o := withServer(t, "/")
	srv.trust(t, o.KnownHosts)
	if raw.data == nil {
		raw.data = func(name string, at uint64) []byte {
			if at > 0 {
				return nil
			}
			return []byte("x")
		}
	}
	if raw.stat == nil {
		raw.stat = func(string) (uint64, uint32) { return 1, 1 }
	}
	srv.set(func() { srv.serve = raw.serve })
	return srv, newSource(t, o)
}

// one returns a listing of those names, one byte each.
func one(names ...string) func(int) []rawName {
	return func(page int) []rawName {
		if page > 0 {
			return nil
		}
		var all []rawName
		for _, n := range names {
			all = append(all, rawName{n, 1, regular, 1})
		}
		return all
	}
}

func TestHostileNames(t *testing.T) {
	bad := []string{".", "..", "/", `..\..\x`, `C:\x`, "x:ads", "a\x1b[31m", "a\nb", "a\x00b", "a\xff", "CON", "NUL.txt", "a.", "a ", "-rf", ".ssh",
		"a\u202Etxt", strings.Repeat("x", 300), ""}
	_, s := hostile(t, &rawServer{names: one(append(bad, "good.txt", "good.txt", "../../escape", "/etc/passwd")...)})
	rep := check(t, s)
	for name, content := range kept(t, s) {
		// What comes before the last slash of a name is not looked at by the client.
		if name != "good.txt" && name != "escape" && name != "passwd" || content != "x" {
			t.Errorf("it keeps %q: %q", name, content)
		}
	}
	if rep.Skipped < len(bad)-4 || len(rep.Failed) > 0 {
		t.Errorf("%+v", rep)
	}
	outside, err := os.ReadDir(filepath.Dir(s.o.Files))
	if err != nil || len(outside) != 1 {
		t.Errorf("beside the folder are %v, %v", outside, err)
	}
}

func TestHostileKinds(t *testing.T) {
	_, s := hostile(t, &rawServer{names: func(page int) []rawName {
		return [][]rawName{{
			{"fifo", 1, 0o010644, 1}, {"link", 1, 0o120777, 1}, {"dir", 1, 0o040755, 1}, {"device", 1, 0o060644, 1},
			{"vast", 1 << 63, regular, 1}, {"big", 1 << 40, regular, 1}, {"ok", 1, regular, 1}, {"late", 1, regular, 1<<32 - 1},
		}, nil}[page]
	}, stat: func(name string) (uint64, uint32) {
		if name == "late" {
			return 1, 1<<32 - 1
		}
		return 1, 1
	}})
	if rep := check(t, s); names(rep) != "ok late" || rep.Skipped != 6 || len(rep.Skips) != 2 {
		t.Errorf("%+v", rep)
	}
}

// Data that is shorter, longer or endless is a file that changes: not taken in.
func TestHostileData(t *testing.T) {
	endless := bytes.Repeat([]byte("x"), oneRead)
	raw := &rawServer{
		names: func(page int) []rawName {
			return [][]rawName{{{"short", 10, regular, 1}, {"long", 3, regular, 1}, {"endless", 1 << 20, regular, 1}, {"ok", 1, regular, 1}}, nil}[page]
		},
		data: func(name string, at uint64) []byte {
			switch {
			case name == "endless":
				return endless
			case name == "long" && at == 0:
				return []byte("much longer than was asked for")
			case at == 0:
				return []byte("x")
			}
			return nil
		},
		stat: func(name string) (uint64, uint32) {
			return map[string]uint64{"short": 10, "long": 3, "endless": 1 << 20, "ok": 1}[name], 1
		},
	}
	_, s := hostile(t, raw)
	rep := check(t, s)
	if names(rep) != "ok" || rep.Pending != 3 {
		t.Errorf("%+v", rep)
	}
	if got := kept(t, s); len(got) != 1 {
		t.Errorf("kept %v", got)
	}
}

func TestHostileListingFlood(t *testing.T) {
	page := make([]rawName, 4000)
	for i := range page {
		page[i] = rawName{"x", 1, regular, 1}
	}
	_, s := hostile(t, &rawServer{names: func(int) []rawName { return page }})
	_, err := s.Check(soon(t))
	if !errors.Is(err, errFlood) {
		t.Errorf("an endless listing: %v", err)
	}
}

func TestHostileListingBreaksOff(t *testing.T) {
	srv, s := hostile(t, &rawServer{names: one()})
	breaksOff := func(c io.ReadWriteCloser) {
		raw := &rawServer{names: func(page int) []rawName {
			if page == 0 {
				return []rawName{{"half.txt", 1, regular, 1}}
			}
			c.Close()
			return nil
		}}
		raw.serve(c)
	}
	srv.set(func() { srv.serve = breaksOff })
	rep, err := s.Check(soon(t))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Temporary || rep.Listed != 0 || len(rep.Found) != 0 {
		t.Errorf("%+v, %v", rep, err)
	}
}

// A server that stalls at any step costs one deadline, and leaves nothing behind.
func TestStallsEnd(t *testing.T) {
	const limit = 150 * time.Millisecond
	silent := func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }
	tests := []struct {
		name   string
		change func(*server, *rawServer)
		op     string
	}{
		{"before the banner", func(s *server, _ *rawServer) { s.accept = silent }, "connect"},
		{"after the banner", func(s *server, _ *rawServer) {
			s.accept = func(c net.Conn) { fmt.Fprint(c, "SSH-2.0-x\r\n"); silent(c) }
		}, "connect"},
		{"at the login", func(s *server, _ *rawServer) {
			s.config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
				s.mu.Lock()
				c := s.conns[0]
				s.mu.Unlock()
				_, _ = io.Copy(io.Discard, c) // until the client hangs up
				return nil, errors.New("too late")
			}
		}, "log in to"},
		{"at the greeting", func(_ *server, r *rawServer) { r.stall = map[byte]bool{1: true} }, "open sftp"},
		{"at the folder", func(_ *server, r *rawServer) { r.stall = map[byte]bool{11: true} }, "list"},
		{"in the listing", func(_ *server, r *rawServer) { r.stall = map[byte]bool{12: true} }, "list"},
		{"at the file", func(_ *server, r *rawServer) { r.stall = map[byte]bool{3: true} }, "fetch"},
		{"in the file", func(_ *server, r *rawServer) { r.stall = map[byte]bool{5: true} }, "fetch"},
		{"at the second look", func(_ *server, r *rawServer) { r.stall = map[byte]bool{7: true} }, "look at"},
	}
	for _, test := range tests {
		for _, called := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, called off: %v", test.name, called), func(t *testing.T) {
				raw := &rawServer{names: one("a.txt")}
				srv, s := hostile(t, raw)
				srv.set(func() { test.change(srv, raw) })
				s.o.Timeout = limit
				ctx := soon(t)
				if called {
					s.o.Timeout = time.Minute
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, limit)
					defer cancel()
				}
				started := time.Now()
				rep, err := s.Check(ctx)
				e, ok := errors.AsType[*Error](err)
				if !ok || len(rep.Found) != 0 || !strings.Contains(err.Error(), test.op) && !called {
					t.Errorf("%+v, %v", rep, err)
				}
				if !called && (e.Kind != Temporary || !strings.Contains(err.Error(), "no answer within 150ms")) {
					t.Errorf("kind %d: %v", e.Kind, err)
				}
				if called && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("called off: %v", err)
				}
				if took := time.Since(started); took > 20*limit {
					t.Errorf("it took %v", took)
				}
				if got := kept(t, s); len(got) != 0 {
					t.Errorf("kept %v", got)
				}
			})
		}
	}
}

// What is no ssh server is told apart quickly, however much it says.
func TestEndlessBanner(t *testing.T) {
	srv, s := hostile(t, &rawServer{names: one()})
	talk := func(c net.Conn) {
		for {
			if _, err := fmt.Fprint(c, "hello\r\n"); err != nil {
				return
			}
		}
	}
	srv.set(func() { srv.accept = talk })
	_, err := s.Check(soon(t))
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || !strings.Contains(err.Error(), "connect "+srv.address) {
		t.Errorf("%v", err)
	}
}

func TestConnectErrors(t *testing.T) {
	home(t)
	closed := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	tests := []struct{ url, want string }{
		{"sftp://et@" + closed + "/x", "connect " + closed + ": connection refused"},
		{"sftp://et@nowhere.invalid/x", "connect nowhere.invalid:22: "},
	}
	for _, test := range tests {
		_, err := newSource(t, Options{URL: test.url, Timeout: 5 * time.Second}).Probe(soon(t), false)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != Temporary || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", test.url, err)
		}
	}
}

// cutter passes a connection on and cuts it after so many bytes from the server.
func cutter(t testing.TB, to string, after int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				return
			}
			running.Go(func() { _, _ = io.Copy(out, in); out.Close() })
			running.Go(func() {
				if _, err := io.CopyN(in, out, after); err == nil {
					_ = in.(*net.TCPConn).SetLinger(0) // a reset
				}
				in.Close()
				out.Close()
			})
		}
	})
	t.Cleanup(func() { listener.Close(); running.Wait() })
	return listener.Addr().String()
}

// A connection that is cut anywhere never leaves a short or a wrong file, and the
// checks that follow bring everything once.
func TestCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		put(t, dir, fmt.Sprintf("%d.txt", i), strings.Repeat(fmt.Sprint(i), 700*i+1))
	}
	srv, o := withServer(t, dir)
	o.OnlyKey = true
	step := int64(211)
	if testing.Short() {
		step *= 8
	}
	passed := false
	for n := int64(0); !passed; n += step {
		if n > 100_000 {
			t.Fatal("no check ever gets through")
		}
		address := cutter(t, srv.address, n)
		o := o
		o.URL = "sftp://et@" + address + dir
		proxied := &server{address: address, host: srv.host}
		proxied.trust(t, o.KnownHosts)
		s := newSource(t, o)
		rep, err := s.Check(soon(t))
		passed = err == nil
		if e, ok := errors.AsType[*Error](err); !passed && (!ok || e.Kind != Temporary) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
		for name, content := range kept(t, s) {
			want, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(want) != content {
				t.Errorf("cut after %d bytes: it keeps %q with %d bytes", n, name, len(content))
			}
		}
		if passed && len(rep.Found) != 3 {
			t.Errorf("cut after %d bytes: %+v", n, rep)
		}
		s.Close()
	}
}

// A kept connection that died is replaced without a word.
func TestKeptConnectionDies(t *testing.T) {
	dir := t.TempDir()
	srv, o := withServer(t, dir)
	srv.trust(t, o.KnownHosts)
	s := newSource(t, o)
	check(t, s)
	s.Rest(time.Minute)
	put(t, dir, "a", "x")
	check(t, s)
	if n := len(srv.logins); n != 1 {
		t.Errorf("%d logins for two checks", n)
	}
	s.Rest(time.Minute)
	srv.drop()
	put(t, dir, "b", "x")
	if rep := check(t, s); names(rep) != "b" {
		t.Errorf("%+v", rep)
	}
	s.Rest(restLimit)
	check(t, s)
	if n := len(srv.logins); n != 3 {
		t.Errorf("%d logins, want 3: the connection was not closed for a long rest", n)
	}
}
