package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/smartsync/smartsync/internal/etlegacy"
	"github.com/smartsync/smartsync/store"
)

// readStats imports a stats file into item: its rows, or why there are none.
func readStats(item *store.Item, data []byte) {
	name, ok := etlegacy.ParseName(item.Key.Path)
	if !ok {
		item.Status, item.Reason = store.Rejected, "its name is not that of a stats file"
		return
	}
	if name.Endstats {
		item.Status = store.Ignored
		return
	}
	round, err := parse(item.Key.Path, data)
	if err == nil {
		item.Status, item.Round, item.Content = store.Imported, round, data
		return
	}
	item.Status, item.Reason = store.Rejected, err.Error()
	if r, ok := errors.AsType[*etlegacy.Rejection](err); ok {
		item.Line, item.Reason = r.Line, r.Reason
	}
}

// parse contains a parser that panics: one file must not end the program.
func parse(name string, data []byte) (round *etlegacy.Round, err error) {
	defer func() {
		if p := recover(); p != nil {
			round, err = nil, fmt.Errorf("the parser panicked: %v", p)
		}
	}()
	return etlegacy.Parse(name, data)
}

// importFile decides what becomes of a file that is on the disk at path with
// the digest in item. data reads its bytes, verified. The error is about more
// than this file.
func (s *Source) importFile(ctx context.Context, item *store.Item, path string, data func() ([]byte, error)) error {
	switch s.o.Importer {
	case ETLegacy:
		bytes, err := data()
		if err != nil {
			return err
		}
		readStats(item, bytes)
		return nil
	case Command:
		return s.runCommand(ctx, item, path)
	}
	item.Status = store.Kept
	return nil
}
