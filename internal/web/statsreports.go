package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// statsRoutes are the game stats: what smartsync stats tells, as it writes it in JSON.
func (s *Server) statsRoutes() []route {
	return []route{
		{"GET /api/v1/stats/session", reading, s.statsOf(s.statsSession)},
		{"GET /api/v1/stats/leaders", reading, s.statsOf(statsLeaders)},
		{"GET /api/v1/stats/player", reading, s.statsOf(statsPlayer)},
		{"GET /api/v1/stats/map", reading, s.statsOf(statsMap)},
		{"GET /api/v1/stats/versus", reading, s.statsOf(statsVersus)},
	}
}

func (s *Server) statsSession(r *http.Request, ask *statsAsk) (any, error) {
	at := report.Latest(s.now())
	if text := ask.form("at"); text != "" {
		var err error
		if at, err = parseMoment(text, ask.Zone(ask.query.Source)); err != nil {
			return nil, err
		}
	}
	return ask.Session(r.Context(), ask.query.Source, at)
}

func statsLeaders(r *http.Request, ask *statsAsk) (any, error) {
	board := report.Board{By: store.Metrics[0]}
	if name := ask.form("by"); name != "" {
		var ok bool
		if board.By, ok = store.MetricNamed(name); !ok {
			var names []string
			for _, m := range store.Metrics {
				names = append(names, m.Name)
			}
			return nil, &badQuestion{"by is one of " + strings.Join(names, ", ")}
		}
	}
	usual := 0
	if board.By.Rate {
		usual = report.EnoughMinutes
	}
	var err error
	if board.Least, err = ask.number("min_minutes", usual, 0, report.MostMinutes); err != nil {
		return nil, err
	}
	if text := ask.form("bots"); text != "" {
		if board.Bots, err = strconv.ParseBool(text); err != nil {
			return nil, &badQuestion{"bots is true or false"}
		}
	}
	if ask.Most, err = ask.number("limit", usualLeaders, 1, mostStats); err != nil {
		return nil, err
	}
	return ask.Leaders(r.Context(), ask.query, board)
}

func statsPlayer(r *http.Request, ask *statsAsk) (any, error) {
	who, err := ask.needed("player")
	if err != nil {
		return nil, err
	}
	return ask.Player(r.Context(), who, ask.query)
}

func statsMap(r *http.Request, ask *statsAsk) (any, error) {
	if _, err := ask.needed("map"); err != nil {
		return nil, err
	}
	least, err := ask.number("min_minutes", report.EnoughOnMap, 0, report.MostMinutes)
	if err != nil {
		return nil, err
	}
	return ask.Map(r.Context(), ask.query, least)
}

func statsVersus(r *http.Request, ask *statsAsk) (any, error) {
	one, err := ask.needed("a")
	if err != nil {
		return nil, err
	}
	two, err := ask.needed("b")
	if err != nil {
		return nil, err
	}
	return ask.Versus(r.Context(), one, two, ask.query)
}
