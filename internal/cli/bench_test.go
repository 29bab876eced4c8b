//go:build unix

package cli_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built builds the program as it is shipped, and returns its path.
func built(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "smartsync")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// benchFolder holds a schedule and the n files of its source: two invented rounds
// that the project ships, on servers of other names.
func benchFolder(b *testing.B, n int) string {
	b.Helper()
	folder := b.TempDir()
	text := "sources:\n  game: {url: stats, import: etlegacy}\nwindows:\n  - {name: all day, rules: [{interval: 6h}]}\n"
	must(b, os.WriteFile(filepath.Join(folder, "schedule.yaml"), []byte(text), 0o644))
	must(b, os.Mkdir(filepath.Join(folder, "stats"), 0o755))
	if n == 0 {
		return folder
	}
	var rounds [2]string
	for i, name := range []string{"2025-10-03-202745-supply-round-1.txt", "2025-10-03-203902-supply-round-2.txt"} {
		text, err := os.ReadFile(filepath.Join("../../examples/gamestats", name))
		must(b, err)
		rounds[i] = string(text)
	}
	for i := range n {
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 10 * time.Minute)
		file := filepath.Join(folder, "stats", fmt.Sprintf("%s-supply-round-%d.txt", at.Format("2006-01-02-150405"), i%2+1))
		must(b, os.WriteFile(file, fmt.Appendf(nil, "%d%s", i, rounds[i%2]), 0o644))
		must(b, os.Chtimes(file, at, at))
	}
	return folder
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFirstSync is sync of 3,000 stats files into a new database: copied, each
// synced to the disk, parsed, and committed.
func BenchmarkFirstSync(b *testing.B) {
	program, folder := built(b), benchFolder(b, 3000)
	for b.Loop() {
		must(b, os.RemoveAll(filepath.Join(folder, "data")))
		sync := exec.Command(program, "sync")
		sync.Dir = folder
		if out, err := sync.CombinedOutput(); err != nil || !strings.Contains(string(out), "3000 imported") {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// BenchmarkImport is import of 3,000 stats files, from where they are, into a new
// database.
func BenchmarkImport(b *testing.B) {
	program, folder := built(b), benchFolder(b, 3000)
	for b.Loop() {
		must(b, os.RemoveAll(filepath.Join(folder, "data")))
		load := exec.Command(program, "import", "stats")
		load.Dir = folder
		if out, err := load.CombinedOutput(); err != nil || !strings.Contains(string(out), "3000 imported") {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// decided starts run in folder, and returns when it has said its first decision.
func decided(b *testing.B, program, folder string) *exec.Cmd {
	b.Helper()
	run := exec.Command(program, "run")
	run.Dir = folder
	said, err := run.StderrPipe()
	must(b, err)
	must(b, run.Start())
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "😴") {
			return run
		}
	}
	b.Fatalf("it ended without a decision: %v", run.Wait())
	return nil
}

func stop(b *testing.B, run *exec.Cmd) {
	b.Helper()
	must(b, run.Process.Signal(syscall.SIGTERM))
	must(b, run.Wait())
}

// BenchmarkStart is from the start of the process to its first decision, with a
// database that is there.
func BenchmarkStart(b *testing.B) {
	program, folder := built(b), benchFolder(b, 0)
	stop(b, decided(b, program, folder))
	for b.Loop() {
		run := decided(b, program, folder)
		b.StopTimer()
		stop(b, run)
		b.StartTimer()
	}
}

// BenchmarkIdle watches a process that has nothing to do, from a quarter of a minute
// after its only check on and for two minutes: how much memory it holds, and how much
// of a processor it takes. It reads Linux's /proc.
func BenchmarkIdle(b *testing.B) {
	program, folder := built(b), benchFolder(b, 0)
	if _, err := os.Stat("/proc/self/schedstat"); err != nil {
		b.Skip("this system has no /proc to read")
	}
	run := decided(b, program, folder)
	defer stop(b, run)
	const settling, watched = 15 * time.Second, 2 * time.Minute
	for b.Loop() {
		<-time.After(settling)
		before := processor(b, run.Process.Pid)
		<-time.After(watched)
		took := processor(b, run.Process.Pid) - before
		b.ReportMetric(100*took.Seconds()/watched.Seconds(), "%cpu")
		b.ReportMetric(float64(resident(b, run.Process.Pid))/(1<<20), "MiB-resident")
	}
}

// processor is how long all threads of a process have run.
func processor(b *testing.B, pid int) time.Duration {
	b.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	must(b, err)
	total := time.Duration(0)
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		ran, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
		must(b, err)
		total += time.Duration(ran)
	}
	return total
}

// resident is the memory of a process that is in RAM, in bytes.
func resident(b *testing.B, pid int) int64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(b, err)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			must(b, err)
			return kilobytes << 10
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
