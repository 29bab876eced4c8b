package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"
)

// The bounds of a connection: nobody holds one for nothing.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 10 * time.Second
	writeTimeout  = 30 * time.Second
	idleTimeout   = time.Minute
	maxHeader     = 16 << 10 // bytes
	lastRequests  = 3 * time.Second
)

// ErrInUse is wrapped by Listen's error when another program has the port.
var ErrInUse = errors.New("another program listens there")

// windowsInUse is what Windows says of a port in use; no other system has the number.
const windowsInUse = syscall.Errno(10048)

// Listen opens the address, which is an IP address or localhost, and a port.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windowsInUse) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s for the dashboard: %w", address, err)
	}
	return listener, nil
}

// Run serves on listener until ctx ends, gives requests under way three seconds,
// and closes listener. An error is that the listener failed before.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	var ending sync.WaitGroup
	ending.Go(func() {
		<-ctx.Done()
		limit, done := context.WithTimeout(context.WithoutCancel(ctx), lastRequests)
		defer done()
		if server.Shutdown(limit) != nil {
			_ = server.Close() // what is left does not end by itself
		}
	})
	err := server.Serve(listener)
	cancel()
	ending.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve the dashboard: %w", err)
}
