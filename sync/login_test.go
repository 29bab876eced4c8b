package sync

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

func ecdsaKey(t testing.TB) ssh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func TestLogins(t *testing.T) {
	client, key := newKey(t)
	_, stranger := newKey(t)
	const canary = "canary-secret"
	tests := []struct {
		name    string
		prepare func(t *testing.T, home string, o *Options)
		method  string   // of the login
		words   []string // of the refusal
	}{
		{"key", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, "keys", "game"), key, "")
			o.Key = "~/keys/game"
		}, `keys/game"`, nil},
		{"key with passphrase", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, "game"), key, canary)
			o.Key, o.Dir, o.Passphrase = "game", home, canary
		}, `game"`, nil},
		{"key without its passphrase", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, "game"), key, canary)
			o.Key, o.Dir = "game", home
		}, "", []string{"read the key", "game", "encrypted", "passphrase:"}},
		{"key with a wrong passphrase", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, "game"), key, "another")
			o.Key, o.Dir, o.Passphrase = "game", home, canary
		}, "", []string{"read the key", "does not open"}},
		{"key that is missing", func(_ *testing.T, _ string, o *Options) { o.Key = "/missing" }, "",
			[]string{"/missing", "does not exist"}},
		{"key that is none", func(t *testing.T, home string, o *Options) {
			o.Key = filepath.Join(home, "none")
			write(t, o.Key, []byte(canary), 0o600)
		}, "", []string{"none", "no private key"}},
		{"key of a stranger", func(t *testing.T, home string, o *Options) {
			o.Key = filepath.Join(home, "stranger")
			writeKey(t, o.Key, stranger, "")
		}, "", []string{"log in to", `as "et"`, "tried: key \"", "stranger", "it takes: password, publickey"}},
		{"nothing", func(*testing.T, string, *Options) {}, "", []string{"tried: nothing", "it takes: password, publickey"}},
		{"default key", func(t *testing.T, home string, _ *Options) {
			writeKey(t, filepath.Join(home, ".ssh", "id_ed25519"), key, "")
		}, `id_ed25519"`, nil},
		{"default key, but only the given one", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, ".ssh", "id_ed25519"), key, "")
			o.OnlyKey = true
		}, "", []string{"tried: nothing"}},
		{"password", func(_ *testing.T, _ string, o *Options) { o.Password = "open sesame" }, "password", nil},
		{"wrong password", func(_ *testing.T, _ string, o *Options) { o.Password = canary }, "", []string{"tried: password"}},
		{"stranger's key, then password", func(t *testing.T, home string, o *Options) {
			writeKey(t, filepath.Join(home, ".ssh", "id_rsa"), stranger, "")
			o.Password = "open sesame"
		}, "password", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := home(t)
			srv := startServer(t, client.PublicKey())
			o := Options{URL: "sftp://et@" + srv.address + t.TempDir(), KnownHosts: srv.trust(t, filepath.Join(h, "known"))}
			test.prepare(t, h, &o)
			probe, err := newSource(t, o).Probe(soon(t), false)
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("a secret is in the error %q", err)
			}
			if test.words != nil {
				refused(t, err, test.words...)
				return
			}
			if err != nil || !strings.Contains(probe.Method, test.method) {
				t.Errorf("%+v, %v", probe, err)
			}
		})
	}
}

func TestMissingKeySaysWhatToDo(t *testing.T) {
	client, _ := newKey(t)
	srv := startServer(t, client.PublicKey())
	file := filepath.Join(home(t), "keys", "game")
	_, err := newSource(t, Options{URL: "sftp://et@" + srv.address + "/", Key: file}).Probe(soon(t), false)
	e, ok := errors.AsType[*Error](err)
	if want := fmt.Sprintf("ssh-keygen -t ed25519 -f %q", file); !ok || !strings.Contains(e.Hint, want) || !strings.Contains(e.Hint, "key:") {
		t.Errorf("%v, hint %q", err, e.Hint)
	}
}

// A key that others may read is told of in the log once, and by each probe.
func TestKeyThatOthersMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for mode, told := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: true, 0o604: true, 0o644: true} {
		t.Run(mode.String(), func(t *testing.T) {
			h := home(t)
			client, key := newKey(t)
			srv := startServer(t, client.PublicKey())
			file := filepath.Join(h, "game")
			writeKey(t, file, key, "")
			if err := os.Chmod(file, mode); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			s := newSource(t, Options{URL: "sftp://et@" + srv.address + t.TempDir(), Key: file, KnownHosts: srv.trust(t, filepath.Join(h, "known"))})
			s.log = slog.New(slog.NewTextHandler(&log, nil))
			for range 2 {
				probe, err := s.Probe(soon(t), false)
				if err != nil || (probe.Exposed == file) != told {
					t.Errorf("%+v, %v", probe, err)
				}
			}
			want := 0
			if told {
				want = 1
			}
			if got := strings.Count(log.String(), "level=WARN"); got != want {
				t.Errorf("%d warnings, want %d: %s", got, want, &log)
			}
		})
	}
}

