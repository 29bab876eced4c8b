package store

import (
	"database/sql"
	"errors"
	"path"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// present is what a path holds now: a round, or a duplicate of another's, or
// neither.
type present struct {
	round   *stored
	repeats int64 // the id of the duplicate's row; 0: none
}

// present looks up what path holds; all are its rows that were handled before.
func (b *batch) present(path string, all []version) (present, error) {
	if len(all) == 0 {
		return present{}, nil
	}
	var p present
	for _, v := range all {
		if v.repeats {
			p.repeats = v.ID
		}
	}
	var err error
	p.round, err = b.roundOf("f.path = ?", path)
	return p, err
}

// replace puts in, nil for a duplicate, where the path had old.
func (b *batch) replace(old present, in *incoming) error {
	if old.repeats != 0 {
		if err := b.exec("UPDATE files SET content = NULL WHERE id = ?", old.repeats); err != nil {
			return err
		}
	}
	switch {
	case in != nil && old.round == nil:
		return b.addRound(in)
	case in != nil:
		if err := b.changeRound(old.round, in); err != nil || in.sha == old.round.sha {
			return err
		}
	case old.round != nil:
		if err := b.removeRound(old.round); err != nil {
			return err
		}
	default:
		return nil
	}
	return b.release(old.round.sha)
}

// yield makes a duplicate of other, which has the same content as f and comes
// after it by name.
func (b *batch) yield(other *stored, f *File, content []byte) error {
	if err := b.exec("UPDATE files SET status = 'duplicate', content = ?, handled_at = ? WHERE id = ?",
		content, b.now.UnixMilli(), other.file); err != nil {
		return err
	}
	if err := b.retarget(f.SHA256, f.Key.Path); err != nil {
		return err
	}
	return b.removeRound(other)
}

// retarget makes all duplicates of a content name path as the one they repeat.
func (b *batch) retarget(sha, path string) error {
	return b.exec("UPDATE files SET reason = ? WHERE source_id = ? AND sha256 = ? AND content IS NOT NULL",
		repeats(path), b.source, sha)
}

// release imports the first by name of a content's duplicates, now that the file
// they repeated holds something else.
func (b *batch) release(sha string) error {
	var f File
	var content []byte
	ok, err := b.get("SELECT id, path, content FROM files WHERE source_id = ? AND sha256 = ? AND content IS NOT NULL ORDER BY path LIMIT 1",
		[]any{b.source, sha}, &f.ID, &f.Key.Path, &content)
	if err != nil || !ok {
		return err
	}
	round, err := etlegacy.Parse(path.Base(f.Key.Path), content)
	if err != nil {
		if err := b.reject(f.ID, err); err != nil {
			return err
		}
		return b.release(sha)
	}
	if err := b.exec("UPDATE files SET status = 'imported', reason = '', content = NULL, handled_at = ? WHERE id = ?",
		b.now.UnixMilli(), f.ID); err != nil {
		return err
	}
	if err := b.retarget(sha, f.Key.Path); err != nil {
		return err
	}
	return b.addRound(&incoming{file: f.ID, sha: sha, round: round, content: content})
}

// reject marks a file whose stored content this program no longer reads.
func (b *batch) reject(file int64, why error) error {
	var r *etlegacy.Rejection
	if !errors.As(why, &r) {
		r = &etlegacy.Rejection{Reason: why.Error()}
	}
	return b.exec("UPDATE files SET status = 'rejected', line = ?, reason = ?, content = NULL, handled_at = ? WHERE id = ?",
		r.Line, r.Reason, b.now.UnixMilli(), file)
}

// stored is a round that is in the database.
type stored struct {
	id, file int64
	sha      string
	path     string
	at       int64 // Unix seconds
	mapName  string
	number   int // 1 or 2
	session  int64
}

// roundOf finds the round of this source whose file matches, over rounds r and
// files f; nil when there is none.
func (b *batch) roundOf(match string, args ...any) (*stored, error) {
	var s stored
	var session sql.NullInt64
	ok, err := b.get(`SELECT r.id, r.file_id, r.sha256, f.path, r.written_at, r.map, r.round, r.session_id
		FROM rounds r JOIN files f ON f.id = r.file_id WHERE r.source_id = ? AND f.source_id = ? AND `+match,
		append([]any{b.source, b.source}, args...),
		&s.id, &s.file, &s.sha, &s.path, &s.at, &s.mapName, &s.number, &session)
	if err != nil || !ok {
		return nil, err
	}
	s.session = session.Int64
	return &s, nil
}

// moment is where a round 1 stands: its map, and its instant in Unix seconds.
type moment struct {
	mapName string
	at      int64
}

func (s *stored) moment() moment { return moment{s.mapName, s.at} }
