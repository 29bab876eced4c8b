package web

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/store"
)

// Meter counts what the engine does, by standing between it and what it uses. It
// adds nothing to what it passes on.
type Meter struct {
	hub      hub
	registry *prometheus.Registry

	checks, files, decisions, pokes *prometheus.CounterVec
	duration, latency               *prometheus.HistogramVec
	reloadGood                      prometheus.Gauge

	mu      sync.Mutex
	running map[string]bool // sources that are checked now
	paused  map[string]leave
}

// leave is a source's pause as it was told last.
type leave struct {
	store.Pause
	now bool // it holds
}

// backlog is an age from which a found file tells nothing of how late checks are:
// it was there before smartsync.
const backlog = 24 * time.Hour

// NewMeter returns a Meter that has counted nothing; version is a label.
func NewMeter(version string) *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), running: map[string]bool{}, paused: map[string]leave{}}
	counter := func(name, about string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "smartsync_" + name, Help: about}, labels)
		m.registry.MustRegister(c)
		return c
	}
	histogram := func(name, about string, buckets []float64) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "smartsync_" + name, Help: about, Buckets: buckets}, []string{"source"})
		m.registry.MustRegister(h)
		return h
	}
	m.checks = counter("checks_total", "Checks that ended, by result: found, nothing or failed.", "source", "result")
	m.files = counter("files_total", "New files, by outcome: found, imported or rejected.", "source", "outcome")
	m.decisions = counter("decisions_total", "Decisions on the next check, by window and rule (0 is the default rule or the wait after a failure).", "source", "window", "rule")
	m.pokes = counter("pokes_total", "Checks out of turn that were asked for, by result: taken or refused.", "source", "result")
	m.duration = histogram("check_duration_seconds", "How long checks took.", []float64{.1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300})
	m.latency = histogram("arrival_latency_seconds", "From a file's arrival to the end of the check that brought it; files older than a day are left out.", []float64{5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 14400})
	m.reloadGood = prometheus.NewGauge(prometheus.GaugeOpts{Name: "smartsync_last_reload_good", Help: "1 when the newest edit of the schedule is in force, 0 when it was refused."})
	m.reloadGood.Set(1)
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "smartsync_build_info", Help: "Always 1; its label is the version.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(m.reloadGood, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Loaded is told how each edit of the schedule fared; nil is well.
func (m *Meter) Loaded(err error) {
	good := 1.0
	if err != nil {
		good = 0
	}
	m.reloadGood.Set(good)
	m.hub.tell()
}

// Checker returns inner, counted. arrival says when a file arrived at a source.
func (m *Meter) Checker(inner engine.Checker, arrival func(source, name string, modified time.Time) time.Time) engine.Checker {
	return &meteredChecker{m, inner, arrival}
}

type meteredChecker struct {
	*Meter
	inner   engine.Checker
	arrival func(source, name string, modified time.Time) time.Time
}

// Check passes the call on.
func (c *meteredChecker) Check(ctx context.Context, source string) (engine.Result, error) {
	began := time.Now()
	c.run(source, true)
	defer c.run(source, false)
	result, err := c.inner.Check(ctx, source)
	c.duration.WithLabelValues(source).Observe(time.Since(began).Seconds())
	what := "nothing"
	switch {
	case err != nil:
		what = "failed"
	case len(result.Found) > 0:
		what = "found"
	}
	c.checks.WithLabelValues(source, what).Inc()
	c.files.WithLabelValues(source, "found").Add(float64(len(result.Found)))
	c.files.WithLabelValues(source, "imported").Add(float64(result.Imported))
	c.files.WithLabelValues(source, "rejected").Add(float64(result.Rejected))
	for _, f := range result.Found {
		if late := time.Since(c.arrival(source, f.Name, f.Modified)); late < backlog {
			c.latency.WithLabelValues(source).Observe(max(0, late.Seconds()))
		}
	}
	return result, err
}

// run marks that a source is checked, or no longer is.
func (m *Meter) run(source string, runs bool) {
	m.mu.Lock()
	if m.running[source] = runs; !runs {
		delete(m.running, source)
	}
	m.mu.Unlock()
	m.hub.tell()
}

func (m *Meter) isRunning(source string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running[source]
}

// Memory returns inner, counted.
func (m *Meter) Memory(inner engine.Memory) engine.Memory { return &meteredMemory{inner, m} }

type meteredMemory struct {
	engine.Memory
	meter *Meter
}

// SaveState passes the call on.
func (c *meteredMemory) SaveState(ctx context.Context, state store.SourceState) error {
	err := c.Memory.SaveState(ctx, state)
	if err == nil {
		c.meter.decisions.WithLabelValues(state.Source, state.Window, strconv.Itoa(state.Rule)).Inc()
	}
	c.meter.hub.tell()
	return err
}

// Pause passes the call on; the pages are told of a pause that is new, or over.
func (c *meteredMemory) Pause(ctx context.Context, source string) (store.Pause, error) {
	pause, err := c.Memory.Pause(ctx, source)
	if err != nil {
		return pause, err
	}
	now := leave{pause, pause.At(time.Now())}
	c.meter.mu.Lock()
	changed := c.meter.paused[source] != now
	c.meter.paused[source] = now
	c.meter.mu.Unlock()
	if changed {
		c.meter.hub.tell()
	}
	return pause, nil
}
