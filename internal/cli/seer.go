package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// seer keeps a source's forecast while smartsync runs: learned from the ledger at
// its first check, and from what each later check finds. One check at a time uses
// it.
type seer struct {
	source  config.Source
	store   *store.Store
	learner *learner // nil: the ledger was not read yet
	failed  bool     // the last reading failed, and it was said
}

// seersOf returns the seers of the sources whose rules need a forecast. One that
// reads the same names in the same zone is kept.
func (d *daemon) seersOf(c *config.Config) map[string]*seer {
	out := map[string]*seer{}
	for _, s := range c.Sources {
		if !s.Schedule.Foresees() {
			continue
		}
		if old := d.seers[s.Name]; old != nil && old.source.Zone.String() == s.Zone.String() {
			out[s.Name] = old
		} else {
			out[s.Name] = &seer{source: s, store: d.store}
		}
	}
	d.seers = out
	return out
}

// foresee learns what a check found, and returns what is known from now on; nil
// while that is too little.
func (s *seer) foresee(ctx context.Context, found []rules.FoundFile) (forecast rules.Forecaster, note engine.Note) {
	now := time.Now()
	if s.learner != nil {
		return s.learner.Learn(mapOf(found, func(f rules.FoundFile) engine.Arrival {
			return arrivalOf(f.Name, f.Modified, s.source.Zone)
		}), now), note
	}
	arrivals, err := storedArrivals(ctx, s.store, s.source)
	if err != nil {
		if !s.failed {
			note = engine.Note{Level: slog.LevelWarn, Text: fmt.Sprintf("⚠️ No forecast, the rules speak: %v", err)}
		}
		s.failed = true
		return nil, note
	}
	s.failed, s.learner = false, &learner{zone: s.source.Zone}
	return s.learner.Learn(arrivals, now), note
}
