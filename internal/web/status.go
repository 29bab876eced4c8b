package web

import (
	"context"
	"time"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// The words for how a source is.
const (
	healthNew      = "new"      // never checked
	healthChecking = "checking" // a check runs
	healthPaused   = "paused"   // it is left alone
	healthFailing  = "failing"  // the last check failed
	healthOK       = "ok"
)

// shownChecks is how many checks are shown of a source.
const shownChecks = 10

// statusAnswer is how everything stands.
type statusAnswer struct {
	Now         time.Time      `json:"now"`
	Started     *time.Time     `json:"started"`
	ReloadError string         `json:"reload_error"` // of the newest edit of the schedule; empty: it is in force
	Sources     []sourceAnswer `json:"sources"`
}

// sourceAnswer is how a source stands. Instants are in its zone.
type sourceAnswer struct {
	Source    string         `json:"source"`
	Health    string         `json:"health"`
	Window    string         `json:"window"` // that rules now
	LastCheck *time.Time     `json:"last_check"`
	LastFound *time.Time     `json:"last_found"`
	LastError string         `json:"last_error"`
	Misses    int            `json:"misses"`
	Errors    int            `json:"errors"`
	Next      *time.Time     `json:"next"`   // null while it is paused
	Paused    *pauseAnswer   `json:"paused"` // null: it is not
	Rule      int            `json:"rule"`   // that decided on it; 0 is the default rule or the wait after a failure
	Line      int            `json:"line"`
	Reason    string         `json:"reason"`
	Files     map[string]int `json:"files"`  // by status
	Checks    []checkAnswer  `json:"checks"` // the newest first
}

// checkAnswer is one check.
type checkAnswer struct {
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Found    int       `json:"found"`
	Imported int       `json:"imported"`
	Rejected int       `json:"rejected"`
	Pending  int       `json:"pending"`
	Bytes    int64     `json:"bytes"`
	Error    string    `json:"error"`
}

func checkOf(c store.Check, zone *time.Location) checkAnswer {
	return checkAnswer{c.Started.In(zone), c.Ended.Sub(c.Started).Seconds(), c.Found, c.Imported, c.Rejected, c.Pending, c.Bytes, c.Error}
}

// status reads how the sources stand; only one of them where it is named.
func (s *Server) status(ctx context.Context, only string) (statusAnswer, error) {
	out := statusAnswer{Now: s.now(), Sources: []sourceAnswer{}}
	daemon, known, err := s.o.Store.Daemon(ctx)
	if err != nil {
		return out, err
	}
	if known {
		out.Started, out.ReloadError = report.Moment(daemon.Started, time.UTC), daemon.ReloadError
	}
	states, err := s.o.Store.States(ctx)
	if err != nil {
		return out, err
	}
	pauses, err := s.o.Store.Pauses(ctx)
	if err != nil {
		return out, err
	}
	counts, err := s.o.Store.Counts(ctx)
	if err != nil {
		return out, err
	}
	for _, source := range s.o.Plan.Sources() {
		if only != "" && only != source.Name {
			continue
		}
		checks, err := s.o.Store.Checks(ctx, source.Name, shownChecks)
		if err != nil {
			return out, err
		}
		out.Sources = append(out.Sources, s.standing(source, states[source.Name], pauses[source.Name], counts[source.Name], checks))
	}
	return out, nil
}

func (s *Server) standing(source Source, state store.SourceState, pause store.Pause, counts map[store.Status]int, checks []store.Check) sourceAnswer {
	zone := source.Schedule.Zone()
	out := sourceAnswer{
		Source: source.Name, Window: source.Schedule.Window(s.now()),
		LastCheck: report.Moment(state.LastCheck, zone), LastFound: report.Moment(state.LastFound, zone), LastError: state.LastError,
		Misses: state.Misses, Errors: state.Errors, Next: report.Moment(state.Next, zone),
		Rule: state.Rule, Line: state.Line, Reason: state.Reason, Files: map[string]int{}, Checks: []checkAnswer{},
	}
	for status, n := range counts {
		out.Files[string(status)] = n
	}
	for i, c := range checks {
		if i == 0 && c.Ended.After(state.LastCheck) { // a check out of turn, say
			out.LastCheck, out.LastError = report.Moment(c.Ended, zone), c.Error
		}
		out.Checks = append(out.Checks, checkOf(c, zone))
	}
	if pause.At(s.now()) {
		out.Paused, out.Next = pauseOf(pause, zone), nil
	}
	switch {
	case s.o.Meter.isRunning(source.Name):
		out.Health = healthChecking
	case out.Paused != nil:
		out.Health = healthPaused
	case out.LastError != "":
		out.Health = healthFailing
	case out.LastCheck == nil:
		out.Health = healthNew
	default:
		out.Health = healthOK
	}
	return out
}
