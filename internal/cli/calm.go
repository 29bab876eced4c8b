package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	gosync "sync"
	"time"
)

const (
	// longRest is from when on a rest is worth calming down for.
	longRest = 2 * time.Minute
	// calmHeap is what the program may gather while it rests, in bytes: pages that
	// are looked at make garbage too.
	calmHeap = 64 << 20
)

// calm keeps a resting program small and still. The collector would otherwise run
// every two minutes through the night, and each wake would rouse a second thread to
// look for work; that is most of what an idle smartsync costs. So what the last
// checks left is given back once, and then the collector waits for the next check,
// or for calmHeap, and the program runs on one processor.
type calm struct {
	mu      gosync.Mutex
	checks  int // that run
	resting bool
}

// begin is told of a check that starts.
func (c *calm) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks++
	if c.resting {
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(100)
		runtime.SetDefaultGOMAXPROCS()
		c.resting = false
	}
}

// end is told of its end.
func (c *calm) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.checks--
}

// rest is told how long a source is left alone.
func (c *calm) rest(wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if wait < longRest || c.checks > 0 || c.resting {
		return
	}
	c.resting = true
	debug.SetMemoryLimit(calmHeap)
	debug.SetGCPercent(-1)
	debug.FreeOSMemory()
	runtime.GOMAXPROCS(1)
}
