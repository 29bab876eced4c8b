// Package store remembers: the ledger of files, checks, each source's state
// and game stats, in one SQLite database that others read.
package store

import (
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// Status is what became of a file.
type Status string

// The statuses of a file in the ledger.
const (
	Seen      Status = "seen"      // listed, not fetched yet (it may still be written)
	Imported  Status = "imported"  // its rows are in the database, or its command succeeded
	Kept      Status = "kept"      // fetched; the source imports nothing
	Ignored   Status = "ignored"   // fetched and known to hold nothing to import
	Duplicate Status = "duplicate" // the same content is there under another name
	Rejected  Status = "rejected"  // cannot be imported; see Line and Reason
)

// Key is how a listed file is known: one row of the ledger each.
type Key struct {
	Path     string // relative to the source's directory
	Size     int64  // bytes
	Modified int64  // Unix seconds, as the source tells
}

// File is one row of the ledger.
type File struct {
	ID        int64 // 0: never stored
	Source    string
	Key       Key
	SHA256    string // lower-case hex; empty until fetched
	Local     string // where the file is kept, relative to the files folder, or an absolute path
	Status    Status
	Version   int       // 1, and one more for each new content under the same name
	Line      int       // of a rejection; 0 when it is the whole file
	Reason    string    // of a rejection, or which file a duplicate repeats
	Detail    string    // what an import command wrote to stderr
	FirstSeen time.Time // first listed
	Handled   time.Time // when it got its present status
	Adopted   Adopted   // how much of Key is known
}

// Item is a fetched file with what its importer made of it, to be committed.
type Item struct {
	Key    Key
	SHA256 string
	Local  string
	Status Status // Imported, Kept, Ignored or Rejected; Commit itself finds duplicates
	// Adopted is BySize of another program's copy: it is history, nothing new, and
	// changes no path of which the ledger has more than the name.
	Adopted Adopted
	Line    int
	Reason  string
	Detail  string
	// Round and its Content (the file's bytes) are set when a stats file was read.
	Round   *etlegacy.Round
	Content []byte
}

// Check is one visit to a source.
type Check struct {
	ID             int64
	Source         string
	Started, Ended time.Time
	Listed         int // names that matched
	Found          int // new files brought
	Imported       int
	Rejected       int
	Pending        int // left for the next check: still being written
	Skipped        int // names that are not allowed, or no regular files
	Bytes          int64
	Error          string // empty when the check succeeded
}

// SourceState is what the engine remembers of a source between checks.
type SourceState struct {
	Source      string
	Misses      int
	MissesTotal int
	Errors      int
	Found       int       // new files that the last check brought
	LastCheck   time.Time // zero: never
	LastFound   time.Time // zero: never
	LastError   string    // of the last check; empty when it succeeded
	// The last decision.
	Window string
	Rule   int // from 1; 0 is no rule of a window
	Line   int
	Reason string
	Next   time.Time
}
