//go:build crashpoints && linux

package crash_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/crash"
)

// passed finds the points in the sources of the rooms that have some: by the
// name of a constant, or as it is.
var passed = regexp.MustCompile(`crash\.Point\((?:crash\.(\w+)|"([a-z-]+)")\)`)

// constant finds the constants in names.go.
var constant = regexp.MustCompile(`(?m)^\t(\w+)\s+= "([a-z-]+)"`)

// allPoints are the points in the sources, each once.
func allPoints(t testing.TB) []string {
	t.Helper()
	names, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]string{}
	for _, m := range constant.FindAllStringSubmatch(string(names), -1) {
		value[m[1]] = m[2]
	}
	var points []string
	for _, room := range []string{"sync", "store", "engine"} {
		sources, err := filepath.Glob(filepath.Join("..", "..", room, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			text, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range passed.FindAllStringSubmatch(string(text), -1) {
				points = append(points, value[m[1]]+m[2])
			}
		}
	}
	slices.Sort(points)
	return slices.Compact(points)
}

// TestPointsAreInTheSources compares the list of names with the calls.
func TestPointsAreInTheSources(t *testing.T) {
	points := allPoints(t)
	if len(crash.Names) < 15 {
		t.Errorf("only %d points are left", len(crash.Names))
	}
	for _, name := range crash.Names {
		if !slices.Contains(points, name) {
			t.Errorf("%q is in the list of names, but nothing passes it", name)
		}
	}
	for _, name := range points {
		if !slices.Contains(crash.Names, name) && !strings.HasPrefix(name, "commit-") {
			t.Errorf("%q is passed, but not in the list of names", name)
		}
	}
}

// visits are the ways that a check is made here: how the source is reached, and
// what becomes of its files.
var visits = []struct {
	way, importer string
	nth           map[string][]int // of points that are passed more than once: which to die at, beside the first
	never         []string         // points that are not passed this way
}{
	{
		way: directory, importer: "etlegacy",
		nth: map[string][]int{
			crash.TempCreated: {2, 17, 29}, crash.HalfWritten: {11, 29}, crash.BeforeSync: {12, 28}, crash.AfterSync: {13, 29},
			crash.BeforeRename: {2, 26, 29}, crash.AfterRename: {15, 27, 29}, crash.AfterFolder: {2},
			crash.BeforeCommit: {2}, crash.AfterCommit: {2}, "commit-begin": {2}, "commit-before": {2}, "commit-after": {2},
			"commit-rows": {2, 19, 28},
		},
		never: []string{crash.Dialled, crash.BeforeCommand, crash.AfterCommand},
	},
	{
		way: sftp, importer: "etlegacy",
		nth: map[string][]int{
			crash.TempCreated: {14}, crash.HalfWritten: {18}, crash.BeforeSync: {29}, crash.AfterSync: {17},
			crash.BeforeRename: {20}, crash.AfterRename: {9, 29}, "commit-rows": {12},
		},
		never: []string{crash.BeforeCommand, crash.AfterCommand},
	},
	{
		way: directory, importer: "command",
		nth:   map[string][]int{crash.BeforeCommand: {9}, crash.AfterCommand: {2, 8}, crash.BeforeCommit: {3}, crash.AfterCommit: {7}},
		never: []string{crash.Dialled},
	},
}

// TestKillAtEveryPoint kills a check at each point, runs another, and wants
// what an undisturbed one would have left.
func TestKillAtEveryPoint(t *testing.T) {
	for _, v := range visits {
		files := evening()
		if v.importer == "command" {
			files = append(matches(0, 4), settling(4)...)
		}
		t.Run(v.way+" "+v.importer, func(t *testing.T) {
			t.Parallel()
			if v.way == sftp {
				needSSHD(t)
			}
			truth := undisturbed(t, v.importer, files)
			for _, name := range allPoints(t) {
				if slices.Contains(v.never, name) {
					continue
				}
				for _, n := range append([]int{1}, v.nth[name]...) {
					at := fmt.Sprintf("%s:%d", name, n)
					t.Run(at, func(t *testing.T) {
						t.Parallel()
						s := newStage(t, v.way, v.importer, files...)
						s.mustDie(t, at, "sync")
						s.bearable(t)
						s.recover(t, truth)
					})
				}
			}
		})
	}
}

// recover runs a check that has to mend everything, and one more that has to
// find nothing.
func (s *stage) recover(t testing.TB, truth string) {
	t.Helper()
	s.mustSync(t)
	s.whole(t, truth)
	again := s.mustSync(t)
	for _, nothing := range []string{`"found": 0,`, `"bytes": 0,`} {
		if !strings.Contains(again, nothing) {
			t.Errorf("one more check brings something: %s", again)
		}
	}
	s.whole(t, truth)
}

// TestKillTheDaemon kills run, not sync, at some points of its first check.
func TestKillTheDaemon(t *testing.T) {
	files := evening()
	truth := undisturbed(t, "etlegacy", files)
	for _, way := range []string{directory, sftp} {
		for _, at := range []string{
			crash.Listed, crash.TempCreated + ":7", crash.AfterRename + ":20", "commit-rows:10", crash.AfterCommit, crash.AfterRecord,
		} {
			t.Run(way+" "+at, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, way, "etlegacy", files...)
				s.mustDie(t, at, "run")
				s.bearable(t)
				s.mustDie(t, crash.Planned, "run") // the next one is no luckier
				s.bearable(t)
				s.recover(t, truth)
			})
		}
	}
}

// TestKillTheRecovery kills a check, the one that mends it, and the one that
// mends that, each at another point. New files appear before each.
func TestKillTheRecovery(t *testing.T) {
	files := evening()
	truth := undisturbed(t, "etlegacy", slices.Concat(files, matches(40, 42), settling(42), settling(43)))
	for _, way := range []string{directory, sftp} {
		points := slices.DeleteFunc(allPoints(t), func(name string) bool {
			return name == crash.BeforeCommand || name == crash.AfterCommand || name == crash.Dialled && way == directory
		})
		for i, first := range points {
			second, third := points[(i*7+5)%len(points)], points[(i*3+11)%len(points)]
			t.Run(fmt.Sprint(way, " ", first, " ", second, " ", third), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, way, "etlegacy", files...)
				s.mustDie(t, first, "sync")
				s.put(t, append(matches(40, 41), settling(42)...)...)
				s.mustDie(t, second, "sync")
				s.bearable(t)
				s.put(t, append(matches(41, 42), settling(43)...)...)
				s.mustDie(t, third, "sync")
				s.bearable(t)
				s.recover(t, truth)
			})
		}
	}
}
