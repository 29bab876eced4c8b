package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// statusOutput is the result of status as JSON.
type statusOutput struct {
	Schedule string         `json:"schedule"`
	Store    string         `json:"store"`
	Daemon   *daemonOutput  `json:"daemon"` // null: none runs
	Sources  []sourceOutput `json:"sources"`
}

type daemonOutput struct {
	PID          int        `json:"pid"`
	Started      time.Time  `json:"started"`
	Schedule     string     `json:"schedule"`
	Loaded       time.Time  `json:"loaded"`
	ReloadError  string     `json:"reload_error"`
	ReloadFailed *time.Time `json:"reload_failed"`
}

type sourceOutput struct {
	Source    string           `json:"source"`
	Window    string           `json:"window"`
	LastCheck *time.Time       `json:"last_check"`
	LastFound *time.Time       `json:"last_found"`
	LastError string           `json:"last_error"`
	Misses    int              `json:"misses"`
	Errors    int              `json:"errors"`
	Next      *time.Time       `json:"next"` // null when no daemon runs
	Rule      int              `json:"rule"`
	Line      int              `json:"line"`
	Reason    string           `json:"reason"`
	Files     map[string]int   `json:"files"`
	Rejected  []rejectedOutput `json:"rejected"` // the newest
}

type rejectedOutput struct {
	File   string    `json:"file"`
	Line   int       `json:"line"`
	Reason string    `json:"reason"`
	Detail string    `json:"detail,omitempty"`
	At     time.Time `json:"at"`
}

func (a *app) statusCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "status",
		Short: "Show each source's state, and whether smartsync runs",
		Long: `Shows whether smartsync runs, whether the newest edit of the schedule was taken
over, and for each source its last check, its next one and why, its files, and
the newest files that could not be imported. It only reads.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context()) },
	}
	a.outputFlag(command)
	return command
}

// shownRejected is how many rejected files status shows of a source.
const shownRejected = 5

func (a *app) status(ctx context.Context) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	out := statusOutput{Schedule: c.Path, Store: c.Store}
	st, err := a.readStore(ctx, c)
	if err != nil {
		return err
	}
	defer st.Close()
	daemon, known, err := st.Daemon(ctx)
	if err != nil {
		return err
	}
	if known && running(c.Store) {
		out.Daemon = &daemonOutput{daemon.PID, daemon.Started.In(c.Zone), daemon.Schedule, daemon.Loaded.In(c.Zone), daemon.ReloadError, moment(daemon.ReloadFailed, c.Zone)}
	}
	states, err := st.States(ctx)
	if err != nil {
		return err
	}
	counts, err := st.Counts(ctx)
	if err != nil {
		return err
	}
	for _, s := range c.Sources {
		rejected, err := st.Files(ctx, store.FileQuery{Source: s.Name, Status: store.Rejected, Limit: shownRejected})
		if err != nil {
			return err
		}
		out.Sources = append(out.Sources, sourceStatus(s, states[s.Name], counts[s.Name], rejected, out.Daemon != nil))
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	return a.printStatus(c, out)
}

// readStore opens the database to read it; that there is none yet has a hint.
func (a *app) readStore(ctx context.Context, c *config.Config) (*store.Store, error) {
	st, err := store.OpenExisting(ctx, c.Store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &failure{exitFailed, "smartsync run or smartsync sync makes it", fmt.Errorf("there is no database %s yet", shownPath(c, c.Store))}
	}
	return st, err
}

// running tells whether a smartsync holds the database.
func running(path string) bool {
	release, err := store.Lock(path)
	if err == nil {
		_ = release() // it was only asked for
		return false
	}
	_, held := errors.AsType[*store.HeldError](err)
	return held
}

func sourceStatus(s config.Source, state store.SourceState, counts map[store.Status]int, rejected []store.File, runs bool) sourceOutput {
	zone := s.Schedule.Zone()
	out := sourceOutput{
		Source: s.Name, Window: s.Schedule.Window(time.Now()), LastCheck: moment(state.LastCheck, zone), LastFound: moment(state.LastFound, zone),
		LastError: state.LastError, Misses: state.Misses, Errors: state.Errors,
		Rule: state.Rule, Line: state.Line, Reason: state.Reason, Files: map[string]int{}, Rejected: []rejectedOutput{},
	}
	if runs {
		out.Next = moment(state.Next, zone)
	}
	for status, n := range counts {
		out.Files[string(status)] = n
	}
	for _, f := range rejected {
		out.Rejected = append(out.Rejected, rejectedOutput{f.Key.Path, f.Line, f.Reason, f.Detail, f.Handled.In(zone)})
	}
	return out
}

// moment is t in zone, or nil for the zero time.
func moment(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

func (a *app) printStatus(c *config.Config, out statusOutput) error {
	now := time.Now()
	if d := out.Daemon; d != nil {
		fmt.Fprintf(a.stdout, "smartsync runs: pid %d, since %s\n", d.PID, d.Started.Format(time.DateTime))
		if d.ReloadError != "" {
			fmt.Fprintf(a.stdout, "the newest edit of the schedule was refused %s, the one before is in force:\n%s\n", ago(*d.ReloadFailed, now), d.ReloadError)
		}
	} else {
		fmt.Fprintln(a.stdout, "smartsync does not run: smartsync run starts it")
	}
	table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, s := range out.Sources {
		fmt.Fprintf(table, "\n%s\t\n", s.Source)
		fmt.Fprintf(table, "  window\t%s\n", s.Window)
		if s.LastCheck == nil {
			fmt.Fprintf(table, "  last check\tnever\n")
			continue
		}
		result := fmt.Sprintf("ok, misses %d", s.Misses)
		if s.LastError != "" {
			result = fmt.Sprintf("failed (%d in a row): %s", s.Errors, s.LastError)
		}
		fmt.Fprintf(table, "  last check\t%s (%s): %s\n", s.LastCheck.Format(time.DateTime), ago(*s.LastCheck, now), result)
		if s.LastFound != nil {
			fmt.Fprintf(table, "  last find\t%s (%s)\n", s.LastFound.Format(time.DateTime), ago(*s.LastFound, now))
		}
		if s.Next != nil {
			wait := max(0, s.Next.Sub(now)).Round(time.Second)
			fmt.Fprintf(table, "  next check\t%s (in %s): %s, line %d\n", s.Next.Format(time.DateTime), rules.FormatDuration(wait), s.Reason, s.Line)
		}
		fmt.Fprintf(table, "  files\t%s\n", countsText(s.Files))
		for _, f := range s.Rejected {
			fmt.Fprintf(table, "  rejected\t%s\n", rejectedText(f.File, f.Line, f.Reason, f.Detail))
		}
	}
	return table.Flush()
}

// countsText says how many files have which status, in the order of a file's life.
func countsText(counts map[string]int) string {
	text := ""
	for _, status := range []store.Status{store.Imported, store.Kept, store.Ignored, store.Duplicate, store.Rejected, store.Seen} {
		if n := counts[string(status)]; n > 0 {
			text += fmt.Sprintf("%s%d %s", map[bool]string{true: ", "}[text != ""], n, status)
		}
	}
	if text == "" {
		return "none"
	}
	return text
}

func rejectedText(file string, line int, reason, detail string) string {
	text := shownName(file)
	if line > 0 {
		text += fmt.Sprintf(", line %d", line)
	}
	if text += ": " + reason; detail != "" {
		text += fmt.Sprintf(" (%q)", lastLine(detail))
	}
	return text
}
