package web

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	maxClients = 32               // that follow the events at the same time
	heartbeat  = 25 * time.Second // so that a client that went away is noticed
	newsPause  = 500 * time.Millisecond
	oneWrite   = 10 * time.Second
)

// hub tells clients that something changed. Telling never waits.
type hub struct {
	mu      sync.Mutex
	clients map[chan struct{}]bool
}

// join returns a channel that is told; nil when there are too many already.
func (h *hub) join() chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) >= maxClients {
		return nil
	}
	if h.clients == nil {
		h.clients = map[chan struct{}]bool{}
	}
	c := make(chan struct{}, 1)
	h.clients[c] = true
	return c
}

func (h *hub) leave(c chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
}

func (h *hub) tell() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		select {
		case c <- struct{}{}:
		default: // it is told already
		}
	}
}

// events streams "change" whenever what the pages show has changed.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	news := s.o.Meter.hub.join()
	if news == nil {
		w.Header().Set("Retry-After", "60")
		s.refuse(w, r, http.StatusServiceUnavailable, "too many pages follow already")
		return
	}
	defer s.o.Meter.hub.leave(news)
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Time{}) != nil {
		return // the stream would end with the time that a request has
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy passes it on at once
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	paused, _ := s.rests(r.Context()) // of a database that cannot be read the page itself tells
	for text := "retry: 5000\n\n"; ; {
		if control.SetWriteDeadline(time.Now().Add(oneWrite)) != nil {
			return
		}
		if _, err := fmt.Fprint(w, text); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			text = ": still here\n\n"
			if now, err := s.rests(r.Context()); err == nil && now != paused { // by another process, or since it ended
				paused, text = now, "event: change\ndata: {}\n\n"
			}
		case <-news:
			text = "event: change\ndata: {}\n\n"
			select { // what follows at once is part of the same change
			case <-r.Context().Done():
				return
			case <-time.After(newsPause):
			}
			select {
			case <-news:
			default:
			}
		}
	}
}
