package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Daemon is the process that checks, while it runs. Instants have milliseconds.
type Daemon struct {
	PID          int
	Started      time.Time
	Schedule     string    // path of the schedule file in force
	Loaded       time.Time // when that was read
	ReloadError  string    // of the newest edit, when it was refused; else empty
	ReloadFailed time.Time // when it was refused; zero: it was not
}

// SetDaemon replaces what is known of the daemon.
func (s *Store) SetDaemon(ctx context.Context, d Daemon) error {
	err := s.write(ctx, func(t *tx) error {
		return t.exec(`INSERT OR REPLACE INTO daemon (id, pid, started_at, schedule, loaded_at, reload_error, reload_failed_at)
			VALUES (1, ?, ?, ?, ?, ?, ?)`,
			d.PID, d.Started.UnixMilli(), d.Schedule, d.Loaded.UnixMilli(), d.ReloadError, millis(d.ReloadFailed))
	})
	if err != nil {
		return fmt.Errorf("save daemon: %w", err)
	}
	return nil
}

// Daemon returns the daemon last set; false when none was, or it was cleared. A
// killed daemon does not clear itself: Lock tells whether it lives.
func (s *Store) Daemon(ctx context.Context) (Daemon, bool, error) {
	var d Daemon
	var started, loaded, failed sql.NullInt64
	err := s.reads.QueryRowContext(ctx, "SELECT pid, started_at, schedule, loaded_at, reload_error, reload_failed_at FROM daemon").
		Scan(&d.PID, &started, &d.Schedule, &loaded, &d.ReloadError, &failed)
	if errors.Is(err, sql.ErrNoRows) {
		return Daemon{}, false, nil
	}
	if err != nil {
		return Daemon{}, false, fmt.Errorf("read daemon: %w", err)
	}
	d.Started, d.Loaded, d.ReloadFailed = instant(started), instant(loaded), instant(failed)
	return d, true, nil
}

// ClearDaemon forgets the daemon.
func (s *Store) ClearDaemon(ctx context.Context) error {
	if err := s.write(ctx, func(t *tx) error { return t.exec("DELETE FROM daemon") }); err != nil {
		return fmt.Errorf("clear daemon: %w", err)
	}
	return nil
}
