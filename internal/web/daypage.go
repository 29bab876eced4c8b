package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/forecast"
	"github.com/smartsync/smartsync/rules"
)

// dayAnswer is a day of a source: what its schedule makes of the arrivals that are
// known, and what was.
type dayAnswer struct {
	Source   string          `json:"source"`
	From     time.Time       `json:"from"` // the day's first instant
	To       time.Time       `json:"to"`   // the next day's
	Windows  []stretchAnswer `json:"windows"`
	Paused   *pauseAnswer    `json:"paused"` // null: no part of the day; else the last one
	Planned  []plannedAnswer `json:"planned"`
	Checks   []checkAnswer   `json:"checks"`
	Arrivals []time.Time     `json:"arrivals"`
}

type stretchAnswer struct {
	At     time.Time `json:"at"`
	Window string    `json:"window"`
}

type plannedAnswer struct {
	At     time.Time `json:"at"`
	Window string    `json:"window"`
	Reason string    `json:"reason"` // why the check after it is when it is
}

// day reads the day of a source on which at lies in its zone.
func (s *Server) day(ctx context.Context, source Source, at time.Time) (dayAnswer, engine.Plot, error) {
	at = at.In(source.Schedule.Zone())
	out := dayAnswer{Source: source.Name, From: rules.Midnight(at, 0), To: rules.Midnight(at, 1),
		Windows: []stretchAnswer{}, Planned: []plannedAnswer{}, Checks: []checkAnswer{}, Arrivals: []time.Time{}}
	plot, err := s.o.Plan.Plot(ctx, source.Name)
	if err != nil {
		return out, plot, err
	}
	for _, stretch := range source.Schedule.Day(at) {
		out.Windows = append(out.Windows, stretchAnswer{stretch.At, stretch.Window})
	}
	if out.Paused, err = s.pausedIn(ctx, source, out.From, out.To); err != nil {
		return out, plot, err
	}
	planned := s.pictures.simulate(plot, out.From)
	for _, step := range planned.Steps {
		if out.Paused.holds(step.At) {
			continue
		}
		out.Planned = append(out.Planned, plannedAnswer{step.At.In(at.Location()), source.Schedule.Window(step.At), step.Decision.Reason})
	}
	for _, a := range planned.Arrivals {
		out.Arrivals = append(out.Arrivals, a.At.In(at.Location()))
	}
	checks, err := s.o.Store.ChecksBetween(ctx, source.Name, out.From, out.To)
	if err != nil {
		return out, plot, err
	}
	for _, c := range checks {
		out.Checks = append(out.Checks, checkOf(c, at.Location()))
	}
	return out, plot, nil
}

// dayData is what the page Day shows.
type dayData struct {
	dayAnswer
	Sources                    []Source
	Date, Before, After        string
	Today                      bool
	Drawn                      dayPicture
	Week                       *weekPicture    // nil: too little is known
	Shown                      []plannedAnswer // the first of the planned checks
	More                       int             // planned checks that are not shown
	Made                       []checkAnswer   // the last of the checks made, the newest first
	MoreMade                   int             // checks made that are not shown
	Found, Failed, FixedChecks int
}

// shownPlanned is how many checks a table of the day holds.
const shownPlanned = 150

func (s *Server) dayPage(w http.ResponseWriter, r *http.Request) {
	source, at, ok := s.sourceAndDate(w, r, r.FormValue("source"))
	if !ok {
		return
	}
	day, plot, err := s.day(r.Context(), source, at)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	now := s.now()
	data := dayData{
		dayAnswer: day, Sources: s.o.Plan.Sources(), Date: day.From.Format(time.DateOnly),
		Before: rules.Midnight(day.From, -1).Format(time.DateOnly), After: day.To.Format(time.DateOnly),
		Today: !now.Before(day.From) && now.Before(day.To), FixedChecks: int(day.To.Sub(day.From) / (5 * time.Minute)),
		Drawn: drawDay(day, source.Schedule, now), Week: s.pictures.week(plot, source, now),
	}
	data.Shown = day.Planned[:min(len(day.Planned), shownPlanned)]
	data.More = len(day.Planned) - len(data.Shown)
	data.MoreMade = max(0, len(day.Checks)-shownPlanned)
	data.Made = slices.Clone(day.Checks[data.MoreMade:])
	slices.Reverse(data.Made)
	for _, c := range day.Checks {
		data.Found += c.Found
		if c.Error != "" {
			data.Failed++
		}
	}
	s.render(w, r, http.StatusOK, "day", "Day", data)
}

// sourceAndDate reads a source, the first where none is named, and a date, today
// where none is given; false: the answer is given already.
func (s *Server) sourceAndDate(w http.ResponseWriter, r *http.Request, name string) (source Source, at time.Time, ok bool) {
	if source, ok = s.chosen(w, r, name); !ok {
		return source, at, false
	}
	at = s.now().In(source.Schedule.Zone())
	if text := r.FormValue("date"); text != "" {
		date, err := time.Parse(time.DateOnly, text)
		if err != nil || date.Year() < 2000 || date.Year() > 2100 {
			s.refuse(w, r, http.StatusBadRequest, "a date is YYYY-MM-DD, from 2000 to 2100")
			return source, at, false
		}
		at = rules.Wall(date, source.Schedule.Zone())
	}
	return source, at, true
}

// chosen returns the named source, or the first.
func (s *Server) chosen(w http.ResponseWriter, r *http.Request, name string) (Source, bool) {
	all := s.o.Plan.Sources()
	if name == "" && len(all) > 0 {
		return all[0], true
	}
	source, ok := s.source(name)
	if !ok {
		s.refuse(w, r, http.StatusNotFound, "no such source in the schedule")
	}
	return source, ok
}

// learn makes a model of a plot's arrivals up to now.
func learn(plot engine.Plot, source Source, now time.Time) *forecast.Model {
	var arrivals []forecast.Arrival
	for _, a := range plot.Arrivals {
		arrivals = append(arrivals, forecast.Arrival{At: a.At, Name: a.Name})
	}
	return forecast.Learn(arrivals, now, forecast.Options{Zone: source.Zone})
}
