package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"maps"
	"strings"
	"sync"
	"time"
)

// Entry is what the ledger says of a known file.
type Entry struct {
	Status    Status
	Version   int       // 0 when the file was only seen
	FirstSeen time.Time // UTC
	Adopted   Adopted
}

// Ledger is what is known of one source's files at one moment: a snapshot for
// planning a check. The zero Ledger knows nothing.
type Ledger struct {
	rows  []row
	heads map[string]int32         // path: its newest row
	twins func() map[string]string // folded path: a path
}

// row is one row of files, small: there may be a hundred thousand.
type row struct {
	size, modified, seen int64
	version, older       int32 // older is an index into rows; -1: none
	status               Status
	adopted              Adopted
}

// Ledger reads what is known of source's files. A source that was never heard of
// has an empty one.
func (s *Store) Ledger(ctx context.Context, source string) (Ledger, error) {
	l := Ledger{heads: map[string]int32{}}
	interned := map[string]Status{}
	var path, status sql.RawBytes
	err := scanAll(s.reads.QueryContext(ctx, `SELECT path, size, modified, version, status, first_seen_at, adopted FROM files
		WHERE source_id = (SELECT id FROM sources WHERE name = ?)`, source))(
		func(rows *sql.Rows) error {
			var r row
			if err := rows.Scan(&path, &r.size, &r.modified, &r.version, &status, &r.seen, &r.adopted); err != nil {
				return err
			}
			known, ok := interned[string(status)]
			if !ok {
				known = Status(status)
				interned[string(known)] = known
			}
			r.status = known
			l.add(string(path), r)
			return nil
		})
	if err != nil {
		return Ledger{}, fmt.Errorf("read ledger of source %q: %w", source, err)
	}
	l.twins = sync.OnceValue(l.fold)
	return l, nil
}

// add takes a row. The newest of a path is one that was only seen, else the one
// of the greatest version.
func (l *Ledger) add(path string, r row) {
	at := int32(len(l.rows))
	head, ok := l.heads[path]
	switch {
	case !ok:
		r.older = -1
		l.heads[path] = at
	case r.version == 0 || l.rows[head].version != 0 && r.version > l.rows[head].version:
		r.older = head
		l.heads[path] = at
	default: // which of the older ones is older does not matter
		r.older = l.rows[head].older
		l.rows[head].older = at
	}
	l.rows = append(l.rows, r)
}

func (l *Ledger) fold() map[string]string {
	folded := make(map[string]string, len(l.heads))
	for path := range l.heads {
		key := strings.ToLower(path)
		if first, ok := folded[key]; !ok || path < first {
			folded[key] = path
		}
	}
	return folded
}

func (r row) entry() Entry {
	return Entry{Status: r.status, Version: int(r.version), FirstSeen: time.UnixMilli(r.seen).UTC(), Adopted: r.adopted}
}

// Len is the number of paths.
func (l Ledger) Len() int { return len(l.heads) }

// Known returns the entry of exactly this key: path, size and time. When the newest
// content of the path is adopted, what is known of its key is enough.
func (l Ledger) Known(k Key) (Entry, bool) {
	at, ok := l.heads[k.Path]
	if !ok {
		return Entry{}, false
	}
	for ; at >= 0; at = l.rows[at].older {
		if r := l.rows[at]; r.size == k.Size && r.modified == k.Modified && r.adopted != ByName {
			return r.entry(), true
		}
	}
	r, ok := l.handled(k.Path)
	if ok && (r.adopted == ByName || r.adopted == BySize && r.size == k.Size) {
		return r.entry(), true
	}
	return Entry{}, false
}

// Handled returns the entry of the newest content of a path; a file that was only
// seen has none.
func (l Ledger) Handled(path string) (Entry, bool) {
	r, ok := l.handled(path)
	if !ok {
		return Entry{}, false
	}
	return r.entry(), true
}

func (l Ledger) handled(path string) (newest row, ok bool) {
	at, known := l.heads[path]
	if !known {
		return row{}, false
	}
	for ; at >= 0; at = l.rows[at].older {
		if r := l.rows[at]; r.version > newest.version {
			newest, ok = r, true
		}
	}
	return newest, ok
}

// Latest returns the newest key of a path; a file that was only seen counts.
func (l Ledger) Latest(path string) (Key, Entry, bool) {
	at, ok := l.heads[path]
	if !ok {
		return Key{}, Entry{}, false
	}
	r := l.rows[at]
	return Key{Path: path, Size: r.size, Modified: r.modified}, r.entry(), true
}

// Twin returns a known path that differs from path in letter case alone: on many
// file systems both are the same file. Of several known it is the first in byte
// order, which itself has no twin.
func (l Ledger) Twin(path string) (string, bool) {
	if l.twins == nil {
		return "", false
	}
	twin, ok := l.twins()[strings.ToLower(path)]
	return twin, ok && twin != path
}

// Paths yields every known path, in no particular order.
func (l Ledger) Paths() iter.Seq[string] { return maps.Keys(l.heads) }
