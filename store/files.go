package store

import (
	"context"
	"time"
)

// FileQuery selects rows of the ledger. Its zero value is the latest version of
// every path.
type FileQuery struct {
	Source string // empty: all
	Status Status // empty: all
	Path   string // empty: all
	// All asks for older versions too. A file that was only seen is the latest of its
	// path until it is fetched.
	All   bool
	Limit int // 0: none
}

// Files returns the files that q selects, the most recently handled first.
func (s *Store) Files(ctx context.Context, q FileQuery) ([]File, error) { panic("to write") }

// Counts returns how many paths of each source have which status, by their latest
// version.
func (s *Store) Counts(ctx context.Context) (map[string]map[Status]int, error) { panic("to write") }

// Arrival is when a file appeared at its source.
type Arrival struct {
	Path     string
	Modified time.Time // UTC, as the source tells
}

// Arrivals returns every content of source that was ever fetched, by time.
func (s *Store) Arrivals(ctx context.Context, source string) ([]Arrival, error) { panic("to write") }
