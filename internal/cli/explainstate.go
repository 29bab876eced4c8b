package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// stateFlags are the state that explain is given; -1 is not given.
type stateFlags struct {
	misses, missesTotal, errors      int
	found, imported, rejected        int
	sinceFound                       string
	at, source                       string
	given                            bool // any of the state
	refused                          bool
	findFile                         []string
	missesSet, totalSet, importedSet bool
}

// stateToExplain returns the state that the flags give, or the stored one.
func (a *app) stateToExplain(ctx context.Context, c *config.Config, s config.Source, f *stateFlags) (rules.State, rules.Outcome, error) {
	var stored store.SourceState
	var pause store.Pause
	known := false
	st, err := store.OpenExisting(ctx, c.Store)
	switch {
	case err == nil:
		defer st.Close()
		states, err := st.States(ctx)
		if err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
		if pause, err = st.Pause(ctx, s.Name); err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
		stored = states[s.Name]
		known = !stored.LastCheck.IsZero()
	case !errors.Is(err, fs.ErrNotExist):
		return rules.State{}, rules.Outcome{}, err
	}
	var checked *standing
	if !known && !f.given {
		if checked, err = afterChecks(ctx, st, s); err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
	}
	at, asked := time.Now(), time.Now()
	switch {
	case known && !f.given:
		at = stored.LastCheck
	case checked != nil:
		at = checked.outcome.At
	}
	if f.at != "" {
		if at, err = parseMoment(f.at, s.Schedule.Zone()); err != nil {
			return rules.State{}, rules.Outcome{}, err
		}
		asked = at
	}
	if p := pausedAt(pause, asked, s.Schedule.Zone()); p != nil && !asked.Before(p.Since) {
		fmt.Fprintf(a.stderr, "smartsync: %s is paused until %s: there are no checks, whatever the rules say\n", s.Name, p.end())
	}
	forecast, err := a.forecastOf(ctx, s, st, at)
	if err != nil {
		return rules.State{}, rules.Outcome{}, err
	}
	if f.given {
		state, outcome, err := f.state(at)
		outcome.Forecast = forecast
		return state, outcome, err
	}
	if checked != nil {
		state, outcome := a.byChecks(s, checked, rules.Outcome{At: at, Forecast: forecast})
		return state, outcome, nil
	}
	if !known {
		fmt.Fprintln(a.stderr, "smartsync: nothing is known of the source yet: explaining a first check that finds nothing")
		return rules.State{Misses: 1, MissesTotal: 1, LastCheck: at}, rules.Outcome{At: at, Forecast: forecast}, nil
	}
	state := rules.State{Misses: stored.Misses, MissesTotal: stored.MissesTotal, Errors: stored.Errors, LastCheck: stored.LastCheck, LastFound: stored.LastFound}
	outcome := rules.Outcome{At: at, Failed: stored.Errors > 0, Found: stored.Found, Imported: stored.Found, Forecast: forecast}
	if f.at == "" {
		outcome.Refused = a.inForce(s, stored, state, outcome)
	}
	return state, outcome, nil
}

// inForce compares the decision that a running smartsync took with the one that is
// explained, and says so when they differ. It tells whether the check was refused,
// which is not stored, and which the wait shows.
func (a *app) inForce(s config.Source, stored store.SourceState, state rules.State, outcome rules.Outcome) (refused bool) {
	like := func(d rules.Decision) bool {
		return d.Window == stored.Window && d.Rule == stored.Rule && d.Line == stored.Line && d.Next.Sub(stored.Next).Abs() < time.Second
	}
	if like(s.Schedule.Judge(s.Name, state, outcome)) {
		return false
	}
	if outcome.Failed {
		outcome.Refused = true
		if like(s.Schedule.Judge(s.Name, state, outcome)) {
			return true
		}
	}
	fmt.Fprintf(a.stderr, "smartsync: the check itself was followed by %q (%s, line %d), next check %s: the schedule is another now, or a condition speaks of what the files were\n",
		stored.Reason, ruleTitle(rules.Decision{Window: stored.Window, Rule: stored.Rule}), stored.Line, stored.Next.In(s.Schedule.Zone()).Format("Mon 15:04:05"))
	return false
}

// state is what the flags give.
func (f *stateFlags) state(at time.Time) (rules.State, rules.Outcome, error) {
	if min(f.misses, f.missesTotal, f.errors, f.found, f.imported, f.rejected) < 0 {
		return rules.State{}, rules.Outcome{}, usage("a count is 0 or more")
	}
	if !f.totalSet {
		f.missesTotal = f.misses
	}
	f.found = max(f.found, len(f.findFile))
	if f.found > 0 && f.misses > 0 {
		return rules.State{}, rules.Outcome{}, usage("a check that found files is no miss: leave out --misses, or --found")
	}
	if f.refused {
		f.errors = max(1, f.errors)
	}
	if !f.importedSet {
		f.imported = max(0, f.found-f.rejected)
	}
	if !f.missesSet && f.found == 0 && f.errors == 0 {
		f.misses, f.missesTotal = 1, max(1, f.missesTotal) // a check that found nothing is a miss
	}
	state := rules.State{Misses: f.misses, MissesTotal: f.missesTotal, Errors: f.errors, LastCheck: at}
	if f.sinceFound != "" {
		since, err := rules.ParseDuration(f.sinceFound)
		if err != nil {
			return rules.State{}, rules.Outcome{}, usage("--since-found %q %v", f.sinceFound, err)
		}
		state.LastFound = at.Add(-since)
	} else if f.found > 0 {
		state.LastFound = at
	}
	outcome := rules.Outcome{At: at, Failed: f.errors > 0, Refused: f.refused, Found: f.found, Imported: f.imported, Rejected: f.rejected}
	for _, name := range f.findFile {
		outcome.Files = append(outcome.Files, rules.FoundFile{Name: name, Modified: at})
	}
	return state, outcome, nil
}

// parseMoment reads a moment of the command line.
func parseMoment(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(zone), nil
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateTime} {
		if wall, err := time.Parse(form, text); err == nil {
			return rules.Wall(wall, zone), nil
		}
	}
	if wall, err := time.Parse("15:04", text); err == nil {
		today := time.Now().In(zone)
		return rules.Wall(time.Date(today.Year(), today.Month(), today.Day(), wall.Hour(), wall.Minute(), 0, 0, time.UTC), zone), nil
	}
	return time.Time{}, usage("%q is no moment: write YYYY-MM-DDTHH:MM, HH:MM or RFC 3339", text)
}
