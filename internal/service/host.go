package service

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/kardianos/service"
)

// stopWithin is how long Windows gives a service to end.
const stopWithin = 20 * time.Second

// Host runs f as the system wants a program to run that it started: under the
// service manager of Windows it answers that one, whose stop ends f's context, and
// writes f's error to the event log. Everywhere else it is f.
func Host(ctx context.Context, f func(context.Context) error) error {
	if runtime.GOOS != "windows" || service.Interactive() {
		return f(ctx)
	}
	h := &host{f: f, done: make(chan struct{})}
	h.ctx, h.stop = context.WithCancel(ctx)
	defer h.stop()
	s, err := service.New(h, &service.Config{Name: Name})
	if err != nil {
		return err
	}
	if h.events, err = s.SystemLogger(nil); err != nil {
		h.events = service.ConsoleLogger // nobody reads it: there is no console
	}
	exit := make(chan error, 1)
	go func() { exit <- s.Run() }()
	select {
	case err := <-exit:
		return err
	case <-h.done:
		if h.stopped.Load() {
			return <-exit
		}
		// It ended by itself. The manager sees the process go without a word, and
		// starts it again.
		return h.err
	}
}

// host is f under the service manager of Windows.
type host struct {
	f       func(context.Context) error
	ctx     context.Context
	stop    func()
	done    chan struct{} // closed when f has ended
	err     error         // of f; to be read after done
	stopped atomic.Bool   // by the manager
	events  service.Logger
}

// Start is called by the manager.
func (h *host) Start(service.Service) error {
	go func() {
		defer close(h.done)
		if h.err = h.f(h.ctx); h.err != nil {
			_ = h.events.Error(h.err.Error()) // there is nowhere else to say it
		}
	}()
	return nil
}

// Stop is called by the manager.
func (h *host) Stop(service.Service) error {
	h.stopped.Store(true)
	h.stop()
	select {
	case <-h.done:
	case <-time.After(stopWithin):
	}
	return nil
}
