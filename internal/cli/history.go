package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
)

// sourceFlag adds --source, of one source, to a command.
func (a *app) sourceFlag(command *cobra.Command, source *string) {
	command.Flags().StringVar(source, "source", "", "the `source` (default: the first)")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
}

// atFlag adds --at, which parseMoment reads; usual says what it is when it is left out.
func atFlag(command *cobra.Command, at *string, usual string) {
	command.Flags().StringVar(at, "at", "", "the `moment`: YYYY-MM-DDTHH:MM, HH:MM today, or RFC 3339"+usual)
}

// history says of whose arrivals a command speaks, and where they stand.
type history struct {
	source   string // empty: the first
	arrivals string // a file of them; empty: the source's ledger
}

// historyFlags adds --source and --arrivals to a command.
func (a *app) historyFlags(command *cobra.Command, h *history) {
	a.sourceFlag(command, &h.source)
	command.Flags().StringVar(&h.arrivals, "arrivals", "", "`file` of arrivals (default: the source's ledger)")
}

// loadHistory reads the schedule file, and a source's arrivals.
func (a *app) loadHistory(ctx context.Context, h history) (*config.Config, config.Source, []engine.Arrival, error) {
	c, s, err := a.loadSource(h.source)
	if err != nil {
		return nil, config.Source{}, nil, err
	}
	arrivals, err := a.arrivalsOf(ctx, c, s, h.arrivals)
	return c, s, arrivals, err
}

// arrivalsOf reads the arrivals of a file, or of the source's ledger.
func (a *app) arrivalsOf(ctx context.Context, c *config.Config, s config.Source, file string) ([]engine.Arrival, error) {
	if file != "" {
		return readArrivals(file, s.Schedule.Zone())
	}
	st, err := store.OpenExisting(ctx, c.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{exitFailed, "name a file of arrivals with --arrivals, or let smartsync run gather some", fmt.Errorf("there is no database %s yet", shownPath(c, c.Store))}
	}
	if err != nil {
		return nil, err
	}
	defer st.Close()
	return storedArrivals(ctx, st, s)
}
