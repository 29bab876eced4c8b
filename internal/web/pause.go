package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// pauseAnswer is a time in which a source is left alone. Instants are in its zone.
type pauseAnswer struct{ report.Pause }

func pauseOf(p store.Pause, zone *time.Location) *pauseAnswer {
	return &pauseAnswer{report.PauseOf(p, zone)}
}

// End says when the pause ends, as in "paused until …".
func (p *pauseAnswer) End() string {
	if p.Until == nil {
		return "it is resumed"
	}
	return p.Until.Format("Mon 2 Jan 2006 15:04 MST")
}

// holds tells whether t lies in the pause: [Since, Until). A nil one holds nothing.
func (p *pauseAnswer) holds(t time.Time) bool {
	return p != nil && !t.Before(p.Since) && (p.Until == nil || t.Before(*p.Until))
}

// pausedAt returns the pause of a source that holds t, or nil.
func (s *Server) pausedAt(ctx context.Context, source Source, t time.Time) (*pauseAnswer, error) {
	pause, err := s.o.Store.Pause(ctx, source.Name)
	if p := pauseOf(pause, source.Schedule.Zone()); err == nil && pause.At(t) && p.holds(t) {
		return p, nil
	}
	return nil, err
}

// pausedIn returns the last pause of a source when a part of it lies in [from, to),
// else nil.
func (s *Server) pausedIn(ctx context.Context, source Source, from, to time.Time) (*pauseAnswer, error) {
	pause, err := s.o.Store.Pause(ctx, source.Name)
	if err != nil || !pause.Since.Before(to) || !pause.At(from) || pause.Until.Equal(pause.Since) {
		return nil, err
	}
	return pauseOf(pause, source.Schedule.Zone()), nil
}

// rests names the sources that are paused now, and until when: what an open page
// must follow and no check tells of.
func (s *Server) rests(ctx context.Context) (string, error) {
	pauses, err := s.o.Store.Pauses(ctx)
	var b strings.Builder
	for _, source := range s.o.Plan.Sources() {
		if p := pauses[source.Name]; p.At(s.now()) {
			fmt.Fprintln(&b, source.Name, p.Until.UnixMilli())
		}
	}
	return b.String(), err
}
