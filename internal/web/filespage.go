package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

const (
	shownFiles = 100  // on the page
	mostFiles  = 1000 // of an answer
	longestArg = 512  // bytes of a name that is asked for
)

var statuses = []store.Status{store.Imported, store.Kept, store.Ignored, store.Duplicate, store.Rejected, store.Seen}

// filesData is what the page Files shows.
type filesData struct {
	Now      time.Time
	Query    store.FileQuery
	Sources  []Source
	Statuses []store.Status
	Files    []report.File
	Full     bool // there may be more
	Counts   []statusCount
}

type statusCount struct {
	Status store.Status
	N      int
}

// fileQuery reads which files are asked for; false: the answer is given already.
func (s *Server) fileQuery(w http.ResponseWriter, r *http.Request, limit int) (store.FileQuery, bool) {
	q := store.FileQuery{Source: r.FormValue("source"), Status: store.Status(r.FormValue("status")), Path: r.FormValue("name"), Limit: limit}
	_, known := s.source(q.Source)
	why := ""
	switch {
	case q.Source != "" && !known:
		why = "no such source in the schedule"
	case q.Status != "" && !slices.Contains(statuses, q.Status):
		why = "no such status: imported, kept, ignored, duplicate, rejected and seen are"
	case len(q.Path) > longestArg:
		why = "this name is too long"
	}
	if text := r.FormValue("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostFiles {
			why = "limit is a number from 1 to " + strconv.Itoa(mostFiles)
		}
		q.Limit = n
	}
	if why != "" {
		s.refuse(w, r, http.StatusBadRequest, why)
		return q, false
	}
	q.All = q.Path != ""
	return q, true
}

// ledger reads the files that q selects. Instants are in their source's zone, or in
// UTC where it has left the plan.
func (s *Server) ledger(r *http.Request, q store.FileQuery) ([]report.File, error) {
	files, err := s.o.Store.Files(r.Context(), q)
	if err != nil {
		return nil, err
	}
	zones := map[string]*time.Location{}
	for _, source := range s.o.Plan.Sources() {
		zones[source.Name] = source.Schedule.Zone()
	}
	out := []report.File{}
	for _, f := range files {
		zone := zones[f.Source]
		if zone == nil {
			zone = time.UTC
		}
		out = append(out, report.FileOf(f, zone))
	}
	return out, nil
}

func (s *Server) filesPage(w http.ResponseWriter, r *http.Request) {
	q, ok := s.fileQuery(w, r, shownFiles)
	if !ok {
		return
	}
	q.Limit = min(q.Limit, shownFiles)
	files, err := s.ledger(r, q)
	if err != nil {
		s.failed(w, r, err)
		return
	}
	counts, err := s.o.Store.Counts(r.Context())
	if err != nil {
		s.failed(w, r, err)
		return
	}
	data := filesData{Now: s.now(), Query: q, Sources: s.o.Plan.Sources(), Statuses: statuses, Files: files, Full: len(files) == q.Limit}
	for _, status := range statuses {
		n := 0
		for source, of := range counts {
			if q.Source == "" || q.Source == source {
				n += of[status]
			}
		}
		data.Counts = append(data.Counts, statusCount{status, n})
	}
	s.render(w, r, http.StatusOK, "files", "Files", data)
}
