// Package web shows what smartsync does: pages for people, an API and metrics for
// programs. It reads the store and the plan in force; the one thing it can cause
// is a check out of turn. Nothing in it delays a check or an import.
package web

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// Source is a source of the plan in force.
type Source struct {
	Name     string
	Schedule *rules.Schedule
	Zone     *time.Location // in which stamps in file names are read
}

// Plan is the plan in force. Its methods may be called at any time.
type Plan interface {
	// Zone returns the schedule's own time zone, in which those sources live that have none.
	Zone() *time.Location
	// Sources returns the sources, in the file's order. Nobody changes the slice.
	Sources() []Source
	// Plot returns what to replay of a source: its schedule, all arrivals that the
	// ledger knows, and a fresh learner where its rules foresee.
	Plot(ctx context.Context, source string) (engine.Plot, error)
}

// Poker checks a source out of turn; see engine.Engine.Poke.
type Poker interface {
	Poke(ctx context.Context, source string) error
}

var _ Poker = (*engine.Engine)(nil)

// Options are what a Server shows, and to whom.
type Options struct {
	Token   string   // that everything asks for; empty: pages only show
	Hosts   []string // further host names, lower case
	Store   *store.Store
	Plan    Plan
	Poker   Poker
	Meter   *Meter
	Log     *slog.Logger
	LogFile string // whose end is shown; empty: none
	Version string
}

// Server is the dashboard, the API and the metrics.
type Server struct {
	o        Options
	key      [sha256.Size]byte // of the token
	pokes    limits
	logins   limits
	pictures pictures
	now      func() time.Time
}

// New returns a Server.
func New(o Options) *Server {
	return &Server{
		o: o, key: sha256.Sum256([]byte(o.Token)),
		pokes: newLimits(5*time.Second, 3), logins: newLimits(6*time.Second, 10),
		now: time.Now,
	}
}

// access is who may use a route.
type access int

const (
	open    access = iota // everybody: it tells nothing
	reading               // everybody where there is no token, else those who have it
	writing               // those who have the token
)

// route is a way into the server.
type route struct {
	pattern string // as http.ServeMux has it: method and path
	access  access
	handler http.HandlerFunc
}

func (s *Server) routes() []route {
	return append([]route{
		{"GET /{$}", reading, s.nowPage},
		{"GET /day", reading, s.dayPage},
		{"GET /explain", reading, s.explainPage},
		{"GET /files", reading, s.filesPage},
		{"GET /players", reading, s.playersPage},
		{"GET /log", reading, s.logPage},
		{"GET /events", reading, s.events},
		{"POST /check", writing, s.checkForm},
		{"GET /login", open, s.loginPage},
		{"POST /login", open, s.login},
		{"POST /logout", open, s.logout},
		{"GET /static/{file}", open, s.static},
		{"GET /healthz", open, s.healthz},
		{"GET /readyz", open, s.readyz},
		{"GET /metrics", reading, s.metrics},
		{"GET /api/v1/openapi.json", reading, s.openAPI},
		{"GET /api/v1/status", reading, s.apiStatus},
		{"GET /api/v1/sources/{source}", reading, s.apiSource},
		{"GET /api/v1/sources/{source}/checks", reading, s.apiChecks},
		{"GET /api/v1/sources/{source}/day", reading, s.apiDay},
		{"GET /api/v1/sources/{source}/explain", reading, s.apiExplain},
		{"POST /api/v1/sources/{source}/check", writing, s.apiCheck},
		{"GET /api/v1/files", reading, s.apiFiles},
	}, s.statsRoutes()...)
}

// Handler returns all routes behind their guards.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.admit(r))
	}
	mux.Handle("/", s.admit(route{access: open, handler: func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusNotFound, "there is no such page")
	}}))
	return s.guard(mux)
}

// source returns a source of the plan in force.
func (s *Server) source(name string) (Source, bool) {
	for _, source := range s.o.Plan.Sources() {
		if source.Name == name {
			return source, true
		}
	}
	return Source{}, false
}
