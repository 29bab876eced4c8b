package engine

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// What a source's checks add up to survives restarts in a real database.
func TestStateSurvivesInTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smartsync.db")
	// The shipped schedule would start its count again where a window opens.
	schedule := compile(t, "1h")
	for run := 1; run <= 3; run++ {
		st, err := store.Open(t.Context(), path)
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		decided := make(chan time.Duration, 1)
		plan := Plan{
			Sources: []Source{{Name: "game", Schedule: schedule}},
			Checker: teller{make(chan error, 1)},
			Rest:    func(_ string, wait time.Duration) { decided <- wait },
		}
		ended := make(chan error, 1)
		go func() { ended <- New(st, slog.New(slog.DiscardHandler)).Run(ctx, plan, nil) }()
		select {
		case wait := <-decided:
			if wait != time.Hour {
				t.Errorf("run %d: decided to wait %s", run, wait)
			}
		case <-time.After(patience):
			t.Fatal("no decision")
		}
		cancel()
		must(t, <-ended)
		states, err := st.States(t.Context())
		must(t, err)
		got := states["game"]
		if got.MissesTotal != run || got.Rule != 1 || got.Window != "always" || got.Next.Sub(got.LastCheck).Round(time.Second) != time.Hour {
			t.Errorf("run %d: %+v", run, got)
		}
		must(t, st.Close())
	}
}
