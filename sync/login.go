package sync

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// login offers what we have to a server, in order: the given key, those of
// ~/.ssh/config, the agent's, the usual ones of ~/.ssh, and the password.
type login struct {
	password string
	signers  []ssh.Signer
	names    []string // of the signers
	agent    net.Conn // nil without one

	offered []string // methods the server takes
	tried   []string // what was tried, by name
	method  string   // what was tried last
	exposed string   // a key file that others may read; empty: none
}

// newLogin gathers the keys. A given key that cannot be used is an error; others
// are passed over.
func newLogin(ctx context.Context, o Options, t target) (*login, error) {
	l := &login{password: o.Password}
	agentKeys := l.askAgent(ctx, o)
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, fmt.Errorf("find the home folder: %w", err)
	}
	if o.Key != "" {
		err := l.addKey(absolute(o.Key, o.Dir, home), o.Passphrase, agentKeys)
		if err != nil {
			l.close()
			return nil, err
		}
	}
	if o.OnlyKey {
		return l, nil
	}
	for _, file := range t.identities {
		_ = l.addKey(file, o.Passphrase, nil)
	}
	for _, key := range agentKeys {
		l.add(key, "agent")
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		_ = l.addKey(filepath.Join(home, ".ssh", name), o.Passphrase, nil)
	}
	return l, nil
}

// askAgent returns the keys of the ssh agent; none when there is no agent.
func (l *login) askAgent(ctx context.Context, o Options) []ssh.Signer {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" || o.OnlyKey {
		return nil
	}
	dialer := net.Dialer{Timeout: o.Timeout}
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	keys, err := agent.NewClient(conn).Signers()
	if err != nil {
		conn.Close()
		return nil
	}
	l.agent = conn
	return keys
}

// addKey offers the key in file. held are the agent's keys: one that is encrypted
// there and unlocked here is used through the agent.
func (l *login) addKey(file, passphrase string, held []ssh.Signer) error {
	fail := func(err error, hint string) error {
		return &Error{Kind: Refused, Op: fmt.Sprintf("read the key %q", file), Err: err, Hint: hint}
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fail(plainFS(err), fmt.Sprintf("correct key: of the source, or make one: ssh-keygen -t ed25519 -f %q", file))
	}
	if err != nil {
		return fail(plainFS(err), "")
	}
	if l.exposed == "" && readByOthers(file) {
		l.exposed = file
	}
	signer, err := ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	if errors.As(err, &locked) && passphrase != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(data, []byte(passphrase))
		if errors.Is(err, x509.IncorrectPasswordError) {
			return fail(errors.New("the passphrase does not open it"), "")
		}
	}
	if errors.As(err, &locked) {
		for _, key := range held {
			if locked.PublicKey != nil && string(key.PublicKey().Marshal()) == string(locked.PublicKey.Marshal()) {
				l.add(key, fmt.Sprintf("key %q of the agent", file))
				return nil
			}
		}
		return fail(errors.New("it is encrypted and no passphrase is given"), "set passphrase: for the source, or load the key into an ssh agent")
	}
	if err != nil {
		return fail(errors.New("it is no private key of a known form"), "")
	}
	l.add(signer, fmt.Sprintf("key %q", file))
	return nil
}

// readByOthers tells whether users besides the owner may read the file; false where
// the mode does not say.
func readByOthers(file string) bool {
	info, err := os.Stat(file)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o044 != 0
}

// add offers a key once.
func (l *login) add(key ssh.Signer, name string) {
	blob := string(key.PublicKey().Marshal())
	same := func(s ssh.Signer) bool { return string(s.PublicKey().Marshal()) == blob }
	if !slices.ContainsFunc(l.signers, same) {
		l.signers, l.names = append(l.signers, l.named(key, name)), append(l.names, name)
	}
}

// methods returns what to offer, in order.
func (l *login) methods() []ssh.AuthMethod {
	var all []ssh.AuthMethod
	if len(l.signers) > 0 {
		all = append(all, ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
			l.tried = append(l.tried, l.names...)
			return l.signers, nil
		}))
	}
	if l.password != "" {
		all = append(all, ssh.PasswordCallback(func() (string, error) {
			l.try("password")
			return l.password, nil
		}), ssh.KeyboardInteractive(l.answer()))
	}
	return all
}

// watch is the ssh.ClientConfig.AuthCallback: it only notes what the server takes.
func (l *login) watch(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	for _, method := range c.AllowedMethods {
		if !slices.Contains(l.offered, method) {
			l.offered = append(l.offered, method)
		}
	}
	return nil, nil
}

// answer gives the password to the one hidden question of a server, once: asked
// again, the password was wrong.
func (l *login) answer() ssh.KeyboardInteractiveChallenge {
	given := false
	return func(_, _ string, questions []string, echos []bool) ([]string, error) {
		if len(questions) == 0 {
			return nil, nil
		}
		if given || len(questions) != 1 || echos[0] {
			return nil, errors.New("the server asks for more than a password")
		}
		given = true
		l.try("password (asked for)")
		return []string{l.password}, nil
	}
}

func (l *login) try(name string) {
	l.method = name
	l.tried = append(l.tried, name)
}

// refused says what was tried and what the server would take.
func (l *login) refused() *Error {
	tried, offered := "nothing, for there is no key and no password", "nothing that it told of"
	if len(l.tried) > 0 {
		tried = strings.Join(l.tried, ", ")
	}
	if len(l.offered) > 0 {
		offered = printable(strings.Join(slices.Sorted(slices.Values(l.offered)), ", "))
	}
	return &Error{
		Kind: Refused,
		Err:  fmt.Errorf("the server refuses the login; tried: %s; it takes: %s", tried, offered),
		Hint: "check user, key: and password: of the source, and that the server knows the key",
	}
}

func (l *login) close() {
	if l.agent != nil {
		l.agent.Close()
	}
}

// named returns key so that it notes its use: a server asks for a signature only
// from a key that it knows.
func (l *login) named(key ssh.Signer, name string) ssh.Signer {
	n := namedKey{Signer: key, name: name, login: l}
	if multi, ok := key.(ssh.MultiAlgorithmSigner); ok {
		return multiKey{algorithmKey{n, multi}, multi}
	}
	if algorithm, ok := key.(ssh.AlgorithmSigner); ok {
		return algorithmKey{n, algorithm}
	}
	return n
}

type namedKey struct {
	ssh.Signer
	name  string
	login *login
}

func (k namedKey) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	k.login.method = k.name
	return k.Signer.Sign(rand, data)
}

type algorithmKey struct {
	namedKey
	signer ssh.AlgorithmSigner
}

func (k algorithmKey) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	k.login.method = k.name
	return k.signer.SignWithAlgorithm(rand, data, algorithm)
}

type multiKey struct {
	algorithmKey
	multi ssh.MultiAlgorithmSigner
}

func (k multiKey) Algorithms() []string { return k.multi.Algorithms() }