func TestLoginThroughAgent(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the agent listens on a unix socket")
	}
	client, key := newKey(t)
	h := home(t)
	socket := filepath.Join(h, "agent")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: &key}); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { defer conn.Close(); _ = agent.ServeAgent(keyring, conn) })
		}
	})
	defer running.Wait()
	defer listener.Close()
	t.Setenv("SSH_AUTH_SOCK", socket)
	srv := startServer(t, client.PublicKey())
	o := Options{URL: "sftp://et@" + srv.address + t.TempDir(), KnownHosts: srv.trust(t, filepath.Join(h, "known"))}
	if probe, err := newSource(t, o).Probe(soon(t), false); err != nil || probe.Method != "agent" {
		t.Errorf("%+v, %v", probe, err)
	}
	// A key that is encrypted on the disk and unlocked in the agent needs no passphrase.
	o.Key = filepath.Join(h, "locked")
	writeKey(t, o.Key, key, "forgotten")
	if probe, err := newSource(t, o).Probe(soon(t), false); err != nil || !strings.HasSuffix(probe.Method, "of the agent") {
		t.Errorf("%+v, %v", probe, err)
	}
}

// A server may ask for the password instead of taking it; one that keeps asking
// gets it once.
func TestLoginKeyboardInteractive(t *testing.T) {
	h := home(t)
	srv := startServer(t, nil)
	var asked atomic.Int32
	right := "open sesame"
	ask := func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		for range 20 {
			asked.Add(1)
			answers, err := ask("", "", []string{"Password:"}, []bool{false})
			if err != nil {
				return nil, err
			}
			if answers[0] == right {
				return nil, nil
			}
		}
		return nil, errors.New("wrong")
	}
	srv.set(func() {
		srv.config.PasswordCallback, srv.config.PublicKeyCallback = nil, nil
		srv.config.KeyboardInteractiveCallback = ask
	})
	o := Options{URL: "sftp://et@" + srv.address + t.TempDir(), Password: "open sesame", KnownHosts: srv.trust(t, filepath.Join(h, "known"))}
	if _, err := newSource(t, o).Probe(soon(t), false); err != nil {
		t.Fatal(err)
	}
	asked.Store(0)
	srv.set(func() { right = "changed" })
	_, err := newSource(t, o).Probe(soon(t), false)
	refused(t, err, "log in to", "keyboard-interactive")
	if n := asked.Load(); n > 2 {
		t.Errorf("the server could ask %d times", n)
	}
}

func TestTargets(t *testing.T) {
	h := home(t)
	write(t, filepath.Join(h, ".ssh", "config"), []byte(`
Host game
  HostName game.example
  Port 2222
  User et
  IdentityFile ~/.ssh/game
  UserKnownHostsFile ~/.ssh/game_hosts
Host six
  HostName ::1
Host jump
  ProxyJump bastion
Host none
  ProxyJump none
`), 0o600)
	tests := []struct{ url, want string }{
		{"sftp://game/x", "et@game.example:2222 /x game_hosts game"},
		{"sftp://me@game:22/~/x/../y", "me@game.example:22 y game_hosts game"},
		{"sftp://me@plain.example/~", "me@plain.example:22 . known_hosts"},
		{"sftp://me@[2001:db8::1]:23/a%20b/", "me@[2001:db8::1]:23 /a b known_hosts"},
		{"sftp://me@six//x", "me@[::1]:22 /x known_hosts"},
		{"sftp://me@none/", "me@none:22 / known_hosts"},
		{"sftp://me@jump/x", "ProxyJump for the host \"jump\", which is not supported"},
	}
	for _, test := range tests {
		var got string
		target, err := parseURL(test.url)
		if err == nil {
			target, err = target.resolve(Options{})
		}
		if err != nil {
			got = err.Error()
		} else {
			got = target.user + "@" + target.address() + " " + target.dir + " " + filepath.Base(target.knownHosts[0])
			for _, key := range target.identities {
				got += " " + filepath.Base(key)
			}
		}
		if !strings.HasSuffix(got, test.want) {
			t.Errorf("%s leads to %q, want %q", test.url, got, test.want)
		}
	}
}

// An alias of ~/.ssh/config is all that a source needs.
func TestCheckThroughAlias(t *testing.T) {
	h := home(t)
	client, key := newKey(t)
	srv := startServer(t, client.PublicKey())
	host, port, _ := net.SplitHostPort(srv.address)
	writeKey(t, filepath.Join(h, ".ssh", "game"), key, "")
	srv.trust(t, filepath.Join(h, ".ssh", "game_hosts"))
	write(t, filepath.Join(h, ".ssh", "config"), []byte("Host et\n HostName "+host+"\n Port "+port+
		"\n User et\n IdentityFile ~/.ssh/game\n UserKnownHostsFile ~/.ssh/game_hosts\n"), 0o600)
	dir := t.TempDir()
	put(t, dir, "a", "x")
	if rep := check(t, newSource(t, Options{URL: "sftp://et" + dir})); names(rep) != "a" {
		t.Errorf("%+v", rep)
	}
}
