package sync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// directory is a place on this machine. It never leaves its folder, whatever
// links are in it.
type directory struct {
	path string
	root *os.Root
}

var _ place = (*directory)(nil)

// openDirectory opens the folder at path.
func openDirectory(path string) (*directory, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, &Error{Op: fmt.Sprintf("open the folder %q", path), Err: plainFS(err)}
	}
	return &directory{path: path, root: root}, nil
}

// List implements place.
func (d *directory) List(ctx context.Context) ([]entry, error) {
	fail := func(err error) ([]entry, error) {
		return nil, &Error{Op: fmt.Sprintf("list the folder %q", d.path), Err: plainFS(err)}
	}
	f, err := d.root.Open(".")
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	var all []entry
	for {
		if err := ctx.Err(); err != nil {
			return fail(err)
		}
		names, err := f.Readdirnames(4096)
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return fail(err)
		}
		for _, name := range names {
			e, err := d.Stat(ctx, name)
			if errors.Is(err, fs.ErrNotExist) {
				continue // gone since it was named
			}
			if err != nil {
				return fail(err)
			}
			all = append(all, e)
		}
		if len(all) > maxEntries {
			return fail(errFlood)
		}
	}
}

// Stat implements place.
func (d *directory) Stat(_ context.Context, name string) (entry, error) {
	info, err := d.root.Lstat(name)
	if err != nil {
		return entry{}, err
	}
	return entryOf(name, info), nil
}

func entryOf(name string, info fs.FileInfo) entry {
	return entry{Name: name, Size: info.Size(), Modified: info.ModTime().Unix(), Regular: info.Mode().IsRegular()}
}

// Fetch implements place. A file that is exchanged for another between the two
// looks at it, or written to meanwhile, is errChanging.
func (d *directory) Fetch(ctx context.Context, e entry, w io.Writer) (int64, error) {
	before, err := d.root.Lstat(e.Name)
	if err != nil {
		return 0, err
	}
	if !before.Mode().IsRegular() {
		return 0, errNotRegular
	}
	// Without O_NONBLOCK a pipe that took the file's place would block for ever.
	f, err := d.root.OpenFile(e.Name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	opened, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !os.SameFile(before, opened) {
		return 0, errChanging
	}
	n, err := io.Copy(w, io.LimitReader(reader{ctx, f}, e.Size+1))
	if err != nil {
		return n, err
	}
	after, err := f.Stat()
	if err == nil && (after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime())) {
		err = errChanging
	}
	return n, err
}

// Close implements place.
func (d *directory) Close() error { return d.root.Close() }

// reader reads until its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// plainFS returns a file system's error in plain words, without the path that
// the operation names already.
func plainFS(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		err = link.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return worded{"it does not exist", err}
	case errors.Is(err, fs.ErrPermission):
		return worded{"permission denied", err}
	case errors.Is(err, syscall.ENOSPC):
		return worded{"the disk is full", err}
	}
	return err
}

// worded is an error in other words.
type worded struct {
	text string
	err  error
}

func (w worded) Error() string { return w.text }
func (w worded) Unwrap() error { return w.err }
