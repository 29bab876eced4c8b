package engine

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// imprint tells contents of files apart. The zero imprint is that of none.
type imprint [sha256.Size]byte

// longestFile bounds what is read of a file, in bytes: more than any schedule
// may hold.
const longestFile = 2 << 20

// takeImprint reads the files. One that cannot be read has an imprint as well.
func takeImprint(files []string) imprint {
	sum := sha256.New()
	for _, name := range files {
		part := sha256.New()
		if err := copyFile(part, name); err != nil {
			part.Reset()
			fmt.Fprintf(part, "unreadable: %v", err)
		}
		sum.Write(part.Sum(nil))
	}
	return imprint(sum.Sum(nil))
}

func copyFile(to io.Writer, name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return errors.New("not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, io.LimitReader(f, longestFile))
	return err
}

// folders returns every folder in which a change may give path another file:
// that of the file itself, and those of the links on the way to it.
func folders(path string) []string {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	var found []string
	at := filepath.VolumeName(path) + string(filepath.Separator)
	rest := parts(path)
	for hops := 0; len(rest) > 0 && hops < 40; {
		next := filepath.Join(at, rest[0])
		rest = rest[1:]
		target, err := os.Readlink(next)
		if err != nil {
			if len(rest) == 0 {
				found = append(found, at)
			}
			at = next
			continue
		}
		hops++
		found = append(found, at)
		if filepath.IsAbs(target) {
			at = filepath.VolumeName(target) + string(filepath.Separator)
		}
		rest = append(parts(target), rest...)
	}
	return found
}

func parts(path string) []string {
	path = path[len(filepath.VolumeName(path)):]
	return strings.FieldsFunc(path, func(r rune) bool { return r == filepath.Separator || r == '/' })
}
