package cli

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// statusOutput is the result of status as JSON.
type statusOutput struct {
	Schedule  string           `json:"schedule"`
	Store     string           `json:"store"`
	Daemon    *daemonOutput    `json:"daemon"` // null: none runs
	Receivers []receiverOutput `json:"receivers"`
	Sources   []sourceOutput   `json:"sources"`
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
	Found     int              `json:"found"` // by the last check
	Misses    int              `json:"misses"`
	Errors    int              `json:"errors"`
	Paused    *pausedOutput    `json:"paused"` // null: it is not
	Next      *time.Time       `json:"next"`   // null when no daemon runs, and while it is paused
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
the newest files that could not be imported; and who gets no messages at present. It
only reads. It tells of a running smartsync even while the schedule file is faulty.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context()) },
	}
	a.outputFlag(command)
	return command
}

// shownRejected is how many rejected files status shows of a source.
const shownRejected = 5

// shownChecks is how many checks status looks back for the last find.
const shownChecks = 500

func (a *app) status(ctx context.Context) error {
	c, err := a.load()
	if faults, ok := errors.AsType[*rules.FaultError](err); ok {
		return a.statusRefused(ctx, faults)
	}
	if err != nil {
		return err
	}
	st, err := a.readStore(ctx, c)
	if err != nil {
		return err
	}
	defer st.Close()
	out := statusOutput{Schedule: c.Path, Store: c.Store}
	if out.Daemon, err = readDaemon(ctx, st, c.Zone); err != nil {
		return err
	}
	if out.Receivers, err = readReceivers(ctx, st, settingOf(c).Receivers, c.Zone); err != nil {
		return err
	}
	var subjects []subject
	for _, s := range c.Sources {
		subjects = append(subjects, subject{s.Name, s.Schedule.Window(time.Now()), s.Schedule.Zone()})
	}
	if out.Sources, err = readSources(ctx, st, subjects, out.Daemon != nil); err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printStatus(out)
	return nil
}

// readDaemon returns the smartsync that runs, or nil.
func readDaemon(ctx context.Context, st *store.Store, zone *time.Location) (*daemonOutput, error) {
	d, known, err := st.Daemon(ctx)
	if err != nil || !known || !alive(st.Path(), d.PID) {
		return nil, err
	}
	return &daemonOutput{d.PID, d.Started.In(zone), d.Schedule, d.Loaded.In(zone), d.ReloadError, report.Moment(d.ReloadFailed, zone)}, nil
}

// alive tells whether the daemon that the database tells of still holds it: one
// that was killed could not say goodbye. Only then the lock is asked for, and a
// start at this very moment asks again (see lock).
func alive(path string, pid int) bool {
	release, err := store.Lock(path)
	if err == nil {
		_ = release() // it was only asked for
		return false
	}
	held, ok := errors.AsType[*store.HeldError](err)
	if !ok { // this user may not ask for the lock
		return processLives(pid)
	}
	return held.PID == 0 || held.PID == pid
}

// processLives tells whether there is a process pid; true where the system does
// not say.
func processLives(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// subject is a source that status tells of.
type subject struct {
	name, window string
	zone         *time.Location
}

func readSources(ctx context.Context, st *store.Store, subjects []subject, runs bool) ([]sourceOutput, error) {
	states, err := st.States(ctx)
	if err != nil {
		return nil, err
	}
	pauses, err := st.Pauses(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := st.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var out []sourceOutput
	now := time.Now()
	for _, s := range subjects {
		rejected, err := st.Files(ctx, store.FileQuery{Source: s.name, Status: store.Rejected, Limit: shownRejected})
		if err != nil {
			return nil, err
		}
		checks, err := st.Checks(ctx, s.name, shownChecks)
		if err != nil {
			return nil, err
		}
		source := sourceStatus(s, withChecks(states[s.name], checks), counts[s.name], rejected, runs)
		if source.Paused = pausedAt(pauses[s.name], now, s.zone); source.Paused != nil {
			source.Next = nil
		}
		out = append(out, source)
	}
	return out, nil
}

// withChecks is state with the newest checks, which the daemon need not have
// made: smartsync sync makes checks as well.
func withChecks(state store.SourceState, newestFirst []store.Check) store.SourceState {
	for i, c := range newestFirst {
		if i == 0 && c.Ended.After(state.LastCheck) {
			state.LastCheck, state.LastError, state.Found = c.Ended, c.Error, c.Found
		}
		if c.Found > 0 && c.Ended.After(state.LastFound) {
			state.LastFound = c.Ended
		}
	}
	return state
}

func sourceStatus(s subject, state store.SourceState, counts map[store.Status]int, rejected []store.File, runs bool) sourceOutput {
	out := sourceOutput{
		Source: s.name, Window: s.window, LastCheck: report.Moment(state.LastCheck, s.zone), LastFound: report.Moment(state.LastFound, s.zone),
		LastError: state.LastError, Found: state.Found, Misses: state.Misses, Errors: state.Errors,
		Rule: state.Rule, Line: state.Line, Reason: state.Reason, Files: map[string]int{}, Rejected: []rejectedOutput{},
	}
	if runs {
		out.Next = report.Moment(state.Next, s.zone)
	}
	for status, n := range counts {
		out.Files[string(status)] = n
	}
	for _, f := range rejected {
		out.Rejected = append(out.Rejected, rejectedOutput{f.Key.Path, f.Line, f.Reason, f.Detail, f.Handled.In(s.zone)})
	}
	return out
}
