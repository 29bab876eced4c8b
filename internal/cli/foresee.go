package cli

import (
	"context"
	"strings"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/forecast"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// foreteller gives the rules a forecast model.
type foreteller struct{ *forecast.Model }

var _ rules.Forecaster = foreteller{}

// Wait returns the wait that the budget comes to.
func (f foreteller) Wait(now time.Time, budget rules.Budget, least, most time.Duration) time.Duration {
	worth := budget.Worth
	if worth == 0 {
		worth = f.Worth(budget.PerDay, least, most)
	}
	return f.Next(now, worth, least, most)
}

// learner learns a source's arrivals as they are found.
type learner struct {
	zone  *time.Location
	model *forecast.Model
}

var _ engine.Learner = (*learner)(nil)

// Learn takes what was found; nil while too little is known.
func (l *learner) Learn(found []engine.Arrival, at time.Time) rules.Forecaster {
	more := mapOf(found, func(a engine.Arrival) forecast.Arrival { return forecast.Arrival{At: a.At, Name: a.Name} })
	if l.model == nil {
		l.model = forecast.Learn(more, at, forecast.Options{Zone: l.zone})
	} else {
		l.model = l.model.With(more, at)
	}
	if !l.model.Ready() {
		return nil
	}
	return foreteller{l.model}
}

// plot is what to replay for a source; it learns where its rules foresee.
func plot(s config.Source, arrivals []engine.Arrival) engine.Plot {
	p := engine.Plot{Schedule: s.Schedule, Source: s.Name, Arrivals: arrivals}
	if s.Schedule.Foresees() {
		p.Learner = &learner{zone: s.Zone}
	}
	return p
}

// storedArrivals are the arrivals in a source's ledger, sorted: the stamp in the
// file's name where there is one, else the time that the source told.
func storedArrivals(ctx context.Context, st *store.Store, s config.Source) ([]engine.Arrival, error) {
	files, err := st.Arrivals(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	return engine.SortArrivals(mapOf(files, func(f store.Arrival) engine.Arrival {
		return arrivalOf(f.Path, f.Modified, s.Zone)
	})), nil
}

// arrivalOf is the arrival of a file.
func arrivalOf(name string, modified time.Time, zone *time.Location) engine.Arrival {
	if at, ok := engine.StampOf(name[strings.LastIndexByte(name, '/')+1:], zone); ok {
		return engine.Arrival{At: at, Name: name}
	}
	return engine.Arrival{At: modified, Name: name}
}

// forecastOf is what the ledger foretells of a source at a moment; nil where no
// rule asks, or too little is known. st may be nil.
func (a *app) forecastOf(ctx context.Context, s config.Source, st *store.Store, at time.Time) (rules.Forecaster, error) {
	if st == nil || !s.Schedule.Foresees() {
		return nil, nil
	}
	arrivals, err := storedArrivals(ctx, st, s)
	if err != nil {
		return nil, err
	}
	return (&learner{zone: s.Zone}).Learn(arrivals, at), nil
}
