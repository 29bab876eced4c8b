// Package sync fetches and imports: one check of one source. A check lists the
// source, plans what to bring (a pure function of the listing and the ledger),
// fetches each file to a temporary name, renames it into the files folder,
// imports it and marks it in the ledger, in one transaction with its rows. A
// crash at any point repeats work and never doubles it.
package sync

import (
	"context"
	"log/slog"
	"time"

	"github.com/smartsync/smartsync/store"
)

// Source is one source, ready to be checked. Its methods may be called from any
// goroutine; they run one at a time.
type Source struct {
	o     Options
	store *store.Store
	log   *slog.Logger
}

// New returns the source that o describes. It reads no file and opens no
// connection; the error is about o alone. A nil log is silence.
func New(o Options, st *store.Store, log *slog.Logger) (*Source, error) { panic("to write") }

// Check visits the source once: it lists, plans, fetches, imports, and records
// the check in the store, a failed one too. The report holds what was taken in
// even when the check failed half way. The error is an *Error.
func (s *Source) Check(ctx context.Context) (Report, error) { panic("to write") }

// DryRun returns what a check would bring. It changes nothing. The error is an
// *Error.
func (s *Source) DryRun(ctx context.Context) (Plan, error) { panic("to write") }

// Probe connects and shows the host key, the login and what a check would bring.
// With accept an unknown host key is added to known_hosts first; a changed one
// never is. The probe holds what was learned before an error, which is an *Error.
func (s *Source) Probe(ctx context.Context, accept bool) (Probe, error) { panic("to write") }

// ImportFolder takes in the files of a local folder as if they came from the
// source, in the order of their names. They are read where they are, and known
// ones are passed over. It is no check and is not recorded as one.
func (s *Source) ImportFolder(ctx context.Context, dir string, progress Progress) (Report, error) {
	panic("to write")
}

// Retry imports the source's rejected files again, from where they are kept.
func (s *Source) Retry(ctx context.Context) (Report, error) { panic("to write") }

// Rest is told after a check how long it is until the next. A connection is kept
// alive over a rest of less than two minutes and closed otherwise.
func (s *Source) Rest(next time.Duration) { panic("to write") }

// Close closes the connection and waits for what the source started. The source
// must not be used afterwards.
func (s *Source) Close() error { panic("to write") }
