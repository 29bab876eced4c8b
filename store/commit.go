package store

import (
	"context"
	"time"
)

// Observe records files that were listed and left for a later check, with the
// status Seen. A key that is known already keeps its row and its FirstSeen; a path
// that was only seen before, with another size or time, gets the new key instead.
func (s *Store) Observe(ctx context.Context, source string, keys []Key, at time.Time) error {
	panic("to write")
}

// Commit records items of source in one transaction: all of it, or nothing. It
// returns what became of each, in their order. zone is that of the stamps in stats
// files' names; nil is UTC. Committing again what is there changes nothing.
func (s *Store) Commit(ctx context.Context, source string, zone *time.Location, at time.Time, items []Item) ([]File, error) {
	panic("to write")
}
