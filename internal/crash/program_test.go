//go:build crashpoints && linux

// Package crash_test kills the real program at every point that package crash
// names, and at random moments, and checks what the next run makes of it.
package crash_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	gosync "sync"
	"syscall"
	"testing"
	"time"

	// Not called: a cached result must not pass for that of a changed program.
	_ "github.com/smartsync/smartsync/internal/cli"
	"github.com/smartsync/smartsync/internal/crash"
)

// patience is how long anything here may take before it counts as hanging.
const patience = time.Minute

// parallel is how many tests run at a time, at least.
const parallel = 6

// scratch is the folder of what all tests share: the program, and sshd's files.
var scratch string

func TestMain(m *testing.M) {
	// Most of a test's time is waiting for the disk.
	flag.Parse()
	err := flag.Set("test.parallel", strconv.Itoa(max(parallel, runtime.GOMAXPROCS(0))))
	if err != nil {
		panic(err)
	}
	if scratch, err = os.MkdirTemp("", "smartsync-kill-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if sharedServer.running != nil {
		sharedServer.running.stop()
	}
	if err := os.RemoveAll(scratch); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// program builds the program with its crash points, once.
var program = gosync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "smartsync")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags", "crashpoints", "-o", path, ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return path, nil
})

// process is a run of the program.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	cancel context.CancelFunc
	said   transcript
	gone   chan struct{} // closed at its end
	out    bytes.Buffer  // stdout, to be read after the end
}

// transcript is what a process writes to stderr, while it does.
type transcript struct {
	mu   gosync.Mutex
	text strings.Builder
	more chan struct{} // closed and replaced at every write
}

func (s *transcript) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.more != nil {
		close(s.more)
		s.more = nil
	}
	return s.text.Write(p)
}

// now returns the text so far, and what is closed when there is more.
func (s *transcript) now() (string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.more == nil {
		s.more = make(chan struct{})
	}
	return s.text.String(), s.more
}

// start runs the program in s. at is where it is to be killed, "name:n", or
// empty. wrap is a program to run it under; may be empty.
func (s *stage) start(t testing.TB, at string, wrap []string, args ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	line := append(append(wrap, path), args...)
	p := &process{t: t, cmd: exec.CommandContext(ctx, line[0], line[1:]...), cancel: cancel, gone: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = s.dir, &p.out, &p.said
	p.cmd.WaitDelay = patience
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(s.dir, "home"), "TZ=America/New_York"}
	if at != "" {
		p.cmd.Env = append(p.cmd.Env, crash.Env+"="+at)
	}
	if err := p.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() {
		defer close(p.gone)
		_ = p.cmd.Wait() // ended reads how it went
		cancel()
	}()
	t.Cleanup(func() { p.signal(syscall.SIGKILL); <-p.gone })
	return p
}

// signal sends sig to the process; one that has ended does not mind.
func (p *process) signal(sig syscall.Signal) { _ = p.cmd.Process.Signal(sig) }

// ended waits for the end: the exit code, or the signal that it died of.
func (p *process) ended() (code int, died syscall.Signal) {
	<-p.gone
	status := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return -1, status.Signal()
	}
	return status.ExitStatus(), 0
}

// log returns all that the process said; it must have ended.
func (p *process) log() string {
	<-p.gone
	text, _ := p.said.now()
	return p.out.String() + text
}

// await waits until the process says text.
func (p *process) await(text string) {
	p.t.Helper()
	for {
		said, more := p.said.now()
		if strings.Contains(said, text) {
			return
		}
		select {
		case <-more:
		case <-p.gone:
			if !strings.Contains(p.log(), text) {
				p.t.Fatalf("ended without saying %q:\n%s", text, p.log())
			}
		}
	}
}

// until waits for ok to hold, which is asked often, as long as the process runs.
func (p *process) until(what string, ok func() bool) {
	p.t.Helper()
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-p.gone:
			p.t.Fatalf("ended before %s:\n%s", what, p.log())
		}
	}
}

// mustSync runs a check that has to go well and returns what it printed.
func (s *stage) mustSync(t testing.TB) string {
	t.Helper()
	p := s.start(t, "", nil, "sync", "--output", "json")
	if code, died := p.ended(); code != 0 {
		t.Fatalf("sync ended with code %d (signal %v):\n%s", code, died, p.log())
	}
	return p.out.String()
}

// mustDie runs the program until it is killed at a point, and fails the test
// when it is not: then the point has another name by now, or is not passed.
func (s *stage) mustDie(t testing.TB, at string, args ...string) {
	t.Helper()
	p := s.start(t, at, nil, args...)
	if code, died := p.ended(); died != syscall.SIGKILL {
		t.Fatalf("%v was to be killed at %s and ended with code %d (signal %v):\n%s", args, at, code, died, p.log())
	}
	s.kills++
}
