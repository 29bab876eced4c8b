package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/smartsync/smartsync/store"
)

const (
	leadersSince = 90 * 24 * time.Hour
	shownPlayers = 15
	// enough is how long somebody must have played for a rate to tell anything.
	enough        = 30 * time.Minute
	enoughOfNight = 5 * time.Minute
)

// playersData is what the page Players shows.
type playersData struct {
	Sources []Source
	Source  string // empty: all
	By      store.Metric
	Metrics []store.Metric
	Session *store.GameSession // nil: none was played
	Zone    *time.Location
	Maps    []store.PlayedMap
	Night   []rankedPlayer // of the session
	Leaders []rankedPlayer
	LeftOut int // who played too little for the leaders
}

// In is t in the page's zone.
func (d playersData) In(t time.Time) time.Time { return t.In(d.Zone) }

// rankedPlayer is a row of a ranking.
type rankedPlayer struct {
	store.PlayerTotals
	Place int
	Value float64
	Share int // of the best one's value, 0 to 100
}

// rank returns the best players by a metric, bots left out, and how many others
// played too little.
func rank(all []store.PlayerTotals, by store.Metric, least time.Duration) (out []rankedPlayer, leftOut int) {
	people := slices.DeleteFunc(slices.Clone(all), func(p store.PlayerTotals) bool { return p.Bot })
	if !by.Rate {
		least = 0
	}
	ranked := store.Rank(people, by, least)
	for i := range ranked[:min(len(ranked), shownPlayers)] {
		p := rankedPlayer{PlayerTotals: ranked[i], Place: i + 1, Value: by.Value(&ranked[i].Totals)}
		if best := by.Value(&ranked[0].Totals); best > 0 {
			p.Share = int(100 * p.Value / best)
		}
		out = append(out, p)
	}
	return out, len(people) - len(ranked)
}

func (s *Server) playersPage(w http.ResponseWriter, r *http.Request) {
	data := playersData{Sources: s.o.Plan.Sources(), Source: r.FormValue("source"), Metrics: store.Metrics, By: store.Metrics[0], Zone: s.o.Plan.Zone()}
	if data.Source != "" {
		source, ok := s.chosen(w, r, data.Source)
		if !ok {
			return
		}
		data.Zone = source.Schedule.Zone()
	}
	if name := r.FormValue("by"); name != "" {
		metric, ok := store.MetricNamed(name)
		if !ok {
			s.refuse(w, r, http.StatusBadRequest, "nobody is ranked by this")
			return
		}
		data.By = metric
	}
	if err := s.readPlayers(r, &data); err != nil {
		s.failed(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "players", "Players", data)
}

// readPlayers reads the last session and the leaders.
func (s *Server) readPlayers(r *http.Request, data *playersData) error {
	sessions, err := s.o.Store.GameSessions(r.Context(), data.Source, 1)
	if err != nil {
		return err
	}
	if len(sessions) > 0 {
		data.Session = &sessions[0]
		q := store.StatsQuery{Session: sessions[0].ID}
		if data.Maps, err = s.o.Store.PlayedMaps(r.Context(), q); err != nil {
			return err
		}
		players, err := s.o.Store.PlayerTotals(r.Context(), q)
		if err != nil {
			return err
		}
		data.Night, _ = rank(players, data.By, enoughOfNight)
	}
	players, err := s.o.Store.PlayerTotals(r.Context(), store.StatsQuery{Source: data.Source, Since: s.now().Add(-leadersSince)})
	if err != nil {
		return err
	}
	data.Leaders, data.LeftOut = rank(players, data.By, enough)
	return nil
}
