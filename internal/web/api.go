package web

import (
	_ "embed"
	"errors"
	"net/http"
	"strconv"
)

//go:embed openapi.json
var openAPIDocument []byte

// openAPI answers with the description of the API.
func (s *Server) openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(openAPIDocument) // the client may be gone
}

func (s *Server) apiStatus(w http.ResponseWriter, r *http.Request) {
	status, err := s.status(r.Context(), "")
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, status)
}

// named returns the source that the path names; false: the answer is given already.
func (s *Server) named(w http.ResponseWriter, r *http.Request) (Source, bool) {
	source, ok := s.source(r.PathValue("source"))
	if !ok {
		s.refuse(w, r, http.StatusNotFound, "no such source in the schedule")
	}
	return source, ok
}

func (s *Server) apiSource(w http.ResponseWriter, r *http.Request) {
	source, ok := s.named(w, r)
	if !ok {
		return
	}
	status, err := s.status(r.Context(), source.Name)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	if len(status.Sources) == 0 { // a reload took it just now
		s.refuse(w, r, http.StatusNotFound, "no such source in the schedule")
		return
	}
	writeJSON(w, http.StatusOK, status.Sources[0])
}

// mostChecks bounds how many checks one answer holds.
const mostChecks = 1000

func (s *Server) apiChecks(w http.ResponseWriter, r *http.Request) {
	source, ok := s.named(w, r)
	if !ok {
		return
	}
	limit := 100
	if text := r.FormValue("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostChecks {
			s.refuse(w, r, http.StatusBadRequest, "limit is a number from 1 to "+strconv.Itoa(mostChecks))
			return
		}
		limit = n
	}
	checks, err := s.o.Store.Checks(r.Context(), source.Name, limit)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	out := []checkAnswer{}
	for _, c := range checks {
		out = append(out, checkOf(c, source.Schedule.Zone()))
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *Server) apiDay(w http.ResponseWriter, r *http.Request) {
	source, at, ok := s.sourceAndDate(w, r, r.PathValue("source"))
	if !ok {
		return
	}
	day, _, err := s.day(r.Context(), source, at)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, day)
}

func (s *Server) apiExplain(w http.ResponseWriter, r *http.Request) {
	source, ok := s.named(w, r)
	if !ok {
		return
	}
	q, err := s.ask(r.Context(), source, r.FormValue)
	if fault, ok := errors.AsType[*badQuestion](err); ok {
		s.refuse(w, r, http.StatusBadRequest, fault.Error())
		return
	}
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, q.answer())
}

func (s *Server) apiFiles(w http.ResponseWriter, r *http.Request) {
	q, ok := s.fileQuery(w, r, shownFiles)
	if !ok {
		return
	}
	files, err := s.ledger(r, q)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, files)
}

// accepted is the answer to a check out of turn.
type accepted struct {
	Source string `json:"source"`
}

func (s *Server) apiCheck(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	switch code, why, wait := s.poke(r.Context(), name); code {
	case http.StatusAccepted:
		writeJSON(w, code, accepted{name})
	case http.StatusTooManyRequests:
		s.tooMany(w, r, wait)
	default:
		s.refuse(w, r, code, why)
	}
}
