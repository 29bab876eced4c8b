//go:build linux

package cli

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestPulseTellsTheNextCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	p := newPulse()
	zones := map[string]*time.Location{"a": time.UTC, "b": time.UTC}
	p.rest("gone", time.Second, zones)
	p.rest("a", time.Hour, zones)
	p.rest("b", time.Minute, zones)
	p.rest("a", 2*time.Hour, zones) // b stays the next: nothing new to say
	p.rest("b", 3*time.Hour, zones)
	for _, want := range []string{"(a)", "(b)", "(a)"} {
		b := make([]byte, 200)
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(b[:n]); !strings.HasPrefix(got, "STATUS=2 sources; next check at ") || !strings.HasSuffix(got, want) {
			t.Errorf("told %q, want the next check of %s", got, want)
		}
	}
}
