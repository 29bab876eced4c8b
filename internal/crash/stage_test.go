//go:build crashpoints && linux

package crash_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The ways to a source.
const (
	directory = "directory"
	sftp      = "sftp"
)

// stage is a machine of its own: a schedule, a server with files, and the
// folder data, which is all that the program may change beside its log.
type stage struct {
	dir     string
	imports string
	files   []file // what the server has
	kills   int    // so far
	scene   map[string]string
}

// file is one on the server.
type file struct {
	name     string
	text     []byte
	modified time.Time
}

// newStage sets a stage up with one source, game, that is reached in the given
// way and has the given importer: etlegacy, none or command.
func newStage(t testing.TB, way, importer string, files ...file) *stage {
	t.Helper()
	url := "url: server"
	if way == sftp {
		url = needSSHD(t).source(filepath.Join("{dir}", "server"))
	}
	return stageAt(t, url, importer, files...)
}

// stageAt is newStage for a source of one's own; {dir} in url is the stage's folder.
func stageAt(t testing.TB, url, importer string, files ...file) *stage {
	t.Helper()
	s := &stage{dir: t.TempDir(), imports: importer}
	for _, folder := range []string{"server", "home"} {
		if err := os.Mkdir(filepath.Join(s.dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if importer == "command" {
		importer = "{command: [sh, record.sh]}"
	}
	schedule := fmt.Sprintf(`timezone: Europe/Paris
sources:
  game:
    %s
    match: "*.txt"
    ignore: "*_ws.txt"
    import: %s
    settle: 20ms
store: data/smartsync.db
files: data/files
windows:
  - name: always
    rules:
      - {interval: 1s, reason: test}
`, strings.ReplaceAll(url, "{dir}", s.dir), importer)
	s.write(t, "schedule.yaml", schedule)
	s.write(t, "record.sh", "printf '%s\\n' \"$SMARTSYNC_FILE\" >>data/ran\n")
	s.put(t, files...)
	s.scene = s.around(t)
	return s
}

func (s *stage) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// put makes files appear on the server, each whole and with its time, as a
// careful writer does.
func (s *stage) put(t testing.TB, files ...file) {
	t.Helper()
	for _, f := range files {
		if err := f.appear(filepath.Join(s.dir, "server")); err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
	}
}

func (f file) appear(folder string) error {
	unfinished := filepath.Join(folder, ".writing")
	if err := os.WriteFile(unfinished, f.text, 0o644); err != nil {
		return err
	}
	if err := os.Chtimes(unfinished, f.modified, f.modified); err != nil {
		return err
	}
	return os.Rename(unfinished, filepath.Join(folder, f.name))
}

// wanted are the server's files that the schedule asks for.
func (s *stage) wanted() []file {
	var wanted []file
	for _, f := range s.files {
		if strings.HasSuffix(f.name, ".txt") && !strings.HasSuffix(f.name, "_ws.txt") {
			wanted = append(wanted, f)
		}
	}
	return wanted
}
