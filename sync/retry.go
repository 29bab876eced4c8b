package sync

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/smartsync/smartsync/store"
)

// Retry imports the source's rejected files again, from where they are kept. A
// file that is no longer there, or no longer what was rejected, is in the
// report's Failed. The error is an *Error.
func (s *Source) Retry(ctx context.Context) (Report, error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return Report{}, err
	}
	defer release()
	rep := Report{Started: time.Now()}
	err = s.retry(ctx, &rep)
	rep.Ended = time.Now()
	return rep, whole(err, "import the rejected files of source %q again", s.o.Name)
}

func (s *Source) retry(ctx context.Context, rep *Report) error {
	files, err := s.store.Files(ctx, store.FileQuery{Source: s.o.Name, Status: store.Rejected})
	if err != nil {
		return err
	}
	rep.Listed = len(files)
	for i, f := range files {
		item, err := s.again(ctx, f)
		if e, ok := errors.AsType[*Error](err); ok {
			return e
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			rep.Failed = append(rep.Failed, Fault{Name: f.Key.Path, Reason: err.Error()})
			continue
		}
		rep.Bytes += f.Key.Size
		if item.Status == store.Rejected && item.Line == f.Line && item.Reason == f.Reason && item.Detail == f.Detail {
			rep.add(f) // as it was: there is nothing to commit
			continue
		}
		if err := s.commit(ctx, rep, []store.Item{item}); err != nil {
			return err
		}
		s.o.Progress(i+1, len(files), rep.Bytes)
	}
	return nil
}

// again imports one file from where the ledger says that it is kept.
func (s *Source) again(ctx context.Context, f store.File) (store.Item, error) {
	item := store.Item{Key: f.Key, SHA256: f.SHA256, Local: f.Local}
	path := filepath.FromSlash(f.Local)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(s.o.Files), path)
	}
	file, err := os.Open(path)
	if err != nil {
		return item, plainFS(err)
	}
	defer file.Close()
	data, err := readVerified(file, f.SHA256, f.Key.Size)
	if errors.Is(err, errDigest) {
		return item, errors.New("another version has taken its place")
	}
	if err != nil {
		return item, err
	}
	return item, s.importFile(ctx, &item, path, func() ([]byte, error) { return data, nil })
}
