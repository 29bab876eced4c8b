//go:build crashpoints && linux

package crash_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// large is a file whose transfer takes a while.
func large() file {
	line := "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\n"
	return file{name: "large.txt", text: bytes.Repeat([]byte(line), 30<<20/len(line)), modified: written}
}

// coming reports whether a file of at least size bytes is on its way in.
func (s *stage) coming(size int64) bool {
	parts, _ := filepath.Glob(filepath.Join(s.dir, "data", "files", "game", ".smartsync-*.part"))
	for _, part := range parts {
		if info, err := os.Stat(part); err == nil && info.Size() >= size {
			return true
		}
	}
	return false
}

// kept checks that what is kept is whole and in the ledger, and that nothing
// else is there: a check that ends by itself leaves no pieces behind.
func (s *stage) kept(t testing.TB) {
	t.Helper()
	s.untouched(t)
	db := openClean(t, s.dir)
	sound(t, db)
	s.tidy(t, db)
}

// TestServerDies kills sshd's session while a large file is on its way.
func TestServerDies(t *testing.T) {
	t.Parallel()
	need(t, sshdPath, "openssh-server")
	server, err := startSSHD(filepath.Join(t.TempDir(), "sshd")) // its own: all its sessions die
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	files := append(evening(), large())
	s := stageAt(t, server.source("{dir}/server"), "none", files...)
	p := s.start(t, "", nil, "sync")
	p.until("the large file was on its way", func() bool { return s.coming(1 << 20) })
	if server.disconnect() == 0 {
		t.Fatal("the server had no session")
	}
	if code, died := p.ended(); code != 5 {
		t.Errorf("ended with code %d (signal %v), want 5:\n%s", code, died, p.log())
	}
	if !strings.Contains(p.log(), "closed the connection") {
		t.Errorf("does not say that the connection was closed:\n%s", p.log())
	}
	s.kept(t)
	s.recover(t, undisturbed(t, "none", files))
}

// TestDaemonOutlivesItsServer does the same to run, which is to come back by
// itself.
func TestDaemonOutlivesItsServer(t *testing.T) {
	t.Parallel()
	need(t, sshdPath, "openssh-server")
	server, err := startSSHD(filepath.Join(t.TempDir(), "sshd"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	s := stageAt(t, server.source("{dir}/server"), "none", append(evening(), large())...)
	s.write(t, "schedule.yaml", strings.Replace(s.schedule(t), "windows:", "on_error: 1s\nwindows:", 1))
	s.scene = s.around(t)
	p := s.start(t, "", nil, "run")
	p.until("the large file was on its way", func() bool { return s.coming(1 << 20) })
	if server.disconnect() == 0 {
		t.Fatal("the server had no session")
	}
	p.await("closed the connection")
	p.await("Downloaded")
	p.signal(syscall.SIGTERM)
	if code, died := p.ended(); code != 0 {
		t.Errorf("ended with code %d (signal %v):\n%s", code, died, p.log())
	}
	s.whole(t, undisturbed(t, "none", s.files))
}

func (s *stage) schedule(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "schedule.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
