package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
)

// mostCount bounds the counts that a state may be given.
const mostCount = 1_000_000

// question is the moment and the state that are to be explained.
type question struct {
	source  Source
	state   rules.State
	outcome rules.Outcome
	given   bool // the state was given, not read
	paused  *pauseAnswer
}

// explainData is what the page Explain shows.
type explainData struct {
	Sources                          []Source
	Source                           string
	At, Found, Misses, Errors, Fault string // as they were asked for
	Answer                           *explainAnswer
}

func (s *Server) explainPage(w http.ResponseWriter, r *http.Request) {
	source, ok := s.chosen(w, r, r.FormValue("source"))
	if !ok {
		return
	}
	data := explainData{Sources: s.o.Plan.Sources(), Source: source.Name, At: printable(r.FormValue("at")),
		Found: r.FormValue("found"), Misses: r.FormValue("misses"), Errors: r.FormValue("errors")}
	q, err := s.ask(r.Context(), source, r.FormValue)
	code := http.StatusOK
	if fault, ok := errors.AsType[*badQuestion](err); ok {
		data.Fault, code = fault.Error(), http.StatusBadRequest
	} else if err != nil {
		s.failed(w, r, err)
		return
	} else {
		answer := q.answer()
		data.Answer = &answer
	}
	s.render(w, r, code, "explain", "Explain", data)
}

// badQuestion is a question that cannot be asked.
type badQuestion struct{ text string }

func (e *badQuestion) Error() string { return e.text }

// ask reads a question from a form: of the state that is given, else of the stored
// one.
func (s *Server) ask(ctx context.Context, source Source, form func(string) string) (question, error) {
	q := question{source: source}
	counts := map[string]int{}
	for _, name := range []string{"found", "misses", "errors"} {
		text := form(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > mostCount {
			return q, &badQuestion{fmt.Sprintf("%s is a number from 0 to %d", name, mostCount)}
		}
		counts[name], q.given = n, true
	}
	states, err := s.o.Store.States(ctx)
	if err != nil {
		return q, err
	}
	stored := states[source.Name]
	at, asked := s.now(), s.now()
	if !q.given && !stored.LastCheck.IsZero() {
		at = stored.LastCheck
	}
	if text := form("at"); text != "" {
		if at, err = parseMoment(text, source.Schedule.Zone()); err != nil {
			return q, err
		}
		asked = at
	}
	if q.paused, err = s.pausedAt(ctx, source, asked); err != nil {
		return q, err
	}
	q.state = rules.State{Misses: stored.Misses, MissesTotal: stored.MissesTotal, Errors: stored.Errors, LastCheck: stored.LastCheck, LastFound: stored.LastFound}
	q.outcome = rules.Outcome{At: at, Failed: stored.Errors > 0, Found: stored.Found, Imported: stored.Found}
	if q.given {
		if err := q.take(at, counts); err != nil {
			return q, err
		}
	} else if stored.LastCheck.IsZero() {
		q.state = rules.State{Misses: 1, MissesTotal: 1, LastCheck: at} // a first check that found nothing
	}
	if source.Schedule.Foresees() {
		q.outcome.Forecast, err = s.foresee(ctx, source, at)
	}
	return q, err
}

// take makes the state that the counts say.
func (q *question) take(at time.Time, counts map[string]int) error {
	found, misses, errs := counts["found"], counts["misses"], counts["errors"]
	if found > 0 && misses+errs > 0 {
		return &badQuestion{"a check that found files is no miss and no failure: give found, or misses and errors"}
	}
	if found+misses+errs == 0 {
		misses = 1
	}
	q.state = rules.State{Misses: misses, MissesTotal: misses, Errors: errs, LastCheck: at}
	if found > 0 {
		q.state.LastFound = at
	}
	q.outcome = rules.Outcome{At: at, Failed: errs > 0, Found: found, Imported: found}
	return nil
}

// foresee returns what the arrivals until at foretell.
func (s *Server) foresee(ctx context.Context, source Source, at time.Time) (rules.Forecaster, error) {
	plot, err := s.o.Plan.Plot(ctx, source.Name)
	if err != nil || plot.Learner == nil {
		return nil, err
	}
	var known []engine.Arrival
	for _, a := range plot.Arrivals {
		if !a.At.After(at) {
			known = append(known, a)
		}
	}
	return plot.Learner.Learn(known, at), nil
}

// parseMoment reads a moment of a form: with its offset, or a wall clock in zone.
func parseMoment(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil && inReach(at) {
		return at.In(zone), nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if wall, err := time.Parse(form, text); err == nil && inReach(wall) {
			return rules.Wall(wall, zone), nil
		}
	}
	return time.Time{}, &badQuestion{"a moment is YYYY-MM-DDTHH:MM, from 2000 to 2100"}
}

func inReach(t time.Time) bool { return t.Year() >= 2000 && t.Year() <= 2100 }
