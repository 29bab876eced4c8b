//go:build crashpoints && linux

package crash_test

import (
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// killAfter kills p after a while, unless it has ended by then, and reports
// whether it died of that.
func (p *process) killAfter(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		p.signal(syscall.SIGKILL)
	case <-p.gone:
	}
	code, died := p.ended()
	if died != syscall.SIGKILL && code != 0 {
		p.t.Fatalf("ended with code %d (signal %v):\n%s", code, died, p.log())
	}
	return died == syscall.SIGKILL
}

// TestKillAtRandom kills checks of one stage at random moments, again and
// again, while its server gets more files.
func TestKillAtRandom(t *testing.T) {
	for way, times := range map[string]int{directory: 40, sftp: 20} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(1, 2))
			s := newStage(t, way, "etlegacy", evening()...)
			next := 50
			for range times {
				s.put(t, append(matches(next, next+1), settling(next+1)...)...)
				next += 2
				// Most moments are early, where a check that has little to do is still at it.
				d := time.Duration(1+rng.Float64()*rng.Float64()*399) * time.Millisecond
				if s.start(t, "", nil, "sync").killAfter(d) {
					s.kills++
				}
				s.bearable(t)
			}
			t.Logf("%d of %d were killed", s.kills, times)
			if s.kills < times/8 {
				t.Errorf("only %d of %d checks were killed: the moments are too late", s.kills, times)
			}
			s.recover(t, undisturbed(t, "etlegacy", s.files))
		})
	}
}

// TestKillTheDaemonAtRandom kills run at random moments while files keep
// arriving.
func TestKillTheDaemonAtRandom(t *testing.T) {
	for way, times := range map[string]int{directory: 12, sftp: 8} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(3, 4))
			s := newStage(t, way, "etlegacy", evening()...)
			coming := settling(50)
			for n := 51; n < 51+4*times; n += 2 {
				coming = append(append(coming, matches(n, n+1)...), settling(n+1)...)
			}
			for range times {
				p := s.start(t, "", nil, "run")
				done := make(chan []file)
				go func() { done <- arrive(p, filepath.Join(s.dir, "server"), coming[:min(8, len(coming))]) }()
				if !p.killAfter(time.Duration(30+rng.IntN(500)) * time.Millisecond) {
					t.Fatalf("run ended by itself:\n%s", p.log())
				}
				s.kills++
				arrived := <-done
				s.files, coming = append(s.files, arrived...), coming[len(arrived):]
				s.bearable(t)
			}
			t.Logf("%d files arrived while run was killed %d times", len(s.files)-len(evening()), s.kills)
			s.recover(t, undisturbed(t, "etlegacy", s.files))
		})
	}
}

// arrive puts one file after another into folder while p runs, and returns those
// that are there.
func arrive(p *process, folder string, files []file) []file {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i, f := range files {
		select {
		case <-tick.C:
		case <-p.gone:
			return files[:i]
		}
		if err := f.appear(folder); err != nil {
			p.t.Error(err)
			return files[:i]
		}
	}
	return files
}
