package config

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/smartsync/smartsync/rules"
)

// WebSpec is the dashboard, as it is written.
type WebSpec struct {
	rules.Place `yaml:",place"`
	Listen      rules.Text   `yaml:"listen"` // address and port to listen on; 127.0.0.1:8080
	Token       rules.Text   `yaml:"token"`  // secret that everything asks for; without it pages only show, and only on this machine
	Hosts       []rules.Text `yaml:"hosts"`  // further names under which browsers reach it, as a proxy's
}

// Web is the dashboard.
type Web struct {
	Listen string   // IP address or localhost, and port; empty: there is none
	Token  string   // empty: pages only show
	Hosts  []string // lower case, without ports
}

// shortestToken bounds what can be guessed, in bytes.
const shortestToken = 16

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$`)

func (b *builder) web(spec *WebSpec) Web {
	if spec.Line == 0 {
		return Web{}
	}
	web := Web{Listen: "127.0.0.1:8080", Token: spec.Token.Value}
	at := spec.Place
	if spec.Listen.Set() {
		web.Listen, at = spec.Listen.Value, spec.Listen.Place
	}
	host, port, err := net.SplitHostPort(web.Listen)
	_, notNumber := strconv.ParseUint(port, 10, 16)
	address, notAddress := netip.ParseAddr(host)
	switch {
	case err != nil || notNumber != nil || host != "" && host != "localhost" && notAddress != nil:
		b.fail(at, "%q is nothing to listen on: write an IP address or localhost, and a port, such as 127.0.0.1:8080", web.Listen)
	case !spec.Token.Set() && host != "localhost" && !address.IsLoopback():
		b.fail(at, "%q is open to other machines, and that wants a token: ${SMARTSYNC_TOKEN}", web.Listen)
	}
	if spec.Token.Set() && len(spec.Token.Value) < shortestToken {
		b.fail(spec.Token.Place, "the token is too short: at least %d characters, as openssl rand -hex 24 makes them", shortestToken)
	}
	for _, text := range spec.Hosts {
		if _, err := netip.ParseAddr(text.Value); err != nil && !hostName.MatchString(text.Value) {
			b.fail(text.Place, "%q is no host: write its name alone, such as stats.example.org", text.Value)
		}
		web.Hosts = append(web.Hosts, strings.ToLower(text.Value))
	}
	return web
}
