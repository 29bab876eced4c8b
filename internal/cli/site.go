package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	gosync "sync"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/web"
	"github.com/smartsync/smartsync/store"
)

// site is the dashboard of a running smartsync. A nil *site is none: it passes on
// what it is given.
type site struct {
	listener net.Listener
	meter    *web.Meter
}

// openSite takes the port that the schedule names; nil where it names none.
func openSite(ctx context.Context, c *config.Config) (*site, error) {
	if c.Web.Listen == "" {
		return nil, nil
	}
	listener, err := web.Listen(ctx, c.Web.Listen)
	if errors.Is(err, web.ErrInUse) {
		return nil, &failure{exitFailed, fmt.Sprintf("stop that program, or give web: listen another port in %s", shownPath(c, c.Path)), err}
	}
	if errors.Is(err, fs.ErrPermission) {
		return nil, &failure{exitFailed, fmt.Sprintf("a port below 1024 wants a right: give web: listen a higher one in %s; smartsync service install gives its service the right, and docs/operations.md tells how a package's gets it", shownPath(c, c.Path)), err}
	}
	if err != nil {
		return nil, err
	}
	release, _ := versionOf()
	return &site{listener, web.NewMeter(release)}, nil
}

func (s *site) close() {
	if s != nil {
		_ = s.listener.Close() // the server may have done it
	}
}

// memory and checker return what they are given, counted.
func (s *site) memory(st *store.Store) engine.Memory {
	if s == nil {
		return st
	}
	return s.meter.Memory(st)
}

func (s *site) checker(inner engine.Checker, c *config.Config) engine.Checker {
	if s == nil {
		return inner
	}
	zones := map[string]*time.Location{}
	for _, source := range c.Sources {
		zones[source.Name] = source.Zone
	}
	return s.meter.Checker(inner, func(source, name string, modified time.Time) time.Time {
		return arrivalOf(name, modified, zones[source]).At
	})
}

func (s *site) loaded(err error) {
	if s != nil {
		s.meter.Loaded(err)
	}
}

// serve answers requests until ctx ends, in a goroutine of tasks.
func (s *site) serve(ctx context.Context, tasks *gosync.WaitGroup, d *daemon, poker web.Poker) {
	if s == nil {
		return
	}
	c := d.started
	release, _ := versionOf()
	server := web.New(web.Options{
		Token: c.Web.Token, Hosts: c.Web.Hosts, Store: d.store, Plan: planInForce{d}, Poker: poker,
		Meter: s.meter, Log: d.journal.Logger, LogFile: c.Log.File, Version: release,
	})
	may := "read-only: the schedule sets no token"
	if c.Web.Token != "" {
		may = "with the token of the schedule"
	}
	d.journal.Info(fmt.Sprintf("🌐 Dashboard at http://%s, %s", s.listener.Addr(), may))
	tasks.Go(func() {
		if err := server.Run(ctx, s.listener); err != nil {
			d.journal.Error(fmt.Sprintf("❌ There is no dashboard any more: %v", err))
		}
	})
}

// planInForce shows the dashboard the newest plan.
type planInForce struct{ *daemon }

var _ web.Plan = planInForce{}

func (p planInForce) plan() []config.Source {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.planned
}

// Zone returns the newest schedule's.
func (p planInForce) Zone() *time.Location {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.zone
}

// Sources returns the newest plan's.
func (p planInForce) Sources() []web.Source {
	return mapOf(p.plan(), func(s config.Source) web.Source { return web.Source{Name: s.Name, Schedule: s.Schedule, Zone: s.Zone} })
}

// Plot returns a source's schedule and the arrivals in its ledger.
func (p planInForce) Plot(ctx context.Context, source string) (engine.Plot, error) {
	all := p.plan()
	at := slices.IndexFunc(all, func(s config.Source) bool { return s.Name == source })
	if at < 0 {
		return engine.Plot{}, fmt.Errorf("no source %q", source)
	}
	arrivals, err := storedArrivals(ctx, p.store, all[at])
	return plot(all[at], arrivals), err
}

// sameWeb tells whether a dashboard stays as it is.
func sameWeb(a, b config.Web) bool {
	return a.Listen == b.Listen && a.Token == b.Token && slices.Equal(a.Hosts, b.Hosts)
}
