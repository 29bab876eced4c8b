//go:build linux

package service

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the program of the services that TestUnderSystemd makes: it
// works until it is told to end, or fails with last words where the schedule says so.
func TestMain(m *testing.M) {
	if len(os.Args) < 4 || os.Args[1] != "run" {
		goleak.VerifyTestMain(m)
		return
	}
	if text, err := os.ReadFile(os.Args[3]); err != nil || len(text) > 0 {
		_, _ = os.Stderr.WriteString("smartsync: error: " + string(text))
		os.Exit(1)
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	NewSupervisor().Ready()
	<-ended
}

// underSystemd is a service that does not exist yet, and the unit for it.
func underSystemd(t *testing.T) (Manager, Unit) {
	t.Helper()
	if os.Getenv("SMARTSYNC_TEST_SYSTEMD") == "" {
		t.Skip("SMARTSYNC_TEST_SYSTEMD is not set: it makes services on this machine")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	m, u := Manager{Name: "smartsync-test"}, Unit{Program: program, Schedule: filepath.Join(folder, `a "b" %h $x.yaml`), Account: "root", Writes: []string{folder}, Origin: "written by a test"}
	writeText(t, u.Schedule, "")
	if state := stateNow(t, m); state != NotInstalled {
		t.Fatalf("%s is %s here", m.Name, state)
	}
	t.Cleanup(func() {
		_, _ = m.systemctl("unmask", "--runtime", m.Name+".service")
		_ = m.Uninstall() // it may be gone
		_ = os.RemoveAll("/etc/systemd/system/" + m.Name + ".service.d")
	})
	return m, u
}

func stateNow(t *testing.T, m Manager) State {
	t.Helper()
	state, err := m.Status()
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func writeText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUnderSystemd(t *testing.T) {
	m, u := underSystemd(t)
	if err := m.Start(); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("start before install: %v", err)
	}
	if again, err := m.Install(u); err != nil || again {
		t.Fatalf("install: again %t, %v", again, err)
	}
	if state, schedule := stateNow(t, m), m.Schedule(); state != Stopped || schedule != u.Schedule || m.Account() != "root" {
		t.Errorf("installed, it is %s and runs %q as %q", state, schedule, m.Account())
	}
	if err := m.Start(); err != nil {
		t.Fatalf("start: %v; %q", err, m.LastWords())
	}
	if state := stateNow(t, m); state != Running {
		t.Errorf("started, it is %s", state)
	}
	if again, err := m.Install(u); err != nil || !again {
		t.Errorf("install for the same schedule: again %t, %v", again, err)
	}
	other := u
	other.Schedule += ".other"
	if _, err := m.Install(other); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), u.Schedule) {
		t.Errorf("install for another schedule: %v", err)
	}
	for _, step := range []struct {
		name string
		do   func() error
		want State
	}{{"restart", m.Restart, Running}, {"stop", m.Stop, Stopped}, {"uninstall", m.Uninstall, NotInstalled}} {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if state := stateNow(t, m); state != step.want {
			t.Errorf("after %s it is %s, want %s", step.name, state, step.want)
		}
	}
}

// What keeps a service from running is told: by its own last words, or by systemd's
// where it had none.
func TestUnderSystemdThatFails(t *testing.T) {
	m, u := underSystemd(t)
	writeText(t, u.Schedule, "the schedule has a fault")
	if _, err := m.Install(u); err != nil {
		t.Fatal(err)
	}
	if err := m.Start(); !errors.Is(err, ErrNotUp) {
		t.Errorf("start: %v", err)
	}
	if state, words := stateNow(t, m), strings.Join(m.LastWords(), "\n"); state != Failed || words != "smartsync: error: the schedule has a fault" {
		t.Errorf("it is %s and says %q", state, words)
	}
	out, err := exec.CommandContext(t.Context(), "journalctl", "--quiet", "--output=cat", "--priority=err", "--unit="+m.Name, "--lines=1", "_COMM="+filepath.Base(u.Program)[:min(15, len(filepath.Base(u.Program)))]).Output()
	if err != nil || !strings.Contains(string(out), "the schedule has a fault") {
		t.Errorf("its errors of the journal: %q, %v", out, err)
	}
	if additions := m.Additions(); additions != "" {
		t.Errorf("somebody added %q", additions)
	}
	if err := os.Mkdir("/etc/systemd/system/"+m.Name+".service.d", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.Uninstall(); err != nil {
		t.Error(err)
	}
	if out, err := m.systemctl("list-units", "--all", "--plain", "--no-legend", m.Name+".service"); err != nil || out != "" {
		t.Errorf("systemd still knows of it: %q, %v", out, err)
	}
	if additions := m.Additions(); additions != "/etc/systemd/system/"+m.Name+".service.d" {
		t.Errorf("what systemctl edit adds is in %q", additions)
	}
}

func TestUnderSystemdOfOthers(t *testing.T) {
	m, u := underSystemd(t)
	path, err := m.Path()
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, path, "[Service]\nExecStart=/bin/true\n")
	t.Cleanup(func() { _ = os.Remove(path) })
	if _, err := m.systemctl("daemon-reload"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Install(u); !errors.Is(err, ErrExists) || !errors.Is(err, ErrForeign) {
		t.Errorf("install: %v", err)
	}
	for name, do := range map[string]func() error{"start": m.Start, "stop": m.Stop, "restart": m.Restart, "uninstall": m.Uninstall} {
		if err := do(); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := m.systemctl("mask", "--runtime", m.Name+".service"); err != nil {
		t.Fatal(err)
	}
	if err := m.Start(); stateNow(t, m) != Masked || !errors.Is(err, ErrMasked) {
		t.Errorf("start of what is masked: %v", err)
	}
	if _, err := m.Install(u); !errors.Is(err, ErrMasked) {
		t.Errorf("install in place of what is masked: %v", err)
	}
}
