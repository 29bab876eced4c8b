package sync

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"
)

// target is where an sftp URL leads, after ~/.ssh/config had its say.
type target struct {
	host, port string
	user       string
	dir        string   // absolute, or relative to the login's home
	identities []string // key files of ~/.ssh/config
	knownHosts []string // the first is the one that is written to
}

func (t target) address() string { return net.JoinHostPort(t.host, t.port) }

// parseURL reads an sftp URL. Its errors do not repeat the URL, which may hold
// what should not be printed.
func parseURL(text string) (target, error) {
	u, err := url.Parse(text)
	if err != nil {
		return target{}, errors.New("the url cannot be read; write it as sftp://user@host:22/path")
	}
	if _, secret := u.User.Password(); secret {
		return target{}, errors.New("the url holds a password; give it as password: instead")
	}
	t := target{host: u.Hostname(), port: u.Port(), user: u.User.Username(), dir: u.Path}
	switch {
	case u.Scheme != "sftp":
		return target{}, fmt.Errorf("unknown kind of url %q; a source is a folder or sftp://…", u.Scheme+"://")
	case t.host == "":
		return target{}, errors.New("the url names no host")
	case strings.HasPrefix(t.host, "-"):
		return target{}, fmt.Errorf("the host %q starts with a dash", t.host)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return target{}, errors.New("the url has a ? or # in it; in a path they are written %3F and %23")
	case t.dir == "" || t.dir == "/" && !strings.HasSuffix(text, "/"):
		return target{}, errors.New("the url names no path; the login's home is /~/")
	}
	if n, err := strconv.Atoi(t.port); t.port != "" && (err != nil || n < 1 || n > 65535) {
		return target{}, fmt.Errorf("the port %q is none", t.port)
	}
	if rest, home := strings.CutPrefix(t.dir+"/", "/~/"); home {
		t.dir = "./" + rest
	}
	t.dir = path.Clean(t.dir)
	return t, nil
}

// resolve fills in what the URL leaves open: from ~/.ssh/config, then from o,
// then from what everybody uses.
func (t target) resolve(o Options) (target, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return t, fmt.Errorf("find the home folder: %w", err)
	}
	if err := t.configure(filepath.Join(home, ".ssh", "config"), home); err != nil {
		return t, err
	}
	if t.port == "" {
		t.port = "22"
	}
	if t.user == "" {
		me, err := user.Current()
		if err != nil {
			return t, fmt.Errorf("find the name to log in with: %w", err)
		}
		_, name, domain := strings.Cut(me.Username, `\`)
		t.user = me.Username
		if domain {
			t.user = name
		}
	}
	if o.KnownHosts != "" {
		t.knownHosts = []string{absolute(o.KnownHosts, o.Dir, home)}
	}
	if len(t.knownHosts) == 0 {
		t.knownHosts = []string{filepath.Join(home, ".ssh", "known_hosts")}
	}
	return t, nil
}

// configure applies what the ssh client's configuration says of the host. A
// missing file says nothing.
func (t *target) configure(file, home string) error {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the ssh configuration: %w", err)
	}
	cfg, err := ssh_config.DecodeBytes(data)
	if err != nil {
		return fmt.Errorf("read %q: %w", file, err)
	}
	alias := t.host
	get := func(key string) string {
		value, _ := cfg.Get(alias, key)
		return strings.TrimSpace(value)
	}
	for _, key := range []string{"ProxyJump", "ProxyCommand"} {
		if value := get(key); value != "" && !strings.EqualFold(value, "none") {
			return fmt.Errorf("%q has %s for the host %q, which is not supported", file, key, alias)
		}
	}
	if name := get("HostName"); name != "" {
		t.host = strings.ReplaceAll(name, "%h", alias)
	}
	if t.port == "" {
		t.port = get("Port")
	}
	if t.user == "" {
		t.user = get("User")
	}
	identities, _ := cfg.GetAll(alias, "IdentityFile")
	for _, key := range identities {
		t.identities = append(t.identities, absolute(unquote(key), filepath.Dir(file), home))
	}
	for known := range strings.FieldsSeq(get("UserKnownHostsFile")) {
		t.knownHosts = append(t.knownHosts, absolute(known, filepath.Dir(file), home))
	}
	return nil
}

func unquote(s string) string { return strings.Trim(s, `"`) }

// absolute returns file with ~ and %d replaced by home, and relative to dir.
func absolute(file, dir, home string) string {
	file = strings.ReplaceAll(file, "%d", home)
	if rest, ok := strings.CutPrefix(file, "~"); ok && (rest == "" || strings.ContainsAny(rest[:1], `/\`)) {
		file = home + rest
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	return filepath.Clean(file)
}
