package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// pauseOutput is one source's part of the result of pause and resume as JSON.
type pauseOutput struct {
	Source string        `json:"source"`
	Paused *pausedOutput `json:"paused"` // null: it is not
	Before *pausedOutput `json:"before"` // how it was; null: it was not paused
}

// pausedOutput is a pause as JSON, and in words.
type pausedOutput struct{ report.Pause }

// pausedAt is p as JSON, or nil where it does not hold at now.
func pausedAt(p store.Pause, now time.Time, zone *time.Location) *pausedOutput {
	if !p.At(now) {
		return nil
	}
	return &pausedOutput{report.PauseOf(p, zone)}
}

// end says until when, as in "paused until …".
func (p *pausedOutput) end() string {
	if p.Until == nil {
		return "it is resumed"
	}
	layout := "Mon 2 Jan 2006 15:04 MST"
	if p.Until.Second() != 0 {
		layout = "Mon 2 Jan 2006 15:04:05 MST"
	}
	return p.Until.Format(layout)
}

// endFrom is end with how far off it is.
func (p *pausedOutput) endFrom(now time.Time) string {
	if p.Until == nil {
		return p.end()
	}
	return p.end() + " (in " + ahead(p.Until.Sub(now)) + ")"
}

// ahead says a duration roughly, as a schedule would: the longer, the rougher.
func ahead(d time.Duration) string {
	switch d = max(d, 0).Round(time.Second); {
	case d >= 7*24*time.Hour:
		d = d.Round(24 * time.Hour)
	case d >= 48*time.Hour:
		d = d.Round(time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
	}
	return rules.FormatDuration(d)
}

func (a *app) pauseCommand() *cobra.Command {
	var until string
	command := &cobra.Command{
		Use:   "pause [SOURCE…]",
		Short: "Leave sources alone for a while",
		Long: `Leaves the named sources alone, or all: they are not checked until the given
moment, or until smartsync resume. A running smartsync heeds it before its next
check; the end is kept to the second, and is followed by one check and then the
rules. Misses and errors stay as they are. Whether smartsync runs or not, and through
restarts, a pause holds; sync, probe, import and adopt work all the same.

A date is its first moment, and a clock time the next such moment, both in the
source's time zone. Pausing what is paused moves the end.`,
		Example: "  smartsync pause\n  smartsync pause game --until 2026-12-24\n  smartsync pause game --until 18:00\n  smartsync pause --until 3d",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.pause(cmd.Context(), args, until, cmd.Flags().Changed("until"))
		},
		ValidArgsFunction: a.sourceNames,
	}
	command.Flags().StringVar(&until, "until", "", "the `moment`: YYYY-MM-DD, HH:MM, YYYY-MM-DDTHH:MM, RFC 3339, or a duration such as 3d")
	_ = command.RegisterFlagCompletionFunc("until", cobra.FixedCompletions([]string{"tomorrow", "2h", "1d", "7d"}, cobra.ShellCompDirectiveNoFileComp))
	a.outputFlag(command)
	return command
}

func (a *app) resumeCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "resume [SOURCE…]",
		Short: "End the pause of sources",
		Long: `Ends the pause of the named sources, or of all. A running smartsync checks them
within a minute, or when the next check is planned if it has not come to one since
the pause began. What is not paused stays as it is.`,
		Example:           "  smartsync resume\n  smartsync resume game",
		RunE:              func(cmd *cobra.Command, args []string) error { return a.resume(cmd.Context(), args) },
		ValidArgsFunction: a.sourceNames,
	}
	a.outputFlag(command)
	return command
}

