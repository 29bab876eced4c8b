package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/smartsync/smartsync/engine"
)

// pokeLimit bounds how long a poke waits for the engine to take it.
const pokeLimit = 5 * time.Second

// allChecks is how many checks the page Now shows of all sources together: where there
// are many, it stays light and fast, and shows fewer of each.
const allChecks = 100

// nowData is what the page Now shows.
type nowData struct {
	statusAnswer
	Asked string // the source whose check was asked for a moment ago
}

func (s *Server) nowPage(w http.ResponseWriter, r *http.Request) {
	status, err := s.status(r.Context(), "")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	shown := max(1, allChecks/max(1, len(status.Sources)))
	for i := range status.Sources {
		of := &status.Sources[i]
		of.Checks = of.Checks[:min(shown, len(of.Checks))]
	}
	data := nowData{statusAnswer: status}
	if asked, ok := s.source(r.FormValue("asked")); ok {
		data.Asked = asked.Name
	}
	s.render(w, r, http.StatusOK, "now", "Now", data)
}

// poke asks for a check of a source; it answers with the code and why it is not
// had. wait is how long to wait where there were too many.
func (s *Server) poke(ctx context.Context, name string) (code int, why string, wait time.Duration) {
	source, ok := s.source(name)
	if !ok {
		return http.StatusNotFound, "no such source in the schedule", 0
	}
	pause, err := s.o.Store.Pause(ctx, name)
	if err == nil && pause.At(s.now()) { // one that cannot be read is for the engine to tell
		s.o.Meter.pokes.WithLabelValues(name, "refused").Inc()
		return http.StatusConflict, "paused until " + pauseOf(pause, source.Schedule.Zone()).End() + ": smartsync resume " + name + " ends it", 0
	}
	if wait := s.pokes.take(name); wait > 0 {
		s.o.Meter.pokes.WithLabelValues(name, "refused").Inc()
		return http.StatusTooManyRequests, "", wait
	}
	ctx, cancel := context.WithTimeout(ctx, pokeLimit)
	defer cancel()
	err = s.o.Poker.Poke(ctx, name)
	result := "taken"
	if err != nil {
		result = "refused"
	}
	s.o.Meter.pokes.WithLabelValues(name, result).Inc()
	switch {
	case err == nil:
		return http.StatusAccepted, "", 0
	case errors.Is(err, engine.ErrNoSource):
		return http.StatusNotFound, "no such source in the schedule", 0
	default: // it ends, or has not begun
		return http.StatusServiceUnavailable, "smartsync takes no checks just now", 0
	}
}

// checkForm is the button: it leads back to the source on the page.
func (s *Server) checkForm(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "the form cannot be read")
		return
	}
	name := r.PostForm.Get("source")
	switch code, why, wait := s.poke(r.Context(), name); code {
	case http.StatusAccepted:
		http.Redirect(w, r, "/?asked="+name+"#s-"+name, http.StatusSeeOther)
	case http.StatusTooManyRequests:
		s.tooMany(w, r, wait)
	default:
		s.refuse(w, r, code, why)
	}
}
