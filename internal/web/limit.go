package web

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bounds how often a thing may happen, each under a name of its own.
type limits struct {
	every time.Duration
	burst int
	names *sync.Map // of *rate.Limiter
}

func newLimits(every time.Duration, burst int) limits { return limits{every, burst, &sync.Map{}} }

// take returns zero when the thing may happen now, else how long to wait.
func (l limits) take(name string) time.Duration {
	limiter, _ := l.names.LoadOrStore(name, rate.NewLimiter(rate.Every(l.every), l.burst))
	reserved := limiter.(*rate.Limiter).Reserve()
	wait := reserved.Delay()
	if wait > 0 {
		reserved.Cancel()
	}
	return wait
}

func (s *Server) tooMany(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	seconds := strconv.Itoa(int((wait + time.Second - 1) / time.Second))
	w.Header().Set("Retry-After", seconds)
	s.refuse(w, r, http.StatusTooManyRequests, "too often: try again in "+seconds+" s")
}
