package store

import "context"

// RecordCheck adds a check and returns its id. Checks older than 400 days are
// dropped along the way, a few at a time.
func (s *Store) RecordCheck(ctx context.Context, c Check) (int64, error) { panic("to write") }

// Checks returns the checks of source, of all sources when it is empty, newest
// first and at most limit; 0 is no limit.
func (s *Store) Checks(ctx context.Context, source string, limit int) ([]Check, error) {
	panic("to write")
}
