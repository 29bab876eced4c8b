package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
	"github.com/smartsync/smartsync/internal/etlegacy"
)

// batch is one Commit under way. The rows of its round 2 files wait for all its
// items, for any of them may be the round 1.
type batch struct {
	*tx
	source  int64
	zone    *time.Location
	now     time.Time
	players bulk // rows that wait to be written, many in one statement
	weapons bulk
	nextRow int64                     // of player_rounds
	firsts  map[int64]*etlegacy.Round // by round id: round 1 files that came
	seconds map[int64]*second         // by round id: round 2 files to be paired
	changed []moment                  // where a round 1 came, changed or went
	guids   map[string]bool           // players whose rounds came or went
	news    []news                    // for the outbox
}

// Commit records items of source in one transaction: all of it, or nothing. It
// returns what became of each, in their order. zone is that of the stamps in stats
// files' names; nil is UTC. Committing again what is there changes nothing.
//
// A path's new content takes the place of the old in everything but the ledger,
// where each keeps its row; content that cannot be imported replaces nothing. A known
// content under a new time is the same file, touched. Of several paths of a source
// that hold the same stats the first by name is imported, the others are
// duplicates. What is rejected, kept or ignored may be committed again with another
// outcome. What the rows say depends on the files alone, not on the order or the
// batches in which they came.
func (s *Store) Commit(ctx context.Context, source string, zone *time.Location, at time.Time, items []Item) ([]File, error) {
	for i := range items {
		if err := items[i].fault(); err != nil {
			return nil, fmt.Errorf("commit %q of source %q: %w", items[i].Key.Path, source, err)
		}
	}
	if zone == nil {
		zone = time.UTC
	}
	files := make([]File, 0, len(items))
	err := s.write(ctx, func(t *tx) error {
		crash.Point("commit-begin")
		b, err := t.batch(source, zone, at)
		if err != nil {
			return err
		}
		for i := range items {
			f, err := b.add(&items[i])
			if err != nil {
				return fmt.Errorf("commit %q: %w", items[i].Key.Path, err)
			}
			f.Source = source
			files = append(files, f)
			crash.Point("commit-rows")
		}
		if err := b.finish(); err != nil {
			return err
		}
		crash.Point("commit-before")
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("commit to source %q: %w", source, err)
	}
	crash.Point("commit-after")
	return files, nil
}

// fault is what is wrong with an item by itself.
func (it *Item) fault() error {
	switch it.Status {
	case Imported, Kept, Ignored, Rejected:
	default:
		return fmt.Errorf("an item cannot have the status %q", it.Status)
	}
	if it.Key.Path == "" {
		return errors.New("an item needs a path")
	}
	if it.stats() && (it.SHA256 == "" || len(it.Content) == 0) {
		return errors.New("a stats file needs its digest and its content")
	}
	return nil
}

// stats reports whether the item brings a round's rows.
func (it *Item) stats() bool { return it.Status == Imported && it.Round != nil }

func (t *tx) batch(source string, zone *time.Location, at time.Time) (*batch, error) {
	b := &batch{
		tx: t, zone: zone, now: at.UTC().Truncate(time.Millisecond),
		firsts: map[int64]*etlegacy.Round{}, seconds: map[int64]*second{}, guids: map[string]bool{},
	}
	b.players = bulk{tx: t, table: "player_rounds", columns: playerRoundColumns}
	b.weapons = bulk{tx: t, table: "weapon_rounds", columns: weaponRoundColumns}
	var err error
	if b.source, err = t.source(source); err != nil {
		return nil, err
	}
	b.nextRow, err = t.nextID("player_rounds")
	return b, err
}

// nextID is a free id of a table, and so are all above it.
func (t *tx) nextID(table string) (id int64, err error) {
	_, err = t.get("SELECT coalesce(max(id), 0) + 1 FROM "+table, nil, &id)
	return id, err
}

// finish brings what follows from the rounds in line with them.
func (b *batch) finish() error {
	if err := b.pairAll(); err != nil {
		return err
	}
	if err := b.flush(); err != nil {
		return err
	}
	if err := b.refreshPlayers(); err != nil {
		return err
	}
	return b.tell()
}

// flush writes the rows that wait.
func (b *batch) flush() error {
	if err := b.players.flush(); err != nil {
		return err
	}
	return b.weapons.flush()
}
