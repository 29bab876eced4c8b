package web

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// gauge describes a value of a source that the store knows.
func gauge(name, about string) *prometheus.Desc {
	return prometheus.NewDesc("smartsync_"+name, about, []string{"source"}, nil)
}

var (
	nextCheck  = gauge("next_check_timestamp_seconds", "When the source is checked next, as Unix time; 0 while it is paused.")
	lastCheck  = gauge("last_check_timestamp_seconds", "When the source was checked last, as Unix time; 0 is never.")
	lastFound  = gauge("last_found_timestamp_seconds", "When a check last found a file, as Unix time; 0 is never.")
	misses     = gauge("misses", "Consecutive checks that found nothing, in this window.")
	failures   = gauge("consecutive_errors", "Consecutive checks that failed.")
	isPaused   = gauge("source_paused", "1 while the source is paused: it is not checked.")
	isRunning  = gauge("check_running", "1 while the source is checked.")
	storeWorks = prometheus.NewDesc("smartsync_store_readable", "1 when the database could be read for these metrics.", nil, nil)
)

// standings collects the values of the sources in force when it is asked.
type standings struct {
	server  *Server
	request *http.Request
}

// Describe names nothing: which values there are depends on the plan.
func (c standings) Describe(chan<- *prometheus.Desc) {}

// Collect reads the values.
func (c standings) Collect(out chan<- prometheus.Metric) {
	states, err := c.server.o.Store.States(c.request.Context())
	pauses, err2 := c.server.o.Store.Pauses(c.request.Context())
	if err != nil || err2 != nil {
		out <- prometheus.MustNewConstMetric(storeWorks, prometheus.GaugeValue, 0)
		return
	}
	out <- prometheus.MustNewConstMetric(storeWorks, prometheus.GaugeValue, 1)
	for _, source := range c.server.o.Plan.Sources() {
		state := states[source.Name]
		running, paused := 0.0, 0.0
		if pauses[source.Name].At(c.server.now()) {
			paused, state.Next = 1, time.Time{}
		}
		if c.server.o.Meter.isRunning(source.Name) {
			running = 1
		}
		for _, v := range []struct {
			desc  *prometheus.Desc
			value float64
		}{
			{nextCheck, unix(state.Next)}, {lastCheck, unix(state.LastCheck)}, {lastFound, unix(state.LastFound)},
			{misses, float64(state.Misses)}, {failures, float64(state.Errors)}, {isRunning, running}, {isPaused, paused},
		} {
			out <- prometheus.MustNewConstMetric(v.desc, prometheus.GaugeValue, v.value, source.Name)
		}
	}
}

func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	standing := prometheus.NewRegistry()
	standing.MustRegister(standings{s, r})
	promhttp.HandlerFor(prometheus.Gatherers{s.o.Meter.registry, standing}, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// healthz tells that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte("ok\n")) // the client may be gone
}

// readyz tells whether there is a plan, and a database that can be read.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if _, err := s.o.Store.States(r.Context()); err != nil || len(s.o.Plan.Sources()) == 0 {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n")) // the client may be gone
}
