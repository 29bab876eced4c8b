package sync

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// withServer returns a server that serves dir and the options of a source that
// logs in to it by password; known_hosts does not exist yet.
func withServer(t testing.TB, dir string) (*server, Options) {
	t.Helper()
	h := home(t)
	s := startServer(t, nil)
	return s, Options{URL: "sftp://et@" + s.address + dir, Password: "open sesame",
		KnownHosts: filepath.Join(h, "ssh", "known_hosts")}
}

// refused checks that err is a refusal that says all of the words.
func refused(t testing.TB, err error, words ...string) *Error {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != Refused {
		t.Fatalf("not refused: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(e.Error()+" | "+e.Hint, w) {
			t.Errorf("%q does not say %q (hint: %q)", e, w, e.Hint)
		}
	}
	return e
}

func TestUnknownHostKeyIsRefusedUntilPinned(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a.txt", "x")
	srv, o := withServer(t, dir)
	s := newSource(t, o)
	print := ssh.FingerprintSHA256(srv.host.PublicKey())
	_, err := s.Check(soon(t))
	refused(t, err, "connect "+srv.address, "unknown", print, "ssh-ed25519", "smartsync probe --accept-host-key game")
	o.Pin = "smartsync probe -c other.yaml --accept-host-key game"
	_, err = newSource(t, o).Probe(soon(t), false)
	refused(t, err, o.Pin)
	if checks, err := s.store.Checks(soon(t), "game", 0); err != nil || !strings.Contains(checks[0].Error, print) {
		t.Errorf("recorded as %+v, %v", checks, err)
	}
	probe, err := s.Probe(soon(t), false)
	refused(t, err, print)
	if probe.Fingerprint != print || probe.Known || probe.Pinned || probe.Address != srv.address {
		t.Errorf("probe of an unknown key: %+v", probe)
	}
	if len(srv.logins) != 0 {
		t.Error("it logged in to a server that it does not know")
	}
	probe, err = s.Probe(soon(t), true)
	if err != nil || !probe.Pinned || probe.Known || probe.User != "et" || probe.Method != "password" ||
		!strings.HasPrefix(probe.Server, "SSH-2.0-") || len(probe.Plan.New) != 1 {
		t.Errorf("probe that pins: %+v, %v", probe, err)
	}
	probe, err = s.Probe(soon(t), true)
	if err != nil || probe.Pinned || !probe.Known {
		t.Errorf("probe of a pinned key: %+v, %v", probe, err)
	}
	if rep := check(t, s); names(rep) != "a.txt" {
		t.Errorf("%+v", rep)
	}
}

func TestPinKeepsWhatIsThere(t *testing.T) {
	srv, o := withServer(t, t.TempDir())
	write(t, o.KnownHosts, []byte("# mine, without a line end"), 0o600)
	if _, err := newSource(t, o).Probe(soon(t), true); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(o.KnownHosts)
	want := "# mine, without a line end\n" + knownhosts.Line([]string{srv.address}, srv.host.PublicKey()) + "\n"
	if err != nil || string(got) != want {
		t.Errorf("known_hosts is %q, want %q", got, want)
	}
}

func TestWrongHostKeysAreRefused(t *testing.T) {
	other, _ := newKey(t)
	rsa := "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7" // not a whole key: the line must be named
	tests := []struct {
		name  string
		lines func(srv *server) string
		words []string
	}{
		{"changed", func(srv *server) string {
			return "# a comment\n" + knownhosts.Line([]string{srv.address}, other.PublicKey())
		}, []string{"THE HOST KEY HAS CHANGED", "known_hosts:2", ssh.FingerprintSHA256(other.PublicKey()), "by hand"}},
		{"changed, hashed", func(srv *server) string {
			return xknownhosts.HashHostname(xknownhosts.Normalize(srv.address)) + " " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(other.PublicKey())))
		}, []string{"THE HOST KEY HAS CHANGED", "known_hosts:1"}},
		{"revoked", func(srv *server) string {
			return "@revoked * " + string(ssh.MarshalAuthorizedKey(srv.host.PublicKey()))
		}, []string{"revoked", "known_hosts:1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			srv, o := withServer(t, t.TempDir())
			write(t, o.KnownHosts, []byte(test.lines(srv)+"\n"), 0o600)
			before, _ := os.ReadFile(o.KnownHosts)
			s := newSource(t, o)
			for _, accept := range []bool{false, true} {
				_, err := s.Probe(soon(t), accept)
				e := refused(t, err, append(test.words, ssh.FingerprintSHA256(srv.host.PublicKey()))...)
				if strings.Contains(e.Hint, "accept") {
					t.Errorf("it offers to accept the key: %q", e.Hint)
				}
			}
			if after, _ := os.ReadFile(o.KnownHosts); string(after) != string(before) {
				t.Errorf("known_hosts became %q", after)
			}
			if len(srv.logins) != 0 {
				t.Error("it logged in all the same")
			}
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		srv, o := withServer(t, t.TempDir())
		write(t, o.KnownHosts, []byte("\n"+srv.address+" "+rsa+"\n"), 0o600)
		_, err := newSource(t, o).Probe(soon(t), true)
		if err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("a broken line: %v", err)
		}
	})
}

// A server that lost the one key that is known of it is as suspect as one that
// changed it.
func TestOtherHostKeyTypeIsRefused(t *testing.T) {
	srv, o := withServer(t, t.TempDir())
	write(t, o.KnownHosts, []byte(knownhosts.Line([]string{srv.address}, ecdsaKey(t).PublicKey())+"\n"), 0o600)
	_, err := newSource(t, o).Probe(soon(t), true)
	refused(t, err, "THE HOST KEY HAS CHANGED", "ecdsa-sha2-nistp256", o.KnownHosts)
}

// With two keys known of a host the one that it still has is asked for.
func TestSecondHostKeyTypeIsFine(t *testing.T) {
	srv, o := withServer(t, t.TempDir())
	host := ecdsaKey(t)
	srv.set(func() { srv.config.AddHostKey(host) })
	write(t, o.KnownHosts, []byte(knownhosts.Line([]string{srv.address}, host.PublicKey())+"\n"), 0o600)
	probe, err := newSource(t, o).Probe(soon(t), false)
	if err != nil || !probe.Known || probe.KeyType != "ecdsa-sha2-nistp256" {
		t.Errorf("%+v, %v", probe, err)
	}
}
