package cli_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/smartsync/smartsync/store"
)

// deadline bounds every wait of a script. It is long: the machine may be busy.
const deadline = 30 * time.Second

// stageKey is where a script finds its stage.
type stageKey struct{}

// stage holds the processes that a script started.
type stage struct {
	env     *testscript.Env
	running map[string]*process
	release func() error // of a held database
}

type process struct {
	*exec.Cmd
	ended chan error
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func (s *stage) end() {
	for _, p := range s.running {
		_ = p.Process.Kill()
		<-p.ended
	}
	if s.release != nil {
		_ = s.release()
	}
}

// want fails the script for a wrong number of arguments.
func want(ts *testscript.TestScript, ok bool, usage string) {
	if !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

// wantCode runs smartsync and wants an exit code: `code 3 validate bad.yaml`.
func wantCode(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) > 1, "code N arg…")
	checkCode(ts, ts.Exec("smartsync", args[1:]...), args[0])
}

func checkCode(ts *testscript.TestScript, err error, wanted string) {
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("smartsync: %v", err)
	}
	if strconv.Itoa(got) != wanted {
		ts.Fatalf("exit code %d, want %s", got, wanted)
	}
}

// shipped copies the shipped schedule and the files of its source, old enough to
// be whole.
func shipped(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 0, "shipped")
	root := ts.Getenv("ROOT")
	ts.Check(os.CopyFS(ts.MkAbs("examples/gamestats"), os.DirFS(filepath.Join(root, "examples/gamestats"))))
	files, err := filepath.Glob(ts.MkAbs("examples/gamestats/*.txt"))
	ts.Check(err)
	at := time.Date(2025, 10, 3, 18, 40, 0, 0, time.UTC)
	for _, file := range files {
		ts.Check(os.Chtimes(file, at, at))
	}
	text, err := os.ReadFile(filepath.Join(root, "schedule.yaml"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("schedule.yaml"), text, 0o644))
}

// edit replaces text in a file as an editor does, by a rename:
// `edit schedule.yaml 'from here' 'to there'`.
func edit(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 3, "edit FILE OLD NEW")
	path := ts.MkAbs(args[0])
	text, err := os.ReadFile(path)
	ts.Check(err)
	if !strings.Contains(string(text), args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	text = []byte(strings.ReplaceAll(string(text), args[1], args[2]))
	ts.Check(os.WriteFile(path+".new", text, 0o644))
	ts.Check(os.Rename(path+".new", path))
}

// waitFor waits until a file has a line that matches: `waitfor run.err 'stopped'`.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 2, "waitfor FILE REGEXP")
	await(ts, args[1], args[0], func() []byte {
		text, _ := os.ReadFile(ts.MkAbs(args[0])) // it may not be there yet
		return text
	})
}

// eventually runs smartsync until its result has a line that matches, and once
// more for the checks that follow: `eventually 'smartsync runs' status`. What
// status shows is saved beside the loop, after it is logged.
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) > 1, "eventually REGEXP arg…")
	await(ts, args[0], "smartsync "+args[1], func() []byte {
		command := exec.Command("smartsync", args[1:]...)
		command.Dir, command.Env = ts.MkAbs("."), stageOf(ts).env.Vars
		text, _ := command.Output() // it may fail yet
		return text
	})
	ts.Check(ts.Exec("smartsync", args[1:]...))
}

func await(ts *testscript.TestScript, pattern, name string, read func() []byte) {
	wanted, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	look, limit := time.NewTicker(10*time.Millisecond), time.After(deadline)
	defer look.Stop()
	for {
		text := read()
		if wanted.Match(text) {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			ts.Fatalf("%s never has %q:\n%s", name, pattern, text)
		}
	}
}

// start runs smartsync in the background: `start run run -c x.yaml` writes run.out
// and run.err.
func start(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) > 1, "start NAME arg…")
	s := stageOf(ts)
	stdout, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	defer stderr.Close()
	p := &process{exec.Command("smartsync", args[1:]...), make(chan error, 1)}
	p.Dir, p.Env, p.Stdout, p.Stderr = ts.MkAbs("."), s.env.Vars, stdout, stderr
	ts.Check(p.Start())
	s.running[args[0]] = p
	go func() { p.ended <- p.Wait() }()
}

// sendSignal signals a started smartsync: `signal run TERM`.
func sendSignal(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 2, "signal NAME HUP|INT|TERM|KILL")
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	ts.Check(stageOf(ts).running[args[0]].Process.Signal(signals[args[1]]))
}

// ended waits for a started smartsync and wants an exit code: `ended run 0`; -1 is
// that of one that was killed.
func ended(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 2, "ended NAME N")
	s := stageOf(ts)
	p := s.running[args[0]]
	select {
	case err := <-p.ended:
		delete(s.running, args[0])
		checkCode(ts, err, args[1])
	case <-time.After(deadline):
		ts.Fatalf("%s does not end", args[0])
	}
}

// jsonLines wants each line of a file to be a JSON object with the keys.
func jsonLines(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) > 1, "jsonlines FILE KEY…")
	text := strings.TrimSpace(ts.ReadFile(args[0]))
	for line := range strings.SplitSeq(text, "\n") {
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			ts.Fatalf("%q: %v", line, err)
		}
		for _, key := range args[1:] {
			if object[key] == nil {
				ts.Fatalf("%q has no %s", line, key)
			}
		}
	}
}

// holdDatabase takes the lock of a database in this process: `hold data/x.db`.
func holdDatabase(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, len(args) == 1, "hold DATABASE")
	release, err := store.Lock(ts.MkAbs(args[0]))
	ts.Check(err)
	stageOf(ts).release = release
}
