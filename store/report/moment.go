package report

import (
	"time"

	"github.com/smartsync/smartsync/store"
)

// Moment is t in zone, or nil for the zero time.
func Moment(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

// Pause is a time in which a source is left alone.
type Pause struct {
	Since time.Time  `json:"since"`
	Until *time.Time `json:"until"` // null: until it is resumed
}

// PauseOf is a pause, its instants in zone.
func PauseOf(p store.Pause, zone *time.Location) Pause {
	return Pause{p.Since.In(zone), Moment(p.Until, zone)}
}
