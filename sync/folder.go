package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/store"
)

// ImportFolder takes in the files of a local folder as if they came from the
// source, in the order of their names. They are read where they are and not
// copied; known ones are passed over; the source's globs and bounds hold, and no
// file has to settle. It is no check and is not recorded as one. progress may be
// nil. The error is an *Error.
func (s *Source) ImportFolder(ctx context.Context, dir string, progress Progress) (Report, error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return Report{}, err
	}
	defer release()
	rep := Report{Started: time.Now()}
	if progress == nil {
		progress = func(int, int, int64) {}
	}
	err = s.importFolder(ctx, dir, progress, &rep, false)
	rep.Ended = time.Now()
	return rep, whole(err, "import the folder %q", dir)
}

// packet is a batch of imported files on its way to the store.
type packet struct {
	items  []store.Item
	faults []Fault
	bytes  int64
	err    error // the last packet's: why it is the last
}

func (s *Source) importFolder(ctx context.Context, dir string, progress Progress, rep *Report, adopt bool) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	from, err := openDirectory(dir)
	if err != nil {
		return err
	}
	defer from.Close()
	list, err := from.List(ctx)
	if err != nil {
		return err
	}
	ledger, err := s.store.Ledger(ctx, s.o.Name)
	if err != nil {
		return err
	}
	known := memory(ledger)
	if adopt {
		known = history{ledger}
	}
	p := makePlan(list, known, time.Now(), s.terms)
	rep.planned(p)
	slices.SortFunc(p.jobs, func(a, b job) int { return strings.Compare(a.Name, b.Name) })

	// One core reads and parses while the other commits.
	ctx, cancel := context.WithCancel(ctx)
	packets := make(chan packet, 2)
	go func() {
		defer close(packets)
		s.readFolder(ctx, from, dir, p.jobs, packets, adopt)
	}()
	defer func() {
		cancel()
		for range packets { // until the reader has ended
		}
	}()
	done, total := 0, len(p.jobs)
	for p := range packets {
		if p.err != nil {
			return p.err
		}
		if err := s.commit(ctx, rep, p.items); err != nil {
			return err
		}
		rep.Failed = append(rep.Failed, p.faults...)
		rep.Bytes += p.bytes
		done += len(p.items) + len(p.faults)
		progress(done, total, rep.Bytes)
	}
	return context.Cause(ctx)
}

// readFolder reads and imports jobs in batches, until ctx ends.
func (s *Source) readFolder(ctx context.Context, from place, dir string, jobs []job, out chan<- packet, adopt bool) {
	size := batchSize
	if s.o.Importer == Command {
		size = 1
	}
	for batch := range slices.Chunk(jobs, size) {
		var p packet
		for _, j := range batch {
			item, err := s.readFile(ctx, from, dir, j, adopt)
			if e, ok := errors.AsType[*Error](err); ok || ctx.Err() != nil {
				p.err = err
				if ok {
					p.err = e
				}
				break
			}
			if err != nil {
				p.faults = append(p.faults, Fault{Name: j.Name, Reason: plainFS(err).Error()})
				continue
			}
			p.items, p.bytes = append(p.items, item), p.bytes+j.Size
		}
		select {
		case out <- p:
		case <-ctx.Done():
			return
		}
		if p.err != nil {
			return
		}
	}
}

// readFile imports one file from where it is.
func (s *Source) readFile(ctx context.Context, from place, dir string, j job, adopt bool) (store.Item, error) {
	item := store.Item{Key: j.key(), Local: filepath.Join(dir, j.Name)}
	var data bytes.Buffer
	n, err := from.Fetch(ctx, j.entry, &data)
	if err != nil {
		return item, err
	}
	if n != j.Size {
		return item, errChanging
	}
	sum := sha256.Sum256(data.Bytes())
	item.SHA256 = hex.EncodeToString(sum[:])
	if adopt && s.adopt(&item) {
		return item, nil
	}
	err = s.importFile(ctx, &item, item.Local, func() ([]byte, error) { return data.Bytes(), nil })
	return item, err
}
