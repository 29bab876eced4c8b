package sync

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/smartsync/smartsync/internal/crash"
)

// folder is where a source's files are kept. A new version of a file takes the
// old one's place: the folder mirrors the source's newest contents, and older
// ones remain as rows of the store only.
type folder struct {
	path string
	root *os.Root
}

// ours matches the temporary names that temp gives, and no name of a source:
// those never begin with a dot.
var ours = regexp.MustCompile(`^\.smartsync-[0-9a-f]{16}\.part$`)

// openFolder opens the folder, and makes it when it is missing.
func openFolder(path string) (*folder, error) {
	fail := func(err error) (*folder, error) {
		return nil, &Error{Op: fmt.Sprintf("open the files folder %q", path), Err: plainFS(err)}
	}
	if err := makeFolder(path); err != nil {
		return fail(err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return fail(err)
	}
	return &folder{path: path, root: root}, nil
}

// makeFolder makes the folder and what is missing above it. Each new name is put
// on the disk: a power cut must not take a folder away whose files the ledger has.
func makeFolder(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	above := filepath.Dir(path)
	if above != path {
		if err := makeFolder(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, os.ErrExist) { // another source may have made it just now
		return err
	}
	root, err := os.OpenRoot(above)
	if err != nil {
		return err
	}
	defer root.Close()
	return syncFolder(root)
}

// sweep removes what an interrupted check left, by our own naming alone.
func (f *folder) sweep() error {
	dir, err := f.root.Open(".")
	if err != nil {
		return fmt.Errorf("sweep %q: %w", f.path, err)
	}
	defer dir.Close()
	for {
		names, err := dir.Readdirnames(4096)
		for _, name := range names {
			if ours.MatchString(name) {
				_ = f.root.Remove(name)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sweep %q: %w", f.path, err)
		}
	}
}

// local is how the ledger names a kept file: relative to the folder that holds
// the folders of all sources.
func (f *folder) local(name string) string {
	return filepath.ToSlash(filepath.Join(filepath.Base(f.path), name))
}

// sync puts renames in the folder on the disk.
func (f *folder) sync() error {
	if err := syncFolder(f.root); err != nil {
		return &Error{Op: fmt.Sprintf("sync the folder %q", f.path), Err: plainFS(err)}
	}
	crash.Point(crash.AfterFolder)
	return nil
}

func (f *folder) close() { f.root.Close() }

// temp is a file on its way in.
type temp struct {
	folder *folder
	name   string
	file   *os.File
	sum    hash.Hash
	n      int64
	err    error // the first that our own disk gave
}

// create makes an empty temporary file.
func (f *folder) create() (*temp, error) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	name := ".smartsync-" + hex.EncodeToString(random[:]) + ".part"
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, f.failed(err)
	}
	crash.Point(crash.TempCreated)
	return &temp{folder: f, name: name, file: file, sum: sha256.New()}, nil
}

func (f *folder) failed(err error) *Error {
	return &Error{Op: fmt.Sprintf("write to the files folder %q", f.path), Err: plainFS(err)}
}

// Write implements io.Writer. Its error is an *Error.
func (t *temp) Write(p []byte) (int, error) {
	if t.err == nil {
		half := len(p) / 2
		n, err := t.file.Write(p[:half])
		if err == nil {
			crash.Point(crash.HalfWritten)
			var rest int
			rest, err = t.file.Write(p[half:])
			n += rest
		}
		t.sum.Write(p[:n])
		t.n += int64(n)
		if err != nil {
			t.err = t.folder.failed(err)
		}
		return n, t.err
	}
	return 0, t.err
}

// finish puts the bytes on the disk and returns their SHA-256. A file whose bytes
// may not be there is of no use any more; the caller removes it.
func (t *temp) finish() (string, error) {
	crash.Point(crash.BeforeSync)
	err := errors.Join(t.file.Sync(), t.file.Close())
	t.file = nil
	if err != nil {
		t.err = t.folder.failed(err)
		return "", t.err
	}
	crash.Point(crash.AfterSync)
	return hex.EncodeToString(t.sum.Sum(nil)), nil
}

// remove takes the temporary file away, wherever it stands.
func (t *temp) remove() {
	if t.file != nil {
		t.file.Close()
		t.file = nil
	}
	_ = t.folder.root.Remove(t.name)
}

// place gives the finished file its name.
func (t *temp) place(name string) error {
	crash.Point(crash.BeforeRename)
	if err := t.folder.root.Rename(t.name, name); err != nil {
		return plainFS(err)
	}
	crash.Point(crash.AfterRename)
	return nil
}

var errDigest = errors.New("what is kept is not what was fetched: its SHA-256 differs")

// read returns the bytes of a kept file, at most limit, when they have the digest.
func (f *folder) read(name, digest string, limit int64) ([]byte, error) {
	file, err := f.root.Open(name)
	if err != nil {
		return nil, plainFS(err)
	}
	defer file.Close()
	return readVerified(file, digest, limit)
}

func readVerified(r io.Reader, digest string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, plainFS(err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != digest {
		return nil, errDigest
	}
	return data, nil
}

// verify is read for a file that is needed on the disk only.
func (f *folder) verify(name, digest string) error {
	file, err := f.root.Open(name)
	if err != nil {
		return plainFS(err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return plainFS(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest {
		return errDigest
	}
	return nil
}
