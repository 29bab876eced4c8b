package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
)

const longToken = "correct-horse-battery"

func TestWeb(t *testing.T) {
	for text, want := range map[string]config.Web{
		"":                                {},
		"web: {}\n":                       {Listen: "127.0.0.1:8080"},
		"web: {listen: \"[::1]:80\"}\n":   {Listen: "[::1]:80"},
		"web: {listen: localhost:9000}\n": {Listen: "localhost:9000"},
		"web: {listen: \":80\", token: \"" + longToken + "\", hosts: [Stats.example.org, 10.0.0.7]}\n": {
			Listen: ":80", Token: longToken, Hosts: []string{"stats.example.org", "10.0.0.7"}},
	} {
		got := parse(t, minimal+text, noVariables).Web
		if got.Listen != want.Listen || got.Token != want.Token || !slices.Equal(got.Hosts, want.Hosts) {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

func TestWebRefused(t *testing.T) {
	for text, want := range map[string]string{
		"web: {listen: 8080}":                 `"8080" is nothing to listen on: write an IP address or localhost, and a port, such as 127.0.0.1:8080`,
		"web: {listen: \"127.0.0.1:70000\"}":  `"127.0.0.1:70000" is nothing to listen on`,
		"web: {listen: \"example.org:80\"}":   `"example.org:80" is nothing to listen on`,
		"web: {listen: \"0.0.0.0:80\"}":       `"0.0.0.0:80" is open to other machines, and that wants a token`,
		"web: {listen: \":80\"}":              `":80" is open to other machines`,
		"web: {listen: \"[::]:80\"}":          `"[::]:80" is open to other machines`,
		"web: {listen: \"192.168.1.5:80\"}":   `"192.168.1.5:80" is open to other machines`,
		"web: {token: short}":                 "the token is too short: at least 16 characters",
		"web: {token: \"\"}":                  "the token is too short: at least 16 characters",
		"web: {hosts: [\"https://a.test/\"]}": `"https://a.test/" is no host: write its name alone`,
		"web: {hosts: [\"a.test:80\"]}":       `"a.test:80" is no host`,
		"web: {port: 80}":                     `unknown key "port"`,
	} {
		_, err := config.Parse("schedule.yaml", []byte(minimal+text+"\n"), noVariables)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "schedule.yaml:3:") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// A token shows in no fault, wherever the slip is.
func TestWebTokenHidden(t *testing.T) {
	env := func(string) (string, bool) { return longToken, true }
	for _, text := range []string{
		"web: {token: " + longToken + ", port: 80}", "web: {token: ${TOKEN}, port: 80}",
		"web: {listen: ${TOKEN}}", "web: {hosts: [\"${TOKEN}/\"]}", "web: {tokens: " + longToken + "}",
	} {
		_, err := config.Parse("schedule.yaml", []byte(minimal+text+"\n"), env)
		if err == nil || strings.Contains(err.Error(), longToken) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
