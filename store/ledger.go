package store

import (
	"context"
	"iter"
	"time"
)

// Entry is what the ledger says of a known file.
type Entry struct {
	Status    Status
	Version   int       // 0 when the file was only seen
	FirstSeen time.Time // UTC
}

// Ledger is what is known of one source's files at one moment: a snapshot for
// planning a check. The zero Ledger knows nothing.
type Ledger struct{}

// Ledger reads what is known of source's files. A source that was never heard of
// has an empty one.
func (s *Store) Ledger(ctx context.Context, source string) (Ledger, error) { panic("to write") }

// Len is the number of paths.
func (l Ledger) Len() int { panic("to write") }

// Known returns the entry of exactly this key: path, size and time.
func (l Ledger) Known(k Key) (Entry, bool) { panic("to write") }

// Latest returns the newest key of a path; a file that was only seen counts.
func (l Ledger) Latest(path string) (Key, Entry, bool) { panic("to write") }

// Twin returns a known path that differs from path in letter case alone: on
// many file systems both are the same file.
func (l Ledger) Twin(path string) (string, bool) { panic("to write") }

// Paths yields every known path, in no particular order.
func (l Ledger) Paths() iter.Seq[string] { panic("to write") }
