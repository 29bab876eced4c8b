//go:build crashpoints && linux

package crash_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// around is everything in the stage but what the program may change, and when.
func (s *stage) around(t testing.TB) map[string]string {
	t.Helper()
	scene := map[string]string{}
	err := filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(s.dir, path)
		if err != nil {
			return err
		}
		switch {
		case name == "data", name == "logs": // run's log is beside the schedule
			return fs.SkipDir
		case name == ".", name == "server": // their times change; what is in them is looked at
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		scene[name] = fmt.Sprint(info.Mode(), " ", info.ModTime().UnixNano())
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			scene[name] += " " + digest(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

// untouched fails the test when anything beside data has changed since the stage
// was set up. Files that were put since are compared with what was put.
func (s *stage) untouched(t testing.TB) {
	t.Helper()
	now := s.around(t)
	for _, f := range s.files {
		name := filepath.Join("server", f.name)
		want := fmt.Sprint(fs.FileMode(0o644), " ", f.modified.UnixNano(), " ", digest(f.text))
		if now[name] != want {
			t.Errorf("%s is %q, want %q", name, now[name], want)
		}
		delete(now, name)
		delete(s.scene, name)
	}
	if !maps.Equal(now, s.scene) {
		t.Errorf("outside data there is now\n%v\nand there was\n%v", now, s.scene)
	}
}

// whole checks what must hold after the first check that went well, however
// many died before it. truth is the dump of an undisturbed one.
func (s *stage) whole(t testing.TB, truth string) {
	t.Helper()
	s.untouched(t)
	db := openClean(t, s.dir)
	sound(t, db)
	s.ledgered(t, db)
	if got := dump(t, db); got != truth {
		t.Errorf("the database differs from an undisturbed one: %s", firstDifference(got, truth))
	}
	var brought int
	db.get("SELECT coalesce(sum(found), 0) FROM checks", &brought)
	if brought > len(s.wanted()) {
		t.Errorf("the checks say that they brought %d files, there are %d", brought, len(s.wanted()))
	}
	var daemons int
	if db.get("SELECT count(*) FROM daemon", &daemons); s.kills == 0 && daemons != 0 {
		t.Errorf("%d daemons are left in the database", daemons)
	}
	s.tidy(t, db)
	s.recorded(t)
}

// ledgered checks that the ledger has one finished row for each file of the
// server, and nothing else.
func (s *stage) ledgered(t testing.TB, db *database) {
	t.Helper()
	counts := map[string]int{}
	for _, row := range db.rows("SELECT path, version, status, size, modified, sha256 FROM files") {
		name := row["path"].(string)
		counts[name]++
		i := slices.IndexFunc(s.wanted(), func(f file) bool { return f.name == name })
		if i < 0 {
			t.Errorf("the ledger has %q, the server has not", name)
			continue
		}
		f := s.wanted()[i]
		got := fmt.Sprint(row["version"], row["size"], row["modified"], row["sha256"])
		if want := fmt.Sprint(int64(1), int64(len(f.text)), f.modified.Unix(), digest(f.text)); got != want {
			t.Errorf("the ledger says of %q %s, want %s", name, got, want)
		}
		if row["status"] == "seen" {
			t.Errorf("%q was seen and not brought", name)
		}
	}
	for _, f := range s.wanted() {
		if counts[f.name] != 1 {
			t.Errorf("the ledger has %d rows for %q", counts[f.name], f.name)
		}
	}
}

// tidy checks that data holds what the ledger tells of and the database, and no
// leftovers.
func (s *stage) tidy(t testing.TB, db *database) {
	t.Helper()
	want := []string{"files", "files/game", "smartsync.db", "smartsync.db.lock"}
	for _, row := range db.rows("SELECT local FROM files") {
		want = append(want, "files/"+row["local"].(string))
	}
	if s.imports == "command" {
		want = append(want, "ran")
	}
	var got []string
	err := fs.WalkDir(os.DirFS(filepath.Join(s.dir, "data")), ".", func(path string, _ fs.DirEntry, err error) error {
		if path != "." {
			got = append(got, path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("data holds\n%s\nand should hold\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// recorded checks what the import command was given: every file, and none more
// often than it was killed.
func (s *stage) recorded(t testing.TB) {
	t.Helper()
	if s.imports != "command" {
		return
	}
	data, err := os.ReadFile(filepath.Join(s.dir, "data", "ran"))
	if err != nil {
		t.Fatal(err)
	}
	ran := strings.Fields(string(data))
	distinct := slices.Compact(slices.Sorted(slices.Values(ran)))
	if len(distinct) != len(s.wanted()) || len(ran) > len(distinct)+s.kills {
		t.Errorf("the command ran %d times for %d files, there are %d; %d kills", len(ran), len(distinct), len(s.wanted()), s.kills)
	}
}

// bearable checks what must hold right after a death: nothing in the database
// that is not true on the disk.
func (s *stage) bearable(t testing.TB) {
	t.Helper()
	s.untouched(t)
	if _, err := os.Stat(filepath.Join(s.dir, "data", "smartsync.db")); err != nil {
		return // it died before there was one
	}
	db := openCopy(t, s.dir)
	sound(t, db)
	if pending := db.rows("SELECT path FROM files WHERE version <> 1"); len(pending) > 0 {
		t.Errorf("the ledger has other versions: %v", pending)
	}
}

// sound checks the database by itself, and the kept files that it tells of.
func sound(t testing.TB, db *database) {
	t.Helper()
	if got := fmt.Sprint(db.rows("PRAGMA integrity_check")); got != "[map[integrity_check:ok]]" {
		t.Errorf("integrity_check: %s", got)
	}
	if got := db.rows("PRAGMA foreign_key_check"); len(got) > 0 {
		t.Errorf("foreign_key_check: %v", got)
	}
	for what, query := range map[string]string{
		"files":   "SELECT source_id, path, sha256 FROM files GROUP BY 1, 2, 3 HAVING count(*) > 1",
		"rounds":  "SELECT source_id, stamp, map, round FROM rounds GROUP BY 1, 2, 3, 4 HAVING count(*) > 1",
		"players": "SELECT round_id, guid FROM player_rounds GROUP BY 1, 2 HAVING count(*) > 1",
	} {
		if twice := db.rows(query); len(twice) > 0 {
			t.Errorf("%s are there twice: %v", what, twice)
		}
	}
	if without := db.rows(`SELECT path FROM files WHERE status = 'imported' AND id NOT IN (SELECT file_id FROM rounds)
		AND EXISTS (SELECT 1 FROM rounds)`); len(without) > 0 {
		t.Errorf("imported without a round: %v", without)
	}
	for _, row := range db.rows("SELECT path, local, sha256 FROM files WHERE version > 0") {
		data, err := os.ReadFile(filepath.Join(db.files, filepath.FromSlash(row["local"].(string))))
		if err != nil {
			t.Errorf("the ledger has %q, the disk has not: %v", row["path"], err)
		} else if digest(data) != row["sha256"] {
			t.Errorf("what is kept of %q is not what the ledger says", row["path"])
		}
	}
}
