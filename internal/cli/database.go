package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
)

// openStore takes the schedule's database for this process; release gives it back.
// When ctx ends meanwhile that is the error.
func (a *app) openStore(ctx context.Context, c *config.Config) (st *store.Store, release func(), err error) {
	unlock, err := lock(ctx, c.Store)
	if held, ok := errors.AsType[*store.HeldError](err); ok {
		held.Since = held.Since.In(c.Zone)
	}
	if err != nil {
		return nil, nil, interrupted(ctx, err)
	}
	st, err = store.Open(ctx, c.Store)
	if err != nil {
		return nil, nil, errors.Join(interrupted(ctx, err), unlock())
	}
	return st, func() {
		_ = st.Close() // everything is committed
		_ = unlock()
	}, nil
}

// lockPatience is how long a database that another holds is asked for again: the
// other may be a status that only asks who holds it.
const lockPatience = 300 * time.Millisecond

func lock(ctx context.Context, path string) (release func() error, err error) {
	limit := time.After(lockPatience)
	for {
		release, err = store.Lock(path)
		if _, held := errors.AsType[*store.HeldError](err); !held {
			return release, err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
}

// readStore opens the database to read it; that there is none yet has a hint.
func (a *app) readStore(ctx context.Context, c *config.Config) (*store.Store, error) {
	st, err := store.OpenExisting(ctx, c.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{exitFailed, "smartsync run or smartsync sync makes it", fmt.Errorf("there is no database %s yet", shownPath(c, c.Store))}
	}
	return st, err
}

// ledger opens the database to read it, or where there is none an empty one in a
// temporary folder: what only looks makes none.
func (a *app) ledger(ctx context.Context, c *config.Config) (st *store.Store, release func(), err error) {
	st, err = store.OpenExisting(ctx, c.Store)
	if err == nil {
		return st, func() { _ = st.Close() }, nil // it was only read
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, interrupted(ctx, err)
	}
	folder, err := os.MkdirTemp("", "smartsync-")
	if err != nil {
		return nil, nil, &failure{exitFailed, "TMPDIR names another place for temporary files", fmt.Errorf("make a temporary folder: %w", err)}
	}
	st, err = store.Open(ctx, filepath.Join(folder, "empty.db"))
	if err != nil {
		return nil, nil, errors.Join(interrupted(ctx, err), os.RemoveAll(folder))
	}
	return st, func() {
		_ = st.Close()
		_ = os.RemoveAll(folder) // the system's own tidying gets what is left
	}, nil
}
