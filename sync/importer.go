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
	round, err := contain(func() (*etlegacy.Round, error) { return etlegacy.Parse(item.Key.Path, data) })
	if err == nil {
		item.Status, item.Round, item.Content = store.Imported, round, data
		return
	}
	item.Status, item.Reason = store.Rejected, err.Error()
	if r, ok := errors.AsType[*etlegacy.Rejection](err); ok {
		item.Line, item.Reason = r.Line, r.Reason
	}
}

// contain runs a parser and turns its panic into an error: one file must not end
// the program.
func contain[T any](parse func() (T, error)) (result T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser panicked: %v", p)
		}
	}()
	return parse()
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
