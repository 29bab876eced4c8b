package store

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// holder is what the file beside the lock tells of who has it. It is a file of its
// own because a locked one cannot be read on every system.
type holder struct {
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// Lock takes the database at path for this process, so that no two smartsyncs
// write it. The error is a *HeldError when another has it. The lock is the
// system's and ends with the process: what a killed one leaves behind holds nobody
// up. Beside path come a file .lock and, while it is held, one .pid.
func Lock(path string) (release func() error, err error) {
	path, err = absolute(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, fmt.Errorf("lock store %q: %w", path, err)
	}
	lock, about := flock.New(path+".lock"), path+".pid"
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock store %q: %w", path, err)
	}
	if !ok {
		var h holder
		if data, err := os.ReadFile(about); err == nil && json.Unmarshal(data, &h) != nil {
			h = holder{} // being written at this moment: held, by whom is unknown
		}
		return nil, &HeldError{Path: path, PID: h.PID, Since: h.Since}
	}
	// Who holds it is a courtesy to others; a full disk must not stop a start.
	if data, err := json.Marshal(holder{PID: os.Getpid(), Since: time.Now().UTC().Truncate(time.Second)}); err == nil {
		_ = os.WriteFile(about, data, 0o666)
	}
	return func() error {
		_ = os.Remove(about) // a stale one is harmless
		if err := lock.Unlock(); err != nil {
			return fmt.Errorf("unlock store %q: %w", path, err)
		}
		return nil
	}, nil
}
