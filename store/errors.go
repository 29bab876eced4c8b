package store

import (
	"fmt"
	"time"
)

// RefusedError is why a file is not opened as a database. It is left untouched.
type RefusedError struct {
	Path   string
	Reason string
	Hint   string // what to do next

	cause error // what the database said; may be nil
}

func (e *RefusedError) Error() string { return fmt.Sprintf("open store %q: %s", e.Path, e.Reason) }

// Unwrap returns what the database said; nil when it was not asked.
func (e *RefusedError) Unwrap() error { return e.cause }

// HeldError is returned by Lock when another process has the database.
type HeldError struct {
	Path  string    // of the database
	PID   int       // 0: unknown
	Since time.Time // zero: unknown
}

func (e *HeldError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("store %q is in use by another smartsync", e.Path)
	}
	return fmt.Sprintf("store %q is in use by smartsync with pid %d since %s", e.Path, e.PID, e.Since.Format(time.RFC3339))
}
