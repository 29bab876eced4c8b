//go:build linux

package cli

import (
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listenToPulse is a pulse and what systemd hears of it.
func listenToPulse(t *testing.T) (*pulse, func() string) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return newPulse(), func() string {
		t.Helper()
		b := make([]byte, 300)
		if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
}

func TestPulseTellsTheNextCheck(t *testing.T) {
	p, heard := listenToPulse(t)
	zones := map[string]*time.Location{"a": time.UTC, "b": time.UTC}
	p.rest("gone", time.Second, zones)
	p.rest("a", time.Hour, zones)
	p.rest("b", time.Minute, zones)
	p.rest("a", 2*time.Hour, zones) // b stays the next: nothing new to say
	p.rest("b", 3*time.Hour, zones)
	for _, want := range []string{"(a)", "(b)", "(a)"} {
		if got := heard(); !strings.HasPrefix(got, "STATUS=2 sources; next check at ") || !strings.HasSuffix(got, want) {
			t.Errorf("told %q, want the next check of %s", got, want)
		}
	}
}

// A weekday says nothing of a check that is weeks away; a pause without an end has none.
func TestPulseOfLongRests(t *testing.T) {
	p, heard := listenToPulse(t)
	zones := map[string]*time.Location{"a": time.UTC}
	due := time.Now().Add(30 * 24 * time.Hour).UTC()
	p.rest("a", time.Until(due), zones)
	if got, want := heard(), "STATUS=1 source; next check on "+due.Format("Mon 2 Jan 2006 15:04 MST")+" (a)"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	p.rest("a", 365*24*time.Hour, zones)
	p.rest("a", 365*24*time.Hour, zones) // nothing new to say
	p.rest("a", time.Minute, zones)
	if got, want := heard(), "STATUS=1 source; no next check: paused until it is resumed"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got := heard(); !strings.Contains(got, "next check at ") {
		t.Errorf("told %q", got)
	}
}

func TestPulseTellsARefusedEdit(t *testing.T) {
	p, heard := listenToPulse(t)
	p.loaded(nil) // nothing is planned yet: nothing to say
	p.rest("a", time.Hour, map[string]*time.Location{"a": time.UTC})
	before := heard()
	p.loaded(errors.New("a fault"))
	p.loaded(errors.New("another")) // the same to say
	p.loaded(nil)
	if got, want := heard(), before+"; the newest edit of the schedule is refused, smartsync status tells why"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got := heard(); got != before {
		t.Errorf("told %q, want %q", got, before)
	}
}
