package store

import (
	"context"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
)

// Adopted says of a file that another program fetched it, and so how much of its
// Key is known. A listing that agrees with that much is of the same file.
type Adopted int

// How a file may be adopted.
const (
	NotAdopted Adopted = iota // the source told its Key
	BySize                    // its copy is here: any modification time at the source fits
	ByName                    // its copy is not: any size fits as well
)

// Handled is a file on another program's list of those that it is done with.
type Handled struct {
	Path     string
	Modified int64     // Unix seconds, a guess: when it appeared at the source
	SHA256   string    // lower-case hex; may be empty
	At       time.Time // when that program was done with it; zero: unknown
	Reason   string    // what the ledger says of it
}

// Adopt puts files into the ledger that another program is done with, known by name
// alone and with the status Ignored, in one transaction. It returns how many. A path of which
// the ledger has any content keeps what it has.
func (s *Store) Adopt(ctx context.Context, source string, files []Handled, at time.Time) (added int, err error) {
	err = s.write(ctx, func(t *tx) error {
		crash.Point("commit-begin")
		id, err := t.source(source)
		if err != nil {
			return err
		}
		next, err := t.nextID("files")
		for _, f := range files {
			if err != nil {
				return err
			}
			var one int
			known, lookup := t.get("SELECT 1 FROM files WHERE source_id = ? AND path = ? AND version > 0 LIMIT 1", []any{id, f.Path}, &one)
			if known || lookup != nil {
				err = lookup
				continue
			}
			err = t.adopt(next, id, &f, at)
			next++
			added++
		}
		crash.Point("commit-before")
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("adopt files of source %q: %w", source, err)
	}
	crash.Point("commit-after")
	return added, nil
}

// adopt writes one file's row, in place of one that says that it was only seen.
func (t *tx) adopt(id, source int64, f *Handled, now time.Time) error {
	if err := t.exec("DELETE FROM files WHERE source_id = ? AND path = ? AND version = 0", source, f.Path); err != nil {
		return err
	}
	handled := f.At
	if handled.IsZero() {
		handled = now
	}
	return t.exec(`INSERT INTO files (id, source_id, path, version, size, modified, sha256, status, reason, first_seen_at, handled_at, adopted)
		VALUES (?1, ?2, ?3, 1, 0, ?4, ?5, ?6, ?7, ?8, ?8, ?9)`,
		id, source, f.Path, f.Modified, f.SHA256, string(Ignored), f.Reason, handled.UnixMilli(), int64(ByName))
}
