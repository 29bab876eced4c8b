//go:build crashpoints

// Package crash lets a test kill the program at a named point, to prove that a
// crash there repeats work and never doubles it. This build has the tag
// crashpoints.
package crash

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Env names the environment variable that holds "name:n": the program dies at
// the n-th hit of the point name. Without ":n" it dies at the first.
const Env = "SMARTSYNC_CRASH"

var (
	name, nth = target(os.Getenv(Env))
	hits      atomic.Int64
)

func target(value string) (string, int64) {
	name, count, _ := strings.Cut(value, ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 {
		n = 1
	}
	return name, n
}

// Point kills the program, as SIGKILL does, when the environment says so.
func Point(at string) {
	if hook := Hook.Load(); hook != nil {
		(*hook)(at)
	}
	if at != name || hits.Add(1) != nth {
		return
	}
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {} // the signal is on its way; nothing more may happen here
}

// Hook, when set, hears of every point that is passed. It lets a test see that
// a run passes all of them.
var Hook atomic.Pointer[func(string)]
