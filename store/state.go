package store

import (
	"context"
	"time"
)

// SaveState replaces what is remembered of st.Source.
func (s *Store) SaveState(ctx context.Context, st SourceState) error { panic("to write") }

// States returns what is remembered of every source, by its name.
func (s *Store) States(ctx context.Context) (map[string]SourceState, error) { panic("to write") }

// Daemon is the process that checks, while it runs.
type Daemon struct {
	PID          int
	Started      time.Time
	Schedule     string    // path of the schedule file in force
	Loaded       time.Time // when that was read
	ReloadError  string    // of the newest edit, when it was refused; else empty
	ReloadFailed time.Time // when it was refused; zero: it was not
}

// SetDaemon replaces what is known of the daemon.
func (s *Store) SetDaemon(ctx context.Context, d Daemon) error { panic("to write") }

// Daemon returns the daemon last set; false when none was, or it was cleared. A
// killed daemon does not clear itself: see Lock for whether it lives.
func (s *Store) Daemon(ctx context.Context) (Daemon, bool, error) { panic("to write") }

// ClearDaemon forgets the daemon.
func (s *Store) ClearDaemon(ctx context.Context) error { panic("to write") }
