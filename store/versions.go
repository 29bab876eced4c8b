package store

import (
	"database/sql"
	"strconv"
)

// version is a row of files as Commit needs it.
type version struct {
	File
	repeats bool // it is its path's present content, and a duplicate
}

// versions returns a path's rows: first the one that was only seen, if any, then
// by version.
func (b *batch) versions(path string) ([]version, error) {
	var all []version
	err := b.each("SELECT "+fileColumns+", f.content IS NOT NULL FROM files f WHERE f.source_id = ? AND f.path = ? ORDER BY f.version",
		[]any{b.source, path}, func(rows *sql.Rows) error {
			var v version
			if err := scanFile(rows, &v.File, &v.repeats); err != nil {
				return err
			}
			all = append(all, v)
			return nil
		})
	return all, err
}

// add records one item: its row of the ledger, and what it holds.
func (b *batch) add(it *Item) (File, error) {
	all, err := b.versions(it.Key.Path)
	if err != nil {
		return File{}, err
	}
	f := File{Key: it.Key, Version: 1, FirstSeen: b.now, Adopted: it.Adopted}
	if len(all) > 0 && all[0].Status == Seen {
		f.ID = all[0].ID
		if all[0].Key == it.Key {
			f.FirstSeen = all[0].FirstSeen
		}
		all = all[1:]
	}
	if len(all) == 0 {
		return b.place(f, it, nil)
	}
	last := all[len(all)-1]
	switch {
	case last.Adopted == ByName: // this is it
		last.Key, last.Adopted = it.Key, it.Adopted
		return b.place(last.File, it, all)
	case it.Adopted != NotAdopted:
		return last.File, nil
	}
	for _, v := range all {
		if v.Key == it.Key && (v.ID != last.ID || !last.mayBecome(it)) {
			return v.File, nil
		}
	}
	same := it.SHA256 != "" && last.SHA256 == it.SHA256
	switch {
	case last.Key == it.Key:
		return b.place(last.File, it, all)
	case same: // touched: the same file under a new time
		if err := b.forget(f.ID); err != nil {
			return File{}, err
		}
		last.Key, last.Adopted = it.Key, NotAdopted
		if last.mayBecome(it) {
			return b.place(last.File, it, all)
		}
		return last.File, b.exec("UPDATE files SET size = ?, modified = ?, adopted = 0 WHERE id = ?", it.Key.Size, it.Key.Modified, last.ID)
	}
	f.Version = last.Version + 1
	return b.place(f, it, all)
}

// mayBecome reports whether committing it over v, the same key or content,
// changes anything: what was imported stays so.
func (v *version) mayBecome(it *Item) bool {
	switch v.Status {
	case Rejected, Kept, Ignored:
		return v.Status != it.Status || v.SHA256 != it.SHA256 || v.Line != it.Line || v.Reason != it.Reason || v.Detail != it.Detail
	}
	return false
}

// forget drops a row that was only seen; id 0 is none.
func (b *batch) forget(id int64) error {
	if id == 0 {
		return nil
	}
	return b.exec("DELETE FROM files WHERE id = ?", id)
}

// place gives f what the item says, writes it, and sees to the rows of its stats.
// all are the path's rows that were handled before.
func (b *batch) place(f File, it *Item, all []version) (File, error) {
	f.SHA256, f.Local, f.Status = it.SHA256, it.Local, it.Status
	f.Line, f.Reason, f.Detail, f.Handled = it.Line, it.Reason, it.Detail, b.now
	if !it.stats() {
		return f, b.save(&f, nil)
	}
	own, err := b.present(it.Key.Path, all)
	if err != nil {
		return f, err
	}
	other, err := b.roundOf("r.sha256 = ? AND f.path <> ?", it.SHA256, it.Key.Path)
	if err != nil {
		return f, err
	}
	if other != nil && other.path < f.Key.Path {
		f.Status, f.Reason = Duplicate, repeats(other.path)
		if err := b.save(&f, it.Content); err != nil {
			return f, err
		}
		return f, b.replace(own, nil)
	}
	if err := b.save(&f, nil); err != nil {
		return f, err
	}
	if other != nil {
		if err := b.yield(other, &f, it.Content); err != nil {
			return f, err
		}
	}
	return f, b.replace(own, &incoming{file: f.ID, sha: f.SHA256, round: it.Round, content: it.Content})
}

// repeats is the reason of a duplicate.
func repeats(path string) string { return "the same content as " + strconv.Quote(path) }

// save writes f's row; a new one gets its ID. content is kept of duplicates only.
func (b *batch) save(f *File, content []byte) error {
	if f.ID != 0 {
		return b.exec(`UPDATE files SET version = ?, size = ?, modified = ?, sha256 = ?, local = ?, status = ?,
			line = ?, reason = ?, detail = ?, first_seen_at = ?, handled_at = ?, adopted = ?, content = ? WHERE id = ?`,
			f.Version, f.Key.Size, f.Key.Modified, f.SHA256, f.Local, string(f.Status),
			f.Line, f.Reason, f.Detail, f.FirstSeen.UnixMilli(), f.Handled.UnixMilli(), int64(f.Adopted), blob(content), f.ID)
	}
	id, err := b.nextID("files")
	if err != nil {
		return err
	}
	f.ID = id
	return b.exec(`INSERT INTO files (id, source_id, path, version, size, modified, sha256, local, status,
		line, reason, detail, first_seen_at, handled_at, adopted, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, b.source, f.Key.Path, f.Version, f.Key.Size, f.Key.Modified, f.SHA256, f.Local, string(f.Status),
		f.Line, f.Reason, f.Detail, f.FirstSeen.UnixMilli(), f.Handled.UnixMilli(), int64(f.Adopted), blob(content))
}

// blob is content as it is stored: nil as null.
func blob(content []byte) any {
	if content == nil {
		return nil
	}
	return content
}
