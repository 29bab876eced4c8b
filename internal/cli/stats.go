package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// statsFlags narrow what is counted.
type statsFlags struct {
	source, since, mapName string
}

func (a *app) statsCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "stats",
		Short: "Show the game stats: last session, leaders, a player, a map, two players",
		Long: `Shows the last session: its maps with their scores, everybody who played, and the
best of the evening. Its subcommands show leaderboards, a player, a map, and how
two players fare against and beside each other.

A player is a GUID; names are labels. Rounds 2 whose round 1 is missing count
nowhere: their numbers are of both rounds. docs/stats.md has the formulas.`,
		Example: "  smartsync stats\n  smartsync stats leaders --by kd --since 2026-01-01",
		Args:    cobra.NoArgs,
	}
	flags := a.statsFlags(command, false)
	text := ""
	command.Flags().StringVar(&text, "at", "", "the last session that had begun at this `moment`: YYYY-MM-DDTHH:MM, HH:MM today, or RFC 3339")
	command.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.withStats(cmd.Context(), flags, func(r *statsRun) (err error) {
			at := report.Latest(time.Now())
			if text != "" {
				if at, err = parseMoment(text, r.zone(r.query.Source)); err != nil {
					return err
				}
			}
			return a.statsSession(r, at, text == "")
		})
	}
	command.AddCommand(a.statsLeadersCommand(), a.statsPlayerCommand(), a.statsMapCommand(), a.statsVersusCommand())
	return command
}

// statsFlags adds the flags that narrow, those by time and map when wide is set.
func (a *app) statsFlags(command *cobra.Command, wide bool) *statsFlags {
	f := &statsFlags{}
	command.Flags().StringVar(&f.source, "source", "", "only the rounds of this `source`")
	_ = command.RegisterFlagCompletionFunc("source", a.sourceNames)
	if wide {
		command.Flags().StringVar(&f.since, "since", "", "only rounds since the start of this `date`: YYYY-MM-DD")
		command.Flags().StringVar(&f.mapName, "map", "", "only rounds of this `map`")
	}
	command.ValidArgsFunction = cobra.NoFileCompletions
	a.outputFlag(command)
	return f
}

// statsRun is what a stats command works on.
type statsRun struct {
	ctx   context.Context
	cfg   *config.Config
	store *store.Store
	query store.StatsQuery
}

// withStats opens the database to read it, and makes the query of the flags.
func (a *app) withStats(ctx context.Context, f *statsFlags, do func(*statsRun) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	r := &statsRun{ctx: ctx, cfg: c}
	if f.source != "" {
		if _, err := choose(c, []string{f.source}); err != nil {
			return err
		}
		r.query.Source = f.source
	}
	if f.since != "" {
		if r.query.Since, err = parseDay(f.since, r.zone(f.source)); err != nil {
			return err
		}
	}
	if r.store, err = a.readStore(ctx, c); err != nil {
		return err
	}
	defer r.store.Close()
	if f.mapName != "" {
		if r.query.Map, err = r.findMap(f.mapName); err != nil {
			return err
		}
	}
	return do(r)
}

func (r *statsRun) findMap(text string) (string, error) {
	name, err := r.store.FindMap(r.ctx, text)
	return name, whoFailure(err)
}

// stats answers from the database, every list whole.
func (r *statsRun) stats() report.Stats { return report.Stats{Store: r.store, Zone: r.zone} }

// whoFailure says what may have been meant.
func whoFailure(err error) error {
	who, ok := errors.AsType[*store.WhoError](err)
	if !ok {
		return err
	}
	hint := "smartsync stats leaders --by rounds --limit 0 lists everybody"
	if who.Kind == "map" {
		hint = "a map is named as in its files: smartsync files lists them"
	}
	switch {
	case len(who.Fits) > 0 && who.Kind == "player":
		hint = "say which by its GUID: " + strings.Join(who.Fits, ", ")
	case len(who.Fits) > 0:
		hint = "write it as it is: " + strings.Join(who.Fits, ", ")
	case len(who.Near) > 0:
		quoted := mapOf(who.Near, strconv.Quote)
		hint = "did you mean " + strings.Join(quoted, ", ") + "?"
	}
	return &failure{exitFailed, plain(hint), who}
}

// zone is that of a source's wall clock; the schedule's own for an empty name.
func (r *statsRun) zone(source string) *time.Location {
	for _, s := range r.cfg.Sources {
		if s.Name == source && s.Zone != nil {
			return s.Zone
		}
	}
	return r.cfg.Zone
}

// span tells over which rounds a result goes.
func (r *statsRun) span() string {
	text := "all rounds"
	if r.query.Map != "" {
		text = "rounds of " + r.query.Map
	}
	if r.query.Source != "" {
		text += " at " + r.query.Source
	}
	if !r.query.Since.IsZero() {
		text += " since " + r.query.Since.Format(time.DateOnly)
	}
	return text
}

// none says on stderr that there is nothing to show.
func (a *app) none(format string, args ...any) {
	fmt.Fprintf(a.stderr, "smartsync: "+format+"\n", args...)
}

// clock is seconds as m:ss.
func clock(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

func fixed(value float64, digits int) string { return strconv.FormatFloat(value, 'f', digits, 64) }
