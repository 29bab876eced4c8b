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

// A second process pauses a source in a real database, and resumes it.
func TestPauseInTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smartsync.db")
	st, err := store.Open(t.Context(), path)
	must(t, err)
	defer st.Close()
	pauser, err := store.OpenPauser(t.Context(), path)
	must(t, err)
	defer pauser.Close()
	_, err = pauser.Set(t.Context(), time.Now(), map[string]time.Time{"game": {}})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	rested, checked := make(chan time.Duration, 9), make(chan error, 9)
	plan := Plan{
		Sources: []Source{{Name: "game", Schedule: compile(t, "1h")}},
		Checker: teller{checked},
		Rest:    func(_ string, wait time.Duration) { rested <- wait },
	}
	engine, ended := New(st, slog.New(slog.DiscardHandler)), make(chan error, 1)
	go func() { ended <- engine.Run(ctx, plan, nil) }()
	wantRest := func(want time.Duration) {
		t.Helper()
		select {
		case wait := <-rested:
			if wait != want {
				t.Errorf("rests for %s, want %s", wait, want)
			}
		case <-time.After(patience):
			t.Fatal("it never rests")
		}
	}
	wantRest(longRest)
	must(t, engine.Poke(ctx, "game"))
	wantRest(longRest)
	if len(checked) != 0 {
		t.Error("checked in spite of the pause")
	}
	_, err = pauser.Resume(t.Context(), time.Now(), []string{"game"})
	must(t, err)
	must(t, engine.Poke(ctx, "game")) // nobody waits a minute here
	wantRest(time.Hour)
	if len(checked) != 1 {
		t.Errorf("%d checks after the pause", len(checked))
	}
	cancel()
	must(t, <-ended)
}