func (a *app) pause(ctx context.Context, names []string, until string, given bool) error {
	c, sources, err := a.loadSources(names)
	if err != nil {
		return err
	}
	now, ends := time.Now(), map[string]time.Time{}
	for _, s := range sources {
		var end time.Time
		if given {
			if end, err = parseEnd(until, now, s.Schedule.Zone()); err != nil {
				return err
			}
		}
		ends[s.Name] = end
	}
	pauser, err := a.openPauser(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = pauser.Close() }() // everything is committed
	before, err := pauser.Set(ctx, now, ends)
	if err != nil {
		return err
	}
	out := mapOf(sources, func(s config.Source) pauseOutput {
		zone := s.Schedule.Zone()
		o := pauseOutput{s.Name, pausedAt(store.Pause{Since: now, Until: ends[s.Name]}, now, zone), pausedAt(before[s.Name], now, zone)}
		if o.Before != nil {
			o.Paused.Since = o.Before.Since
		}
		return o
	})
	return a.printPauses(out, func(o pauseOutput) string {
		text := "paused until " + o.Paused.endFrom(now)
		if o.Before != nil && o.Before.end() != o.Paused.end() {
			text += ", no longer until " + o.Before.end()
		}
		return text
	})
}

func (a *app) resume(ctx context.Context, names []string) error {
	c, sources, err := a.loadSources(names)
	if err != nil {
		return err
	}
	pauser, err := a.openPauser(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = pauser.Close() }() // everything is committed
	now := time.Now()
	before, err := pauser.Resume(ctx, now, mapOf(sources, func(s config.Source) string { return s.Name }))
	if err != nil {
		return err
	}
	out := mapOf(sources, func(s config.Source) pauseOutput {
		return pauseOutput{s.Name, nil, pausedAt(before[s.Name], now, s.Schedule.Zone())}
	})
	return a.printPauses(out, func(o pauseOutput) string {
		if o.Before == nil {
			return "not paused"
		}
		return "resumed, after " + span(now.Sub(o.Before.Since))
	})
}

func (a *app) printPauses(out []pauseOutput, line func(pauseOutput) string) error {
	if a.output == "json" {
		return a.printJSON(out)
	}
	for _, o := range out {
		fmt.Fprintf(a.stdout, "%s: %s\n", o.Source, line(o))
	}
	return nil
}

// openPauser opens the database to change pauses, also while another smartsync has
// it; that there is none yet has a hint.
func (a *app) openPauser(ctx context.Context, c *config.Config) (*store.Pauser, error) {
	p, err := store.OpenPauser(ctx, c.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{exitFailed, "smartsync run or smartsync sync makes it", fmt.Errorf("there is no database %s yet", shownPath(c, c.Store))}
	}
	return p, err
}

// lastYear bounds how far off the end of a pause may be.
const lastYear = 2100

// parseEnd reads the end of a pause that begins at now: a duration, or a moment after
// now in zone.
func parseEnd(text string, now time.Time, zone *time.Location) (time.Time, error) {
	const hint = "write a date (YYYY-MM-DD), a time (18:00), both (YYYY-MM-DDT18:00), RFC 3339, or a duration (3d, 2h); without --until it lasts until smartsync resume"
	end, ok := readEnd(text, now, zone)
	switch {
	case !ok:
		return end, &failure{exitUsage, hint, fmt.Errorf("--until %q is no moment", text)}
	case !end.After(now):
		return end, &failure{exitUsage, hint, fmt.Errorf("--until %q is past: that was %s", text, end.Format("Mon 2 Jan 2006 15:04 MST"))}
	case end.Year() > lastYear:
		return end, &failure{exitUsage, hint, fmt.Errorf("--until %q is too far off: %d is the last year", text, lastYear)}
	}
	return end, nil
}

func readEnd(text string, now time.Time, zone *time.Location) (end time.Time, ok bool) {
	if d, err := rules.ParseDuration(text); err == nil {
		return now.Add(d).In(zone), true
	}
	if clock, err := time.Parse("15:04", text); err == nil {
		for day := range 2 {
			y, m, d := rules.Midnight(now.In(zone), day).Date()
			if end = rules.Wall(time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, time.UTC), zone); end.After(now) {
				break
			}
		}
		return end, true
	}
	if end, err := parseDay(text, zone); err == nil {
		return end, true
	}
	end, err := parseMoment(text, zone)
	return end, err == nil
}
