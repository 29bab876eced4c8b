package store

import "strings"

// Rows are written many to a statement: of 64, and the rest of 8 and of 1.
var bulkSizes = [...]int{64, 8, 1}

// bulk collects rows of one table.
type bulk struct {
	*tx
	table   string
	columns []string
	args    []any
}

// full reports whether the rows make a large statement.
func (b *bulk) full() bool { return len(b.args) >= bulkSizes[0]*len(b.columns) }

// flush writes what was collected.
func (b *bulk) flush() error {
	rest := b.args
	for _, size := range bulkSizes {
		for n := size * len(b.columns); len(rest) >= n; rest = rest[n:] {
			if err := b.exec(b.statement(size), rest[:n]...); err != nil {
				return err
			}
		}
	}
	clear(b.args)
	b.args = b.args[:0]
	return nil
}

// statement inserts size rows.
func (b *bulk) statement(size int) string {
	row := "(" + strings.Repeat("?, ", len(b.columns)-1) + "?)"
	return "INSERT INTO " + b.table + " (" + strings.Join(b.columns, ", ") + ") VALUES " +
		strings.Repeat(row+", ", size-1) + row
}
