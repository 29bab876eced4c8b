package sync

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
	"github.com/smartsync/smartsync/store"
)

// restLimit is up to how long a rest a connection is kept open.
const restLimit = 2 * time.Minute

// visit is one look at a source: what is there, and what is known of it.
type visit struct {
	place  place
	at     time.Time // when the listing was asked for
	listed time.Time // when it was there
	list   []entry
	ledger store.Ledger
	plan   plan
}

// acquire waits for the source to be free, and ends its rest.
func (s *Source) acquire(ctx context.Context) (release func(), err error) {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return nil, asError(fmt.Sprintf("wait for source %q", s.o.Name), Other, context.Cause(ctx))
	}
	s.wake()
	return func() { <-s.busy }, nil
}

// look connects, lists and plans. The place is closed with leave.
func (s *Source) look(ctx context.Context, accept bool, probe *Probe) (*visit, error) {
	v := &visit{}
	var err error
	if v.place, v.list, v.at, err = s.list(ctx, accept, probe); err != nil {
		return nil, err
	}
	v.listed = time.Now()
	crash.Point(crash.Listed)
	if v.ledger, err = s.store.Ledger(ctx, s.o.Name); err != nil {
		s.leave(v.place)
		return nil, asError(fmt.Sprintf("read the ledger of source %q", s.o.Name), Other, err)
	}
	v.plan = makePlan(v.list, v.ledger, v.at, s.terms)
	crash.Point(crash.Planned)
	s.log.Debug("planned", "source", s.o.Name, "listed", v.plan.listed, "new", len(v.plan.jobs))
	return v, nil
}

// list returns an open place and its listing. A connection that was kept may have
// died unseen: then a new one is tried, once.
func (s *Source) list(ctx context.Context, accept bool, probe *Probe) (place, []entry, time.Time, error) {
	if s.kept != nil && s.kept.dead.Load() {
		s.unkeep()
	}
	if s.kept != nil {
		p, at := s.kept, time.Now()
		s.kept = nil
		list, err := p.List(ctx)
		if err == nil {
			return p, list, at, nil
		}
		_ = p.Close()
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Temporary || ctx.Err() != nil {
			return nil, nil, at, missing(err)
		}
		s.log.Debug("the kept connection is gone", "source", s.o.Name)
	}
	p, err := s.open(ctx, accept, probe)
	if err != nil {
		return nil, nil, time.Time{}, err
	}
	at := time.Now()
	list, err := p.List(ctx)
	if err != nil {
		_ = p.Close()
		return nil, nil, at, missing(err)
	}
	return p, list, at, nil
}

// open returns the source's place.
func (s *Source) open(ctx context.Context, accept bool, probe *Probe) (place, error) {
	if !s.o.remote() {
		p, err := openDirectory(s.o.URL)
		if err != nil {
			return nil, missing(err)
		}
		return p, nil
	}
	session, err := connect(ctx, s.o, accept, probe)
	if probe.Exposed != "" && !s.told {
		s.told = true
		s.log.Warn(fmt.Sprintf("⚠️ Others may read the key %q: chmod 600 it", probe.Exposed))
	}
	if err != nil {
		return nil, err
	}
	s.log.Debug("connected", "source", s.o.Name, "address", probe.Address)
	return &remote{session: session}, nil
}

// missing adds what to do when err is that the source's folder is not there.
func missing(err error) error {
	if e, ok := errors.AsType[*Error](err); ok && e.Hint == "" && errors.Is(err, fs.ErrNotExist) {
		e.Hint = "make the folder, or correct url: of the source"
	}
	return err
}

// leave ends a visit. A connection that still works is kept for Rest.
func (s *Source) leave(p place) {
	if r, ok := p.(*remote); ok && !r.dead.Load() {
		s.kept = r
		return
	}
	_ = p.Close()
}

// unkeep closes the kept connection.
func (s *Source) unkeep() {
	if s.kept != nil {
		_ = s.kept.Close()
		s.kept = nil
	}
}

// wake ends a rest.
func (s *Source) wake() {
	if s.rest != nil {
		s.rest()
		s.rest = nil
	}
}

// Rest is told after a check how long it is until the next. A connection is kept
// alive over a rest of less than two minutes and closed otherwise.
func (s *Source) Rest(next time.Duration) {
	release, err := s.acquire(context.Background())
	if err != nil {
		return
	}
	defer release()
	if s.kept == nil {
		return
	}
	if next >= restLimit {
		s.unkeep()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	kept := s.kept
	go func() {
		defer close(ended)
		kept.keepAlive(ctx)
	}()
	s.rest = func() { cancel(); <-ended }
}

// Close closes the connection and waits for what the source started. The source
// must not be used afterwards.
func (s *Source) Close() error {
	release, err := s.acquire(context.Background())
	if err != nil {
		return err
	}
	defer release()
	s.unkeep()
	return nil
}
