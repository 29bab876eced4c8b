package cli_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/notify"
)

// TestEvents holds the events that a schedule may name to those that are told.
func TestEvents(t *testing.T) {
	if !slices.Equal(config.Events, notify.Events) {
		t.Errorf("a schedule names %q, told are %q", config.Events, notify.Events)
	}
}

// TestNotifyPage reads every schedule of docs/notify.md, its templates included.
func TestNotifyPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/notify.md")
	if err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) {
		return "https://discord.com/api/webhooks/1/x", name == "DISCORD_WEBHOOK"
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d schedules on the page", len(blocks))
	}
	for _, block := range blocks {
		text := slices.Concat([]byte("sources: {game: {url: stats}}\ndefault: {interval: 5m}\n"), block[1])
		if _, err := config.Parse("notify.md", text, env, config.Judge{Address: notify.Check, Template: notify.CheckTemplate}); err != nil {
			t.Error(err)
		}
	}
}
