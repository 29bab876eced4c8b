//go:build crashpoints && linux

package crash_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// call is a system call that succeeded, with the lines of the trace at which it
// began and had ended.
type call struct {
	name       string
	paths      []string // of its descriptors and of its arguments, absolute
	began, end int
	header     bool // a write to the start of the file
}

var (
	begun   = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	failed  = regexp.MustCompile(` = -1 E\w+`)
	mention = regexp.MustCompile(`(?:\d+|AT_FDCWD)<([^>]*)>|"((?:[^"\\]|\\.)*)"`)
)

// calls reads a trace of strace -f -y.
func calls(t testing.TB, path string) []call {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []call
	under := map[string]int{} // by thread: the call that is under way
	for i, line := range strings.Split(string(text), "\n") {
		if m := resumed.FindStringSubmatch(line); m != nil {
			all[under[m[1]]].end = i
			if failed.MatchString(m[3]) {
				all[under[m[1]]].name = "failed"
			}
			continue
		}
		m := begun.FindStringSubmatch(line)
		if m == nil || failed.MatchString(m[3]) {
			continue
		}
		c := call{name: m[2], began: i, end: i, header: strings.Contains(m[3], ", 0) = ") || strings.Contains(m[3], ", 0 <unfinished")}
		if strings.Contains(m[3], "<unfinished") {
			c.end = 1 << 30
			under[m[1]] = len(all)
		}
		c.paths = mentioned(m[2], m[3])
		all = append(all, c)
	}
	return all
}

// mentioned returns the paths that the arguments of a call name: a quoted name
// is relative to the descriptor before it.
func mentioned(name, args string) []string {
	var paths []string
	folder := ""
	for _, m := range mention.FindAllStringSubmatch(args, -1) {
		switch {
		case m[1] != "":
			folder = m[1]
			if !strings.HasSuffix(name, "at") && !strings.HasSuffix(name, "at2") {
				paths = append(paths, folder)
			}
		case strings.HasPrefix(name, "rename"), strings.HasPrefix(name, "mkdir"):
			if filepath.IsAbs(m[2]) {
				folder = ""
			}
			paths = append(paths, filepath.Join(folder, m[2]))
		}
	}
	return paths
}

// find returns the calls of one of the names on path, first argument or second.
func find(all []call, argument int, path string, names ...string) []call {
	var found []call
	for _, c := range all {
		if slices.Contains(names, c.name) && len(c.paths) > argument && c.paths[argument] == path {
			found = append(found, c)
		}
	}
	return found
}

// TestOrderOfWrites follows the system calls of a check: a file's bytes are on
// the disk before it has its name, the name is before the database tells of it,
// and so is every folder that was made on the way.
func TestOrderOfWrites(t *testing.T) {
	need(t, "strace", "strace")
	for _, way := range []string{directory, sftp} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, way, "etlegacy", matches(0, 3)...)
			trace := filepath.Join(t.TempDir(), "trace")
			p := s.start(t, "", []string{"strace", "-f", "-y", "-qq", "-e", "signal=none",
				"-e", "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat", "-o", trace}, "sync")
			if code, died := p.ended(); code != 0 {
				t.Fatalf("ended with code %d (signal %v):\n%s", code, died, p.log())
			}
			all := calls(t, trace)
			data := filepath.Join(s.dir, "data")
			folder, wal := filepath.Join(data, "files", "game"), filepath.Join(data, "smartsync.db-wal")
			var named []call // the renames of files
			for _, f := range s.files {
				renames := find(all, 1, filepath.Join(folder, f.name), "rename", "renameat", "renameat2")
				if len(renames) != 1 {
					t.Fatalf("%d calls give %q its name", len(renames), f.name)
				}
				named = append(named, renames[0])
				temp := renames[0].paths[0]
				writes, syncs := find(all, 0, temp, "write", "pwrite64"), find(all, 0, temp, "fsync")
				if len(writes) == 0 || len(syncs) != 1 {
					t.Fatalf("%q: %d writes and %d syncs", f.name, len(writes), len(syncs))
				}
				inOrder(t, "the bytes of "+f.name, writes[len(writes)-1], "their sync", syncs[0])
				inOrder(t, "the sync of "+f.name, syncs[0], "its name", renames[0])
			}
			last := slices.MaxFunc(named, func(a, b call) int { return a.end - b.end })
			synced := after(t, find(all, 0, folder, "fsync"), last, "the names")
			frames := slices.DeleteFunc(find(all, 0, wal, "write", "pwrite64"), func(c call) bool { return c.header })
			first := frames[slices.IndexFunc(frames, func(c call) bool { return c.end > named[0].began })]
			inOrder(t, "the sync of the names", synced, "the commit", first)
			// The files are one commit, the record of the check is another.
			commits, at := 0, frames[0]
			for _, sync := range find(all, 0, wal, "fsync", "fdatasync") {
				if i := slices.IndexFunc(frames, func(c call) bool { return c.began > at.began && c.end < sync.began }); i >= 0 {
					commits, at = commits+1, sync
				}
			}
			if commits < 2 {
				t.Errorf("%d commits are put on the disk, of two", commits)
			}
			for _, made := range []string{filepath.Join(data, "files"), folder} {
				mkdir := find(all, 0, made, "mkdir", "mkdirat")
				if len(mkdir) != 1 {
					t.Fatalf("%d calls make %s", len(mkdir), made)
				}
				above := after(t, find(all, 0, filepath.Dir(made), "fsync"), mkdir[0], "the name of "+made)
				inOrder(t, "the sync of the name of "+made, above, "the commit", first)
			}
		})
	}
}

// inOrder wants the first call to have ended before the second begins.
func inOrder(t testing.TB, first string, a call, second string, b call) {
	t.Helper()
	if a.end >= b.began {
		t.Errorf("%s (%s, trace line %d) comes not before %s (%s, line %d)", first, a.name, a.end+1, second, b.name, b.began+1)
	}
}

// after returns the first of the syncs that begins after done.
func after(t testing.TB, syncs []call, done call, what string) call {
	t.Helper()
	i := slices.IndexFunc(syncs, func(c call) bool { return c.began > done.end })
	if i < 0 {
		t.Fatalf("nothing syncs %s after line %d of the trace", what, done.end+1)
	}
	return syncs[i]
}
