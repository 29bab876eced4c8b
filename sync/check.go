package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
	"github.com/smartsync/smartsync/store"
)

// recordLimit is how long the record of a check may take when its context has
// ended already.
const recordLimit = 10 * time.Second

// Check visits the source once: it lists, plans, fetches, imports, and records
// the check in the store, a failed one too. The report holds what was taken in
// even when the check failed half way. A check in which files failed and nothing
// was found is an error: it must not pass for a miss. The error is an *Error.
func (s *Source) Check(ctx context.Context) (Report, error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return Report{}, err
	}
	defer release()
	rep := Report{Started: time.Now()}
	err = s.check(ctx, &rep)
	if err == nil && len(rep.Found) == 0 && len(rep.Failed) > 0 {
		err = fmt.Errorf("%d files could not be fetched, the first is %q: %s",
			len(rep.Failed), rep.Failed[0].Name, rep.Failed[0].Reason)
	}
	err = whole(err, "check source %q", s.o.Name)
	rep.Ended = time.Now()
	if unrecorded := s.record(ctx, rep, err); err == nil {
		err = unrecorded
	}
	return rep, err
}

// check is Check without its record.
func (s *Source) check(ctx context.Context, rep *Report) error {
	into, err := openFolder(s.o.Files)
	if err != nil {
		return err
	}
	defer into.close()
	if !s.swept {
		if err := into.sweep(); err != nil {
			return err
		}
		s.swept = true
	}
	v, err := s.look(ctx, false, &Probe{})
	if err != nil {
		return err
	}
	defer func() { s.leave(v.place) }()
	rep.planned(v.plan)
	if len(v.plan.jobs) == 0 {
		return nil
	}
	return s.bring(ctx, v, into, rep)
}

// bring fetches what the plan asks for and takes it in.
func (s *Source) bring(ctx context.Context, v *visit, into *folder, rep *Report) error {
	in := &intake{s: s, from: v.place, into: into, ledger: v.ledger, rep: rep, total: len(v.plan.jobs)}
	defer in.drop()
	err := fetchAll(ctx, v.place, into, v.plan.jobs, s.o.Parallel, func(f *fetched) error {
		return in.fetched(ctx, f)
	})
	if e, ok := errors.AsType[*Error](err); err == nil || ok && e.Kind == Temporary {
		// A lost connection takes nothing from what is here already.
		if flushed := in.flush(ctx); err == nil {
			err = flushed
		}
	}
	if err == nil {
		crash.Point(crash.Fetched)
		err = in.settle(ctx, v.listed)
	}
	if len(in.pending) > 0 && ctx.Err() == nil {
		rep.Pending = len(in.pending)
		if seen := s.store.Observe(ctx, s.o.Name, in.pending, time.Now()); err == nil && seen != nil {
			err = asError("remember files that are still being written", Other, seen)
		}
	}
	return err
}

// record writes the check down. A check that was called off is recorded as well:
// it says so itself.
func (s *Source) record(ctx context.Context, rep Report, failed error) error {
	c := store.Check{
		Source: s.o.Name, Started: rep.Started, Ended: rep.Ended,
		Listed: rep.Listed, Found: len(rep.Found), Imported: rep.Imported, Rejected: len(rep.Rejected),
		Pending: rep.Pending, Skipped: rep.Skipped, Bytes: rep.Bytes,
	}
	if failed != nil {
		c.Error = failed.Error()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	crash.Point(crash.BeforeRecord)
	if _, err := s.store.RecordCheck(ctx, c); err != nil {
		return asError(fmt.Sprintf("record the check of source %q", s.o.Name), Other, err)
	}
	crash.Point(crash.AfterRecord)
	return nil
}
