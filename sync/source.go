// Package sync fetches and imports: one check of one source. A check lists the
// source, plans what to bring (a pure function of the listing and the ledger),
// fetches each file to a temporary name, renames it into the files folder,
// imports it and marks it in the ledger, in one transaction with its rows. A
// crash at any point repeats work and never doubles it.
package sync

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/smartsync/smartsync/store"
)

// Source is one source, ready to be checked. Its methods may be called from any
// goroutine; they run one at a time.
type Source struct {
	o     Options
	terms terms
	store *store.Store
	log   *slog.Logger

	busy  chan struct{} // holds a token while a method runs
	kept  *remote       // an open connection between checks
	rest  func()        // ends the keeping alive of kept
	swept bool          // the leftovers of earlier runs are gone
	told  bool          // that others may read the key
}

// New returns the source that o describes. It reads no file and opens no
// connection; the error is about o alone. A nil log is silence.
func New(o Options, st *store.Store, log *slog.Logger) (*Source, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Source{o: o.withDefaults(), store: st, log: log, busy: make(chan struct{}, 1)}
	err := s.o.check()
	if err == nil {
		s.terms, err = s.o.terms()
	}
	if err == nil && s.o.remote() {
		_, err = parseURL(s.o.URL)
	}
	if err != nil {
		return nil, fmt.Errorf("source %q: %w", o.Name, err)
	}
	return s, nil
}

// terms are what plans need of the options.
func (o Options) terms() (terms, error) {
	t := terms{maxSize: o.MaxSize, settle: o.Settle, ownClock: !o.remote()}
	var err error
	if t.match, err = parseGlobs(o.Match); err != nil {
		return t, err
	}
	if t.ignore, err = parseGlobs(o.Ignore); err != nil {
		return t, err
	}
	if t.ownClock && !filepath.IsAbs(o.URL) {
		return t, fmt.Errorf("the folder %q must be absolute", o.URL)
	}
	return t, nil
}

// DryRun returns what a check would bring. It changes nothing. The error is an
// *Error.
func (s *Source) DryRun(ctx context.Context) (Plan, error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return Plan{}, err
	}
	defer release()
	v, err := s.look(ctx, false, &Probe{})
	if err != nil {
		return Plan{}, err
	}
	s.leave(v.place)
	return v.plan.public(), nil
}

// Probe connects and shows the host key, the login and what a check would bring.
// With accept an unknown host key is added to known_hosts first; a changed one
// never is. The probe holds what was learned before an error, which is an *Error.
func (s *Source) Probe(ctx context.Context, accept bool) (Probe, error) {
	var probe Probe
	release, err := s.acquire(ctx)
	if err != nil {
		return probe, err
	}
	defer release()
	s.unkeep()
	v, err := s.look(ctx, accept, &probe)
	if err != nil {
		return probe, err
	}
	s.leave(v.place)
	probe.Plan = v.plan.public()
	return probe, nil
}
