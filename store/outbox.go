package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// The events of the outbox.
const (
	EventRound    = "round"    // a round was imported
	EventMatch    = "match"    // both rounds of a map are there
	EventHistory  = "history"  // rounds of other days were imported
	EventSession  = "session"  // an evening is over
	EventError    = "error"    // a source fails, or is well again
	EventSchedule = "schedule" // a reload was refused, or is good again
	EventQuiet    = "quiet"    // no file on several game nights
)

// Notice is one row of the outbox: news that somebody may want to be told.
type Notice struct {
	ID      int64 // in the order in which it happened
	At      time.Time
	Event   string
	Source  string // empty: smartsync itself
	Subject string // what it is about, the same for all news of one match
	Payload Payload
}

// Payload is what a Notice says; which fields are set is a matter of its event.
type Payload struct {
	Round  int64  `json:"round,omitempty"`   // rounds.id: of a round, and of a match its second
	First  int64  `json:"first,omitempty"`   // rounds.id of a match's first
	Paired bool   `json:"paired,omitempty"`  // of a round: it is part of a match that is told as well
	Again  bool   `json:"again,omitempty"`   // it was told before, and has changed
	Count  int    `json:"count,omitempty"`   // of history: rounds
	From   int64  `json:"from,omitempty"`    // of history, session and quiet: Unix seconds
	To     int64  `json:"to,omitempty"`      // as From
	Nights int    `json:"nights,omitempty"`  // of quiet: for those who wanted to know after so many game nights; Count is how many it were
	Well   bool   `json:"well,omitempty"`    // of error and schedule: it is over
	Text   string `json:"text,omitempty"`    // of error and schedule
	ID     int64  `json:"session,omitempty"` // game_sessions.id
}

// freshFor is how old a round may be to be news: an older one is history.
const freshFor = 24 * time.Hour

// Announce sets whether commits write what they bring to the outbox. At first they
// do not, and the evening that they belong to counts as told: the mark of
// EventSession is the Unix time up to which it is. It may be called while commits go on.
func (s *Store) Announce(on bool) { s.announce.Store(on) }

// news is a round that a batch brought or changed.
type news struct {
	id, at         int64
	first          int64 // of a match: its round 1
	subject, event string
	again, paired  bool
}

// subject names a match by its first round, or a round that has no match.
func subject(mapName, stamp string) string { return mapName + "/" + stamp }

// tell writes the batch's news in the order in which they were played. What is
// older than a day is history, of which only the number is told.
func (b *batch) tell() error {
	if len(b.news) == 0 {
		return nil
	}
	slices.SortStableFunc(b.news, func(x, y news) int { return cmp.Compare(x.at, y.at) })
	var source string
	if _, err := b.get("SELECT name FROM sources WHERE id = ?", []any{b.source}, &source); err != nil {
		return err
	}
	if !b.store.announce.Load() {
		return b.hush(source)
	}
	var old Payload
	for _, n := range b.news {
		if n.at >= b.now.Add(-freshFor).Unix() {
			if err := b.put(&Notice{At: b.now, Event: n.event, Source: source, Subject: n.subject,
				Payload: Payload{Round: n.id, First: n.first, Paired: n.paired, Again: n.again}}); err != nil {
				return err
			}
			continue
		}
		if n.event != EventRound || n.again {
			continue
		}
		if old.Count++; old.From == 0 {
			old.From = n.at
		}
		old.To = n.at
	}
	if old.Count == 0 {
		return nil
	}
	return b.put(&Notice{At: b.now, Event: EventHistory, Source: source, Payload: old})
}

// hush marks the evening of which a batch's rounds are as told: what comes quietly is
// not told of when it is over either, unless more is played.
func (b *batch) hush(source string) error {
	newest := int64(0)
	for _, n := range b.news {
		if n.at <= b.now.Add(freshFor).Unix() { // a clock that is wrong must not silence the years to come
			newest = n.at
		}
	}
	if newest < b.now.Add(-freshFor).Unix() {
		return nil
	}
	return b.exec(`INSERT INTO outbox_marks (event, source, mark) VALUES (?, ?, ?)
		ON CONFLICT (event, source) DO UPDATE SET mark = excluded.mark WHERE CAST(mark AS INTEGER) < CAST(excluded.mark AS INTEGER)`,
		EventSession, source, strconv.FormatInt(newest, 10))
}

