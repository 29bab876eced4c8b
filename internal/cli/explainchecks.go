package cli

import (
	"context"
	"fmt"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// replayed is how many of the newest checks say how a source stands.
const replayed = 1000

// standing is a source after a check: the state, with the outcome in it.
type standing struct {
	state   rules.State
	outcome rules.Outcome
}

// afterChecks is how a source stands that no run has checked yet, by the checks that
// smartsync sync made of it: as a run would have counted them. It is nil without any.
func afterChecks(ctx context.Context, st *store.Store, s config.Source) (*standing, error) {
	if st == nil {
		return nil, nil
	}
	checks, err := st.Checks(ctx, s.Name, replayed)
	if err != nil || len(checks) == 0 {
		return nil, err
	}
	var end standing
	for i := len(checks) - 1; i >= 0; i-- {
		c := checks[i]
		end.outcome = rules.Outcome{At: c.Ended, Failed: c.Error != "", Found: c.Found, Imported: c.Imported, Rejected: c.Rejected, Pending: c.Pending}
		end.state, _ = s.Schedule.Decide(s.Name, end.state, end.outcome)
	}
	return &end, nil
}

// byChecks says by what is explained, and returns it: at another moment where one
// is asked for.
func (a *app) byChecks(s config.Source, end *standing, o rules.Outcome) (rules.State, rules.Outcome) {
	made := end.outcome.At.In(s.Schedule.Zone()).Format("Mon 2 Jan 15:04:05")
	fmt.Fprintf(a.stderr, "smartsync: smartsync run has not checked the source yet: explaining what it would do after the check of %s\n", made)
	out := end.outcome
	out.At, out.Forecast = o.At, o.Forecast
	return end.state, out
}
