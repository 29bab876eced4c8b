package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
)

// TestStatusTellsOfTrouble: of the receiver that gets nothing, and of it alone; and
// nothing of where it is.
func TestStatusTellsOfTrouble(t *testing.T) {
	folder := t.TempDir()
	schedule := filepath.Join(folder, "schedule.yaml")
	text := `sources:
  drop: {url: drop, import: none}
notify:
  discord: {url: "https://discord.com/api/webhooks/1/S3cr3t", events: [error]}
  fine: {url: "https://discord.com/api/webhooks/2/S3cr3t", events: [error]}
  new: {url: "https://discord.com/api/webhooks/3/S3cr3t"}
windows:
  - {name: all day, rules: [{interval: 1h}]}
`
	if err := os.WriteFile(schedule, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(schedule)
	if err != nil {
		t.Fatal(err)
	}
	var stdout bytes.Buffer
	a := &app{stdout: &stdout, stderr: &bytes.Buffer{}, schedule: schedule}
	fill := func(ctx context.Context) error {
		st, release, err := a.openStore(ctx, c)
		if err != nil {
			return err
		}
		defer release()
		for _, event := range []string{store.EventError, store.EventSchedule, store.EventError} {
			if err := st.PutNotice(ctx, store.Notice{At: time.Now(), Event: event, Source: "drop"}, ""); err != nil {
				return err
			}
		}
		if err := st.SaveReader(ctx, store.Reader{Name: "fine", Last: 3}, "", "", time.Now()); err != nil {
			return err
		}
		return st.SaveReader(ctx, store.Reader{Name: "discord", Missed: 4, Trouble: "no answer from\x1b[2Jdiscord.com"}, "", "", time.Now().Add(-3*time.Hour))
	}
	if err := fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.status(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`(?m)^messages to discord do not arrive since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(3\.0 h ago\), 2 waiting: no answer from \[2Jdiscord\.com; smartsync notify test discord tries it$`)
	if text := stdout.String(); !want.MatchString(text) || strings.Count(text, "messages to") != 1 {
		t.Errorf("status says\n%s", text)
	}
	table := stdout.String()
	stdout.Reset()
	a.output = "json"
	if err := a.status(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out statusOutput
	if err := json.Unmarshal(stdout.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	r := out.Receivers
	if len(r) != 3 || r[0].Waiting != 2 || r[0].Missed != 4 || r[0].Since == nil || r[1].Trouble != "" || r[1].Waiting != 0 || r[1].Since != nil || r[2] != (receiverOutput{Receiver: "new"}) {
		t.Errorf("receivers %+v", r)
	}
	if strings.Contains(table+stdout.String(), "S3cr3t") || strings.Contains(table+stdout.String(), "webhooks") {
		t.Error("status tells where messages go")
	}

	// While the schedule is faulty nobody knows who is to be told: those that were are.
	st, release, err := a.openStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer release() // held: the daemon runs
	if err := st.SetDaemon(t.Context(), store.Daemon{PID: os.Getpid(), Started: time.Now(), Schedule: c.Path, Loaded: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(schedule, []byte(text+"nonsense: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout.Reset()
	a.output = "table"
	if err := a.status(t.Context()); err != nil || !strings.Contains(stdout.String(), "messages to discord do not arrive since") {
		t.Errorf("of a faulty schedule: %v\n%s", err, &stdout)
	}
}