func (t *tx) put(n *Notice) error {
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return err
	}
	return t.exec("INSERT INTO outbox (created_at, event, source, subject, payload) VALUES (?, ?, ?, ?, ?)",
		n.At.UnixMilli(), n.Event, n.Source, n.Subject, string(payload))
}

// PutNotice adds n to the outbox and sets the mark of its event and source, both
// or neither. An empty mark is none.
func (s *Store) PutNotice(ctx context.Context, n Notice, mark string) error {
	err := s.write(ctx, func(t *tx) error {
		if err := t.put(&n); err != nil {
			return err
		}
		if mark == "" {
			return t.exec("DELETE FROM outbox_marks WHERE event = ? AND source = ?", n.Event, n.Source)
		}
		return t.exec("INSERT OR REPLACE INTO outbox_marks (event, source, mark) VALUES (?, ?, ?)", n.Event, n.Source, mark)
	})
	if err != nil {
		return fmt.Errorf("put news of %q into the outbox: %w", n.Event, err)
	}
	return nil
}

// Marks returns what PutNotice set for an event, by source.
func (s *Store) Marks(ctx context.Context, event string) (map[string]string, error) {
	marks := map[string]string{}
	err := scanAll(s.reads.QueryContext(ctx, "SELECT source, mark FROM outbox_marks WHERE event = ?", event))(func(rows *sql.Rows) error {
		var source, mark string
		err := rows.Scan(&source, &mark)
		marks[source] = mark
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was said of %q: %w", event, err)
	}
	return marks, nil
}

// Notices returns up to limit rows of the outbox after the one with the id after,
// oldest first, and how many there are in all.
func (s *Store) Notices(ctx context.Context, after int64, limit int) (notices []Notice, all int, err error) {
	err = s.reads.QueryRowContext(ctx, "SELECT count(*) FROM outbox WHERE id > ?", after).Scan(&all)
	if err == nil && all > 0 {
		err = scanAll(s.reads.QueryContext(ctx, "SELECT id, created_at, event, source, subject, payload FROM outbox WHERE id > ? ORDER BY id LIMIT ?", after, limit))(
			func(rows *sql.Rows) error {
				var n Notice
				var at int64
				var payload []byte
				if err := rows.Scan(&n.ID, &at, &n.Event, &n.Source, &n.Subject, &payload); err != nil {
					return err
				}
				n.At = time.UnixMilli(at).UTC()
				notices = append(notices, n)
				return json.Unmarshal(payload, &notices[len(notices)-1].Payload)
			})
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the outbox: %w", err)
	}
	return notices, all, nil
}

// heard notes a round that came, or came again.
func (b *batch) heard(id, at int64, r *etlegacy.Round, again bool) {
	b.news = append(b.news, news{id: id, at: at, event: EventRound, again: again, subject: subject(r.Name.Map, r.Name.Stamp)})
}

// matched notes that a round 2 found its round 1: the round is told with it.
func (b *batch) matched(id, at, first int64, mapName string) error {
	var stamp string
	if _, err := b.get("SELECT stamp FROM rounds WHERE id = ?", []any{first}, &stamp); err != nil {
		return err
	}
	n := news{id: id, at: at, first: first, event: EventMatch, subject: subject(mapName, stamp)}
	for i := range b.news {
		switch {
		case b.news[i].event != EventRound:
		case b.news[i].id == id:
			b.news[i].paired, n.again = true, n.again || b.news[i].again
		case b.news[i].id == first:
			n.again = n.again || b.news[i].again
		}
	}
	b.news = append(b.news, n)
	return nil
}
