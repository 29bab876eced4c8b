//go:build crashpoints && linux

package crash_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestStopTheDaemon ends run with SIGTERM while it checks and while it waits:
// it ends with code 0, and what it had in hand is finished or was never there.
func TestStopTheDaemon(t *testing.T) {
	for _, way := range []string{directory, sftp} {
		moments := map[string]func(s *stage, p *process){
			"when the check begins": func(_ *stage, p *process) { p.await("Sync check") },
			"while a file comes":    func(s *stage, p *process) { p.until("a file came", func() bool { return s.coming(0) }) },
			"while it waits":        func(_ *stage, p *process) { p.await("Downloaded") },
			"while the large came":  func(s *stage, p *process) { p.until("the large came", func() bool { return s.coming(1 << 20) }) },
		}
		for name, moment := range moments {
			t.Run(fmt.Sprint(way, " ", name), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, way, "none", append(evening(), large())...)
				p := s.start(t, "", nil, "run")
				moment(s, p)
				p.signal(syscall.SIGTERM)
				if code, died := p.ended(); code != 0 {
					t.Errorf("ended with code %d (signal %v):\n%s", code, died, p.log())
				}
				if !strings.Contains(p.log(), "smartsync stopped") {
					t.Errorf("does not say that it stopped:\n%s", p.log())
				}
				s.kept(t)
				s.recover(t, undisturbed(t, "none", s.files))
			})
		}
	}
}

// TestStopSync ends sync with SIGTERM: it says that it was interrupted, and
// leaves no pieces. When the signal comes too late all is done and that is the
// end of it.
func TestStopSync(t *testing.T) {
	for _, way := range []string{directory, sftp} {
		moments := map[string]func(s *stage) bool{
			"when the check begins": func(s *stage) bool { return s.has("files/game") },
			"when a file comes":     func(s *stage) bool { return s.coming(0) },
			"when the large comes":  func(s *stage) bool { return s.coming(1 << 20) },
		}
		for name, moment := range moments {
			t.Run(fmt.Sprint(way, " ", name), func(t *testing.T) {
				t.Parallel()
				s := newStage(t, way, "none", append(evening(), large())...)
				p := s.start(t, "", nil, "sync")
				p.until(name, func() bool { return moment(s) })
				p.signal(syscall.SIGTERM)
				truth := undisturbed(t, "none", s.files)
				switch code, died := p.ended(); code {
				case interrupted:
					s.kept(t)
				case 0:
					s.whole(t, truth)
				default:
					t.Fatalf("ended with code %d (signal %v):\n%s", code, died, p.log())
				}
				s.recover(t, truth)
			})
		}
	}
}

// interrupted is the exit code that tells of a signal.
const interrupted = 130

// has reports whether data holds a file.
func (s *stage) has(name string) bool {
	_, err := os.Stat(filepath.Join(s.dir, "data", name))
	return err == nil
}
