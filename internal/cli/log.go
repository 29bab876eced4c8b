package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	gosync "sync"
	"sync/atomic"
	"time"

	"github.com/DeRuina/timberjack"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/service"
)

// lineHandler writes a record as one line that people read:
// `2025-10-03 20:15:30 - INFO - message`, in the schedule's zone. Attributes are
// for machines and do not show: a message says it all.
type lineHandler struct {
	zone  *atomic.Pointer[time.Location]
	level slog.Level
	mu    *gosync.Mutex
	out   io.Writer
}

var levelNames = map[slog.Level]string{slog.LevelDebug: "DEBUG", slog.LevelInfo: "INFO", slog.LevelWarn: "WARNING", slog.LevelError: "ERROR"}

// Enabled tells whether the level is logged.
func (h *lineHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// Handle writes the record, as one line whatever is in it.
func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	b.WriteString(r.Time.In(h.zone.Load()).Format(time.DateTime))
	b.WriteString(" - " + levelNames[r.Level] + " - ")
	b.WriteString(plain(r.Message))
	b.WriteByte('\n')
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := h.out.Write(b.Bytes())
	return err
}

// WithAttrs returns the handler: attributes do not show.
func (h *lineHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup returns the handler: attributes do not show.
func (h *lineHandler) WithGroup(string) slog.Handler { return h }

// journal is the log of a running smartsync: the terminal and a file that is
// rotated.
type journal struct {
	*slog.Logger
	zone  atomic.Pointer[time.Location]
	close func() error
}

// openJournal opens the log that c describes. format is text or json.
func (a *app) openJournal(c *config.Config) *journal {
	j := &journal{close: func() error { return nil }}
	j.zone.Store(c.Zone)
	terminal := a.stderr
	if f, ok := terminal.(*os.File); ok && a.logFormat == "text" && service.Journald(f) {
		terminal = toJournald{f}
	}
	out := terminal
	if c.Log.File != "" {
		file := &timberjack.Logger{
			Filename:   c.Log.File,
			MaxSize:    max(1, int((c.Log.MaxSize+1<<20-1)>>20)),
			MaxAge:     max(1, int(c.Log.MaxAge/(24*time.Hour))),
			MaxBackups: 20,
			LocalTime:  true,
		}
		out, j.close = &tee{terminal: terminal, file: file}, file.Close
	}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Log.Level))
	if a.logFormat == "json" {
		j.Logger = slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level, ReplaceAttr: j.inZone}))
		return j
	}
	j.Logger = slog.New(&lineHandler{&j.zone, level, &gosync.Mutex{}, out})
	return j
}

// inZone writes a record's time in the schedule's zone.
func (j *journal) inZone(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Time(slog.TimeKey, attr.Value.Time().In(j.zone.Load()))
	}
	return attr
}

// toJournald passes lines of a lineHandler on as the journal of systemd wants them:
// it knows the time itself, and reads the level from the start of the line.
type toJournald struct{ io.Writer }

var journaldLevels = map[string]string{"DEBUG": "<7>", "INFO": "<6>", "WARNING": "<4>", "ERROR": "<3>"}

// Write writes one line.
func (w toJournald) Write(line []byte) (int, error) {
	if parts := bytes.SplitN(line, []byte(" - "), 3); len(parts) == 3 {
		_, err := w.Writer.Write(append([]byte(journaldLevels[string(parts[1])]), parts[2]...))
		return len(line), err
	}
	return w.Writer.Write(line)
}

// tee writes to the terminal and to the file. A terminal that is gone, or a full
// disk, takes neither the other nor the program down. Its writes come one at a
// time.
type tee struct {
	terminal, file io.Writer
	failing        bool
}

// Write writes p to both, and says on the terminal when the file begins to fail.
func (t *tee) Write(p []byte) (int, error) {
	_, _ = t.terminal.Write(p) // it may be gone
	_, err := t.file.Write(p)
	if err != nil && !t.failing {
		fmt.Fprintf(t.terminal, "smartsync: the log goes to the terminal only: %v\n", err)
	}
	t.failing = err != nil
	return len(p), nil
}

// shownPath is a path as messages show it: relative to the schedule's folder
// where it lies below.
func shownPath(c *config.Config, path string) string {
	if rel, err := filepath.Rel(filepath.Dir(c.Path), path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
