package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/smartsync/smartsync/store"
)

const (
	// pauseLimit bounds how long a check waits to be told that it is none.
	pauseLimit = 5 * time.Second
	// longRest is what Rest is told of a pause that has no end.
	longRest = 365 * 24 * time.Hour
)

// leave is what a visit knows of its source's pause.
type leave struct {
	pause  store.Pause
	paused bool  // at the moment of the visit: there is no check
	err    error // it cannot be known
}

// look asks the memory whether the source is paused now. It ends with ctx, and soon
// at any rate.
func (e *Engine) look(ctx context.Context, source string) (l leave) {
	ctx, cancel := context.WithTimeout(ctx, pauseLimit)
	defer cancel()
	l.err = contain(func() (err error) {
		l.pause, err = e.memory.Pause(ctx, source)
		return err
	})
	l.paused = l.err == nil && l.pause.At(e.now())
	return l
}

// follows says what is new of a pause since the look before. It is quiet as long
// as nothing changes.
func (r reporter) follows(s *standing, now leave, at time.Time) {
	was := s.leave
	switch {
	case now.err != nil && was.err == nil:
		text := oneLine(now.err.Error())
		r.line(s, slog.LevelWarn, "⚠️ Checked, for it cannot be known whether it is paused: "+text, slog.String("error", text))
	case now.paused && (!was.paused || !now.pause.Until.Equal(was.pause.Until)):
		text, attrs := "⏸️ Paused: no checks until it is resumed", []slog.Attr(nil)
		if until := now.pause.Until; !until.IsZero() {
			until = until.In(s.source.Schedule.Zone())
			text = "⏸️ Paused until " + clock(until, until.Sub(at)) + ": no checks"
			attrs = append(attrs, slog.Time("until", until))
		}
		r.line(s, slog.LevelInfo, text, attrs...)
	case was.paused && !now.paused:
		r.line(s, slog.LevelInfo, "▶️ No longer paused")
	}
}

// rest ends a visit that was none, for the source is paused: it stands as before,
// and is looked at again when the pause may be over.
func (l *loop) rest(s *standing, until time.Time) {
	now := l.engine.now()
	left := longRest
	if !until.IsZero() {
		left = max(0, until.Sub(now))
	}
	s.wait = min(left, tillFull(now, longestNap))
	s.due = now.Add(s.wait)
	if l.plan.Rest != nil {
		l.plan.Rest(s.source.Name, left)
	}
}
