package sync

import (
	"context"
	"path"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
	"github.com/smartsync/smartsync/store"
)

// Adoption is what Adopt took over.
type Adoption struct {
	Report        // of the folder's files
	Names     int // of the list: known by name now, whether a copy came with it or not
	KnownList int // of the list: the ledger had them already
	Unfit     int // of the list: names that no source may have
}

// Adopt takes over another program's history: the names on its list of files that
// it is done with, then the files in its folder dir (empty: none), which are imported from where
// they are. What is taken over is never fetched. When a file appeared at the source
// is guessed: of a stats file by its name, else by the copy's time. A source that
// imports with a command does not run it. Nothing that the ledger has more of than
// the name is changed, so repeating it does the rest. progress may be nil. The error
// is an *Error.
func (s *Source) Adopt(ctx context.Context, dir string, list []store.Handled, progress Progress) (Adoption, error) {
	release, err := s.acquire(ctx)
	if err != nil {
		return Adoption{}, err
	}
	defer release()
	a := Adoption{Report: Report{Started: time.Now()}}
	if progress == nil {
		progress = func(int, int, int64) {}
	}
	err = s.adoptNames(ctx, list, &a)
	if err == nil && dir != "" {
		err = s.importFolder(ctx, dir, progress, &a.Report, true)
	}
	a.Ended = time.Now()
	return a, whole(err, "take over the history of source %q", s.o.Name)
}

// adoptNames puts the list into the ledger. It comes first: from then on nothing of it is
// fetched, whatever ends the rest.
func (s *Source) adoptNames(ctx context.Context, list []store.Handled, a *Adoption) error {
	fit := make([]store.Handled, 0, len(list))
	seen := make(map[string]bool, len(list))
	for _, f := range list {
		if badName(f.Path) != "" {
			a.Unfit++
			continue
		}
		if seen[f.Path] {
			continue
		}
		seen[f.Path] = true
		f.Modified = s.appeared(f.Path, f.Modified)
		fit = append(fit, f)
	}
	if len(fit) == 0 {
		return nil
	}
	added, err := s.store.Adopt(ctx, s.o.Name, fit, time.Now())
	a.Names, a.KnownList = added, len(fit)-added
	return err
}

// appeared guesses when a file appeared at the source, in Unix seconds.
func (s *Source) appeared(name string, otherwise int64) int64 {
	if n, ok := etlegacy.ParseName(path.Base(name)); ok {
		return n.WrittenAt(s.o.Zone).Unix()
	}
	return otherwise
}

// adopt marks an item as another program's copy; true when it needs no importer.
func (s *Source) adopt(item *store.Item) bool {
	item.Adopted = store.BySize
	item.Key.Modified = s.appeared(item.Key.Path, item.Key.Modified)
	if s.o.Importer == Command {
		item.Status, item.Reason = store.Ignored, "taken over: its command was not run"
		return true
	}
	return false
}

// history is a ledger as an adoption sees it: a path with any content is known,
// whatever the size and time of another program's copy; the name alone is not enough.
type history struct{ store.Ledger }

// Known returns what the ledger says of the key's path.
func (h history) Known(k store.Key) (store.Entry, bool) {
	e, ok := h.Handled(k.Path)
	return e, ok && e.Adopted != store.ByName
}
