package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// The entries of each list in an answer, when nothing else is said, and at the most.
const (
	usualStats   = 100
	usualLeaders = 20
	mostStats    = 1000
)

// statsAsk is what is asked of the rounds.
type statsAsk struct {
	report.Stats
	query store.StatsQuery
	form  func(string) string
}

// statsOf answers with what reply makes of a request's parameters.
func (s *Server) statsOf(reply func(*http.Request, *statsAsk) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out any
		ask, err := s.askStats(r)
		if err == nil {
			out, err = reply(r, ask)
		}
		if err != nil {
			s.unanswered(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, out)
	}
}

// askStats reads what narrows every question: source, since, map and limit.
func (s *Server) askStats(r *http.Request) (*statsAsk, error) {
	if err := r.ParseForm(); err != nil {
		return nil, &badQuestion{"the parameters cannot be read"}
	}
	ask := &statsAsk{form: r.FormValue, Stats: report.Stats{Store: s.o.Store, Zone: s.zone}}
	for _, values := range r.Form {
		if slices.ContainsFunc(values, func(value string) bool { return len(value) > longestArg }) {
			return nil, &badQuestion{"a parameter is longer than " + strconv.Itoa(longestArg) + " bytes"}
		}
	}
	if ask.query.Source = r.FormValue("source"); ask.query.Source != "" {
		if _, ok := s.source(ask.query.Source); !ok {
			return nil, &badQuestion{"no such source in the schedule"}
		}
	}
	var err error
	if ask.query.Since, err = ask.since(); err != nil {
		return nil, err
	}
	if ask.Most, err = ask.number("limit", usualStats, 1, mostStats); err != nil {
		return nil, err
	}
	if name := r.FormValue("map"); name != "" {
		ask.query.Map, err = s.o.Store.FindMap(r.Context(), name)
	}
	return ask, err
}

// zone is that of a source's wall clock; the schedule's own for an empty name, and
// for a source that has left the plan.
func (s *Server) zone(name string) *time.Location {
	if source, ok := s.source(name); ok {
		return source.Schedule.Zone()
	}
	return s.o.Plan.Zone()
}

// since is the midnight from which rounds count; the zero time: all do.
func (q *statsAsk) since() (time.Time, error) {
	text := q.form("since")
	if text == "" {
		return time.Time{}, nil
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil || !inReach(date) {
		return time.Time{}, &badQuestion{"since is a date: YYYY-MM-DD, from 2000 to 2100"}
	}
	return rules.Wall(date, q.Zone(q.query.Source)), nil
}

// number reads a parameter that is usual when it is left out.
func (q *statsAsk) number(name string, usual, least, most int) (int, error) {
	text := q.form(name)
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, &badQuestion{name + " is a number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)}
	}
	return n, nil
}

// needed reads a parameter that there must be.
func (q *statsAsk) needed(name string) (string, error) {
	if text := q.form(name); text != "" {
		return text, nil
	}
	return "", &badQuestion{"this needs " + name}
}

// unknownName is an answer that is none, with what may have been meant.
type unknownName struct {
	Error string   `json:"error"`
	Fits  []string `json:"fits,omitempty"` // those that the name may mean: GUIDs with names, or maps
	Near  []string `json:"near,omitempty"` // known names that are like it
}

// unanswered answers that a question was wrong, or that the store failed.
func (s *Server) unanswered(w http.ResponseWriter, r *http.Request, err error) {
	if who, ok := errors.AsType[*store.WhoError](err); ok {
		code, text := http.StatusNotFound, who.Error()
		switch {
		case len(who.Fits) > 0:
			code = http.StatusConflict
			text += ": say which: " + strings.Join(who.Fits, ", ")
		case len(who.Near) > 0:
			text += ": did you mean " + strings.Join(quoted(who.Near), ", ") + "?"
		}
		writeJSON(w, code, unknownName{text, who.Fits, who.Near})
		return
	}
	if fault, ok := errors.AsType[*badQuestion](err); ok {
		s.refuse(w, r, http.StatusBadRequest, fault.Error())
		return
	}
	if same, ok := errors.AsType[*report.SameError](err); ok {
		s.refuse(w, r, http.StatusBadRequest, same.Error())
		return
	}
	s.failed(w, r, err)
}

func quoted(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, strconv.Quote(text))
	}
	return out
}
