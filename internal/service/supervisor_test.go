//go:build linux

package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// listen is the other end of NOTIFY_SOCKET.
func listen(t *testing.T) *net.UnixConn {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return conn
}

func heard(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1000)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestSupervisorHears(t *testing.T) {
	conn := listen(t)
	t.Setenv("WATCHDOG_USEC", "180000000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	s := NewSupervisor()
	s.Ready()
	s.Says("next check 20:05\nSTOPPING=1")
	s.Alive()
	s.Stopping()
	for _, want := range []string{"READY=1", "STATUS=next check 20:05 STOPPING=1", "WATCHDOG=1", "STOPPING=1"} {
		if got := heard(t, conn); got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
}

// A watchdog that waits for another process, or for none, hears nothing.
func TestSupervisorWithoutWatchdog(t *testing.T) {
	for name, pid := range map[string]string{"another process": "1", "none": ""} {
		t.Run(name, func(t *testing.T) {
			conn := listen(t)
			if pid != "" {
				t.Setenv("WATCHDOG_USEC", "180000000")
				t.Setenv("WATCHDOG_PID", pid)
			}
			s := NewSupervisor()
			s.Alive()
			s.Ready()
			if got := heard(t, conn); got != "READY=1" {
				t.Errorf("heard %q first", got)
			}
		})
	}
}

func TestSupervisorIsNobody(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", filepath.Join(t.TempDir(), "gone"))
	s := NewSupervisor()
	s.Ready()
	s.Stopping()
}

func TestHostIsTheProgramItself(t *testing.T) {
	want := errors.New("as f says")
	if got := Host(t.Context(), func(context.Context) error { return want }); !errors.Is(got, want) {
		t.Errorf("Host returned %v", got)
	}
}

func TestJournald(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	for stream, want := range map[string]bool{
		fmt.Sprintf("%d:%d", stat.Dev, stat.Ino):   true,
		fmt.Sprintf("%d:%d", stat.Dev, stat.Ino+1): false, // a journal that stderr was taken from
		"": false,
	} {
		t.Setenv("JOURNAL_STREAM", stream)
		if got := Journald(f); got != want {
			t.Errorf("JOURNAL_STREAM=%q: %t", stream, got)
		}
	}
}
