package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
)

// TestReceiverAddressHidden writes an address in many ways into schedules that are
// wrong right there: no fault may show its secret.
func TestReceiverAddressHidden(t *testing.T) {
	const secret = "S3cr3tToken"
	judge := config.Judge{
		Address:  func(string) error { return errors.New("not good") },
		Template: func(string, string) error { return errors.New("not good either") },
	}
	env := func(name string) (string, bool) {
		return "https://discord.com/api/webhooks/1/" + secret, name == "HOOK"
	}
	for _, receiver := range []string{
		"    url: https://discord.com/api/webhooks/1/" + secret,
		"    url: 'https://discord.com/api/webhooks/1/" + secret + "'",
		"    url: discord.com/api/webhooks/1/" + secret,
		"    url: telegram://1:" + secret + "@telegram?chats=1",
		"    url: ${HOOK}",
		"    url: ${HOOK}x",
		"    ulr: https://example.org/" + secret,
		"    url: [https://example.org/" + secret + "]",
		"    url: >-\n      https://example.org/\n      " + secret,
		"    {url: \"https://example.org/" + secret + "\", events: [nothing]}",
		"    url: https://example.org/" + secret + "\n    templates: {round: x}",
		"    - https://example.org/" + secret,
		"    https://example.org/" + secret,
		"    ${HOOK}",
	} {
		for _, key := range []string{"notify", "notfy"} {
			text := "sources:\n  game: {url: stats}\n" + key + ":\n  discord:\n" + receiver + "\ndefault: {interval: 5m}\n"
			_, err := config.Parse("schedule.yaml", []byte(text), env, judge)
			if err == nil {
				t.Errorf("%s is taken", text)
			} else if strings.Contains(err.Error(), secret) {
				t.Errorf("the secret shows:\n%s", err)
			}
		}
	}
}

func TestReceivers(t *testing.T) {
	text := "sources:\n  game: {url: stats}\nnotify:\n  a: {url: https://example.org/x}\n  b: {url: https://example.org/y, events: error, quiet_after: 5, templates: {error: 'oh: {{.Text}}'}}\ndefault: {interval: 5m}\n"
	c, err := config.Parse("schedule.yaml", []byte(text), noVariables)
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Notify[0], c.Notify[1]
	if a.Name != "a" || len(a.Events) != len(config.Events) || a.QuietAfter != 3 || len(a.Templates) != 0 {
		t.Errorf("the first is %+v", a)
	}
	if b.Name != "b" || len(b.Events) != 1 || b.Events[0] != "error" || b.QuietAfter != 5 || b.Templates["error"] != "oh: {{.Text}}" {
		t.Errorf("the second is %+v", b)
	}
}
