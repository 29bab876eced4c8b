package store

import (
	"context"
	"fmt"
	"time"
)

// Observe records files that were listed and left for a later check, with the
// status Seen. A key that is known already keeps its row and its FirstSeen; a path
// that was only seen before, with another size or time, gets the new key instead.
func (s *Store) Observe(ctx context.Context, source string, keys []Key, at time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	err := s.write(ctx, func(t *tx) error {
		id, err := t.source(source)
		if err != nil {
			return err
		}
		next, err := t.nextID("files")
		for _, key := range keys {
			if err != nil {
				return err
			}
			// A row of version 0 that is there gets the new key and FirstSeen.
			err = t.exec(`INSERT INTO files (id, source_id, path, version, size, modified, status, first_seen_at, handled_at)
				SELECT ?1, ?2, ?3, 0, ?4, ?5, 'seen', ?6, ?6
				WHERE NOT EXISTS (SELECT 1 FROM files WHERE source_id = ?2 AND path = ?3 AND size = ?4 AND modified = ?5)
				ON CONFLICT (source_id, path, version) DO UPDATE SET size = excluded.size, modified = excluded.modified,
					first_seen_at = excluded.first_seen_at, handled_at = excluded.handled_at`,
				next, id, key.Path, key.Size, key.Modified, at.UnixMilli())
			next++
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("record files seen at source %q: %w", source, err)
	}
	return nil
}
