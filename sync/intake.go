package sync

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
	"github.com/smartsync/smartsync/store"
)

// batchSize is how many files one transaction takes in.
const batchSize = 100

// intake takes the fetched files of one check in: name, import, ledger.
type intake struct {
	s       *Source
	from    place
	into    *folder
	ledger  store.Ledger
	rep     *Report
	total   int // files to come
	done    int
	batch   []*fetched  // to be taken in with the next transaction
	held    []*fetched  // unsettled: to be looked at again
	pending []store.Key // still being written
}

// fetched takes one file, in the order of the plan.
func (in *intake) fetched(ctx context.Context, f *fetched) error {
	in.done++
	switch {
	case errors.Is(f.err, errChanging):
		in.pending = append(in.pending, f.key())
	case f.err != nil:
		in.failed(f, f.err)
	case f.settled:
		in.batch = append(in.batch, f)
	default:
		in.held = append(in.held, f)
	}
	if f.err == nil {
		in.rep.Bytes += f.Size
	}
	in.s.o.Progress(in.done, in.total, in.rep.Bytes)
	if len(in.batch) >= in.size() {
		return in.flush(ctx)
	}
	return nil
}

// size is how many files a transaction takes: one where each costs a command,
// which a crash would have to run again.
func (in *intake) size() int {
	if in.s.o.Importer == Command {
		return 1
	}
	return batchSize
}

func (in *intake) failed(f *fetched, err error) {
	f.drop()
	in.rep.Failed = append(in.rep.Failed, Fault{Name: f.Name, Reason: plainFS(err).Error()})
}

// settle waits until the held files may be looked at again, and takes in those
// that are as they were listed.
func (in *intake) settle(ctx context.Context, listed time.Time) error {
	if len(in.held) == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return asError("wait for files to settle", Other, context.Cause(ctx))
	case <-time.After(time.Until(listed.Add(in.s.o.Settle))):
	}
	now, err := in.look(ctx)
	if err != nil {
		return err
	}
	crash.Point(crash.Settled)
	held := in.held
	in.held = nil
	taken := make([]*fetched, 0, len(held))
	for i, f := range held {
		switch {
		case now[i].err != nil:
			in.failed(f, now[i].err)
		case now[i].entry != f.entry:
			f.drop()
			in.pending = append(in.pending, job{entry: now[i].entry}.key())
		default:
			taken = append(taken, f)
		}
	}
	for len(taken) > 0 {
		n := min(len(taken), in.size())
		in.batch, taken = taken[:n], taken[n:]
		if err := in.flush(ctx); err != nil {
			in.held = taken
			return err
		}
	}
	return nil
}

// looked is what a second look at a file showed.
type looked struct {
	entry entry
	err   error
}

// look asks for the held files again, several at a time.
func (in *intake) look(ctx context.Context) ([]looked, error) {
	all := make([]looked, len(in.held))
	var workers sync.WaitGroup
	todo := make(chan int)
	for range min(len(all), 4*in.s.o.Parallel) {
		workers.Go(func() {
			for i := range todo {
				all[i].entry, all[i].err = in.from.Stat(ctx, in.held[i].Name)
			}
		})
	}
	for i := range all {
		todo <- i
	}
	close(todo)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return nil, asError("look at files again", Other, context.Cause(ctx))
	}
	for _, l := range all {
		if e, ok := errors.AsType[*Error](l.err); ok {
			return nil, e
		}
	}
	return all, nil
}

// flush takes the batch in: names, one sync of the folder, import, and one
// transaction.
func (in *intake) flush(ctx context.Context) error {
	batch := in.batch
	in.batch = nil
	if err := ctx.Err(); err != nil || len(batch) == 0 {
		for _, f := range batch {
			f.drop()
		}
		return context.Cause(ctx)
	}
	named := batch[:0]
	for _, f := range batch {
		if err := f.temp.place(f.local); err != nil {
			in.failed(f, err)
			continue
		}
		named = append(named, f)
	}
	if len(named) == 0 {
		return nil
	}
	if err := in.into.sync(); err != nil {
		return err
	}
	items := make([]store.Item, 0, len(named))
	for _, f := range named {
		item, err := in.item(ctx, f)
		if e, ok := errors.AsType[*Error](err); ok {
			return e
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			in.rep.Failed = append(in.rep.Failed, Fault{Name: f.Name, Reason: err.Error()})
			continue
		}
		items = append(items, item)
	}
	return in.s.commit(ctx, in.rep, items)
}

// item imports a file that has its name.
func (in *intake) item(ctx context.Context, f *fetched) (store.Item, error) {
	item := store.Item{Key: f.key(), SHA256: f.sha, Local: in.into.local(f.local)}
	if in.s.o.Importer == Command {
		if err := in.into.verify(f.local, f.sha); err != nil {
			return item, err
		}
		if had, err := in.had(ctx, f); had || err != nil {
			item.Status = store.Imported
			return item, err
		}
	}
	err := in.s.importFile(ctx, &item, filepath.Join(in.into.path, f.local), func() ([]byte, error) {
		return in.into.read(f.local, f.sha, f.Size)
	})
	return item, err
}

// had reports whether the command was given this very content under this name: a
// new time alone is no reason to run it again.
func (in *intake) had(ctx context.Context, f *fetched) (bool, error) {
	if _, old, ok := in.ledger.Latest(f.Name); !ok || old.Status != store.Imported {
		return false, nil
	}
	files, err := in.s.store.Files(ctx, store.FileQuery{Source: in.s.o.Name, Path: f.Name})
	if err != nil {
		return false, asError(fmt.Sprintf("read the ledger of %q", f.Name), Other, err)
	}
	return len(files) > 0 && files[0].SHA256 == f.sha, nil
}

// drop takes away what was not taken in.
func (in *intake) drop() {
	for _, f := range in.batch {
		f.drop()
	}
	for _, f := range in.held {
		f.drop()
	}
	in.batch, in.held = nil, nil
}

// commit marks items in the ledger together with their rows, and counts what
// became of them. A file whose row is older than the commit is one whose time
// alone is new.
func (s *Source) commit(ctx context.Context, rep *Report, items []store.Item) error {
	if len(items) == 0 {
		return nil
	}
	crash.Point(crash.BeforeCommit)
	at := time.Now().Truncate(time.Millisecond) // as the store keeps it
	files, err := s.store.Commit(ctx, s.o.Name, s.o.Zone, at, items)
	if err != nil {
		return asError(fmt.Sprintf("commit %d files", len(items)), Other, err)
	}
	crash.Point(crash.AfterCommit)
	for _, f := range files {
		if f.Handled.Before(at) {
			rep.Touched++
			continue
		}
		rep.add(f)
	}
	return nil
}
