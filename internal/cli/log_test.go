package cli

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	gosync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/config"
)

func journalFor(t *testing.T, format string, log config.Log) (*journal, *bytes.Buffer) {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	var terminal bytes.Buffer
	a := &app{stdout: &bytes.Buffer{}, stderr: &terminal, logFormat: format}
	j := a.openJournal(&config.Config{Zone: zone, Log: log})
	t.Cleanup(func() {
		if err := j.close(); err != nil {
			t.Error(err)
		}
	})
	return j, &terminal
}

// TestLine is the form of a line, in the schedule's zone.
func TestLine(t *testing.T) {
	j, terminal := journalFor(t, "text", config.Log{Level: "debug"})
	at := time.Date(2025, 10, 3, 18, 15, 30, 999, time.UTC)
	for _, test := range []struct {
		level         slog.Level
		message, want string
	}{
		{slog.LevelInfo, "🔄 Sync check at 20:15:30 CEST (PRIME TIME)", "2025-10-03 20:15:30 - INFO - 🔄 Sync check at 20:15:30 CEST (PRIME TIME)\n"},
		{slog.LevelWarn, "⚠️ odd", "2025-10-03 20:15:30 - WARNING - ⚠️ odd\n"},
		{slog.LevelError, "❌ lost", "2025-10-03 20:15:30 - ERROR - ❌ lost\n"},
		{slog.LevelDebug, "connected", "2025-10-03 20:15:30 - DEBUG - connected\n"},
		{slog.LevelInfo, "a\nb\x1b[31mc\u202ed\u2066e\u009bf\u2028g\x00", "2025-10-03 20:15:30 - INFO - a b [31mc d e f g \n"},
	} {
		terminal.Reset()
		record := slog.NewRecord(at, test.level, test.message, 0)
		record.Add("source", "game")
		if err := j.Handler().Handle(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		if got := terminal.String(); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}

// TestZoneOfLines changes with the schedule's.
func TestZoneOfLines(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		j, terminal := journalFor(t, format, config.Log{Level: "info"})
		j.zone.Store(time.FixedZone("east", 14*60*60))
		at := time.Date(2025, 10, 3, 18, 15, 30, 0, time.UTC)
		if err := j.With("source", "game").Handler().Handle(t.Context(), slog.NewRecord(at, slog.LevelInfo, "x", 0)); err != nil {
			t.Fatal(err)
		}
		if got := terminal.String(); !regexp.MustCompile(`2025-10-04.08:15:30`).MatchString(got) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// TestRotation holds the log's file to its size: the terminal has every line, and
// so have the files together.
func TestRotation(t *testing.T) {
	folder := t.TempDir()
	j, terminal := journalFor(t, "text", config.Log{File: filepath.Join(folder, "logs/smart_sync.log"), Level: "info", MaxSize: 1 << 10, MaxAge: time.Hour})
	line := strings.Repeat("x", 1000)
	for range 1500 { // 1.5 MB; the smallest size is 1 MiB
		j.Info(line)
	}
	files, err := filepath.Glob(filepath.Join(folder, "logs/*"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files %q, %v: want two", files, err)
	}
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 1<<20 {
			t.Errorf("%s has %d bytes", file, len(text))
		}
		lines += bytes.Count(text, []byte("\n"))
	}
	if lines != 1500 || bytes.Count(terminal.Bytes(), []byte("\n")) != 1500 {
		t.Errorf("%d lines in files", lines)
	}
}

// failing is a writer that fails while it is set.
type failing struct {
	err error
	bytes.Buffer
}

func (f *failing) Write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.Buffer.Write(p)
}

// TestTee loses neither side when the other fails, and says so once.
func TestTee(t *testing.T) {
	terminal, file := &failing{}, &failing{}
	out := &tee{terminal: terminal, file: file}
	write := func(text string) {
		if n, err := out.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("write %q: %d, %v", text, n, err)
		}
	}
	write("1\n")
	file.err = errors.New("no space left")
	write("2\n")
	write("3\n")
	file.err, terminal.err = nil, errors.New("gone")
	write("4\n")
	if got, want := terminal.String(), "1\n2\nsmartsync: the log goes to the terminal only: no space left\n3\n"; got != want {
		t.Errorf("terminal %q, want %q", got, want)
	}
	if got, want := file.String(), "1\n4\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
}

// The journal gets the level as a number and no time: it has one of its own.
func TestJournaldLines(t *testing.T) {
	var out bytes.Buffer
	zone := &atomic.Pointer[time.Location]{}
	zone.Store(time.UTC)
	log := slog.New(&lineHandler{zone, slog.LevelDebug, &gosync.Mutex{}, toJournald{&out}})
	log.Debug("a")
	log.Info("🆕 x - y")
	log.Warn("b")
	log.Error("c")
	if got, want := out.String(), "<7>a\n<6>🆕 x - y\n<4>b\n<3>c\n"; got != want {
		t.Errorf("wrote %q, want %q", got, want)
	}
}
