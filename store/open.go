package store

import "context"

// Store is an open database. It is safe for concurrent use.
type Store struct{}

// Open opens the database at path for writing; it makes the folder and the
// database when there is none, and brings an older one up to date. The caller
// holds Lock. A file that is no database of smartsync's, or one of a newer smartsync, or
// a damaged one, is a *RefusedError and left as it is.
func Open(ctx context.Context, path string) (*Store, error) { panic("to write") }

// OpenExisting opens the database at path for reading: it changes nothing in it.
// The error wraps fs.ErrNotExist when there is none.
func OpenExisting(ctx context.Context, path string) (*Store, error) { panic("to write") }

// Close closes the database.
func (s *Store) Close() error { panic("to write") }

// Path is where the database is.
func (s *Store) Path() string { panic("to write") }

// Backup writes a copy of the database, as it is at one moment, to the new file to.
func (s *Store) Backup(ctx context.Context, to string) error { panic("to write") }
