package sync

import (
	"context"
	"errors"
	"io"
)

// The bounds of a listing: more is a fault of the source, not a folder.
const (
	maxEntries = 1_000_000
	maxListing = 256 << 20 // bytes on the wire
)

// entry is one name of a listing.
type entry struct {
	Name     string
	Size     int64 // bytes; negative when the source tells nonsense
	Modified int64 // Unix seconds
	Regular  bool  // a plain file, no folder, link or device
}

// place is where a source's files are. Its methods but Close may be called at the
// same time. When their context ends they return promptly, and a place on the
// network is then closed.
//
// Stat and Fetch return an error that is fs.ErrNotExist or fs.ErrPermission, or
// errNotRegular, or another that is about that file alone; an *Error means that
// the place as a whole no longer answers.
type place interface {
	// List returns the folder's entries in any order, whole or not at all.
	List(ctx context.Context) ([]entry, error)
	// Stat looks at one name again, without following a link.
	Stat(ctx context.Context, name string) (entry, error)
	// Fetch writes the file's bytes to w, at most e.Size+1 of them, so that a
	// longer file shows. It returns how many it wrote.
	Fetch(ctx context.Context, e entry, w io.Writer) (int64, error)
	Close() error
}

var (
	errNotRegular = errors.New("not a regular file")
	errChanging   = errors.New("it changed while it was fetched")
	errFlood      = errors.New("the listing does not end: more than 1,000,000 names or 256 MiB")
)
