package sync

import (
	"context"
	"errors"
	"sync"
)

// fetched is a file that is here under its temporary name, or why it is not.
type fetched struct {
	job
	index int
	temp  *temp
	sha   string
	err   error
}

// lasting returns the error when it is about more than this one file.
func (f *fetched) lasting() error {
	var e *Error
	if errors.As(f.err, &e) || errors.Is(f.err, context.Canceled) || errors.Is(f.err, context.DeadlineExceeded) {
		return f.err
	}
	return nil
}

// drop takes the temporary file away.
func (f *fetched) drop() {
	if f.temp != nil {
		f.temp.remove()
		f.temp = nil
	}
}

// fetchOne brings one file. What is wrong with it is in the result.
func fetchOne(ctx context.Context, from place, into *folder, j job) *fetched {
	f := &fetched{job: j}
	t, err := into.create()
	if err != nil {
		f.err = err
		return f
	}
	f.temp = t
	n, err := from.Fetch(ctx, j.entry, t)
	switch {
	case t.err != nil:
		err = t.err
	case err == nil && n != j.Size:
		err = errChanging
	case err == nil:
		f.sha, err = t.finish()
	}
	if err != nil {
		f.err = err
		f.drop()
	}
	return f
}

// fetchAll brings the jobs, several at a time, and hands each to take in their
// order, from this goroutine. It ends at the first error that is about more than
// one file, or that take returns; the files that were not handed over are then
// taken away. What it starts has ended when it returns.
func fetchAll(ctx context.Context, from place, into *folder, jobs []job, parallel int, take func(*fetched) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo, done := make(chan int), make(chan *fetched, parallel)
	var workers sync.WaitGroup
	for range min(parallel, len(jobs)) {
		workers.Go(func() {
			for i := range todo {
				f := fetchOne(ctx, from, into, jobs[i])
				f.index = i
				done <- f
			}
		})
	}
	workers.Go(func() {
		defer close(todo)
		for i := range jobs {
			select {
			case todo <- i:
			case <-ctx.Done():
				return
			}
		}
	})
	var result error
	waiting := make(map[int]*fetched)
	next := 0
	for next < len(jobs) && result == nil {
		select {
		case f := <-done:
			waiting[f.index] = f
			result = f.lasting()
		case <-ctx.Done():
			result = context.Cause(ctx)
		}
		for f := waiting[next]; f != nil && result == nil; f = waiting[next] {
			delete(waiting, next)
			next++
			result = take(f)
		}
	}
	cancel()
	go func() { workers.Wait(); close(done) }()
	for f := range done {
		f.drop()
	}
	for _, f := range waiting {
		f.drop()
	}
	return whole(result, "fetch %d files", len(jobs))
}
