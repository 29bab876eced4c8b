package service

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// plain is a unit with nothing special about it.
func plain() Unit {
	return Unit{
		Program: "/usr/local/bin/smartsync", Schedule: "/srv/smartsync/schedule.yaml",
		Account: "stats", Home: "/var/lib/stats",
		Writes: []string{"/srv/smartsync/data", "/srv/smartsync/logs"}, Origin: "written by a test",
	}
}

func TestUnitMayWriteOnlyItsFolders(t *testing.T) {
	wantLines(t, plain().Text(),
		"# smartsync: written by a test",
		"ExecStart=/usr/local/bin/smartsync run -c /srv/smartsync/schedule.yaml",
		"User=stats", "Type=notify", "WatchdogSec=3min", "Restart=on-failure",
		"ProtectSystem=strict", "ReadWritePaths=-/srv/smartsync/data -/srv/smartsync/logs", "SyslogLevel=err",
		"ProtectHome=yes", "PrivateTmp=yes", "MemoryDenyWriteExecute=yes", "CapabilityBoundingSet=",
		"WantedBy=multi-user.target")
}

func TestUnitOpensWhatItNeeds(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*Unit)
		has     string
		hasNone string // start of a line
	}{
		"a schedule in a home":       {func(u *Unit) { u.Schedule = "/home/bob/s.yaml" }, "ProtectHome=read-only", ""},
		"an account with a home":     {func(u *Unit) { u.Home = "/home/bob" }, "ProtectHome=read-only", ""},
		"a folder beside the homes":  {func(u *Unit) { u.Reads = []string{"/homework/drop"} }, "ProtectHome=yes", ""},
		"a drop folder in /tmp":      {func(u *Unit) { u.Reads = []string{"/tmp/drop"} }, "ProtectHome=yes", "PrivateTmp"},
		"import by a command":        {func(u *Unit) { u.Commands = true }, "NoNewPrivileges=yes", "MemoryDenyWriteExecute"},
		"a port below 1024":          {func(u *Unit) { u.LowPort = true }, "AmbientCapabilities=CAP_NET_BIND_SERVICE", ""},
		"a state folder of systemd":  {func(u *Unit) { u.State, u.Writes = "smartsync", nil }, "StateDirectory=smartsync", "ReadWritePaths"},
		"a service of the user's":    {func(u *Unit) { u.User, u.Account = true, "" }, "WantedBy=default.target", "ProtectSystem"},
		"a path with a space and %":  {func(u *Unit) { u.Schedule = "/srv/a b/100%.yaml" }, `ExecStart=/usr/local/bin/smartsync run -c "/srv/a b/100%%.yaml"`, ""},
		"a path that reads variable": {func(u *Unit) { u.Schedule = "/srv/$HOME/s.yaml" }, `ExecStart=/usr/local/bin/smartsync run -c "/srv/$$HOME/s.yaml"`, ""},
		"a program's path with $":    {func(u *Unit) { u.Program = "/opt/$5/s s" }, `ExecStart="/opt/$5/s s" run -c /srv/smartsync/schedule.yaml`, ""},
		"a folder with a space":      {func(u *Unit) { u.Writes = []string{"/srv/a b$/data"} }, `ReadWritePaths="-/srv/a b$/data"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			u := plain()
			tt.change(&u)
			wantLines(t, u.Text(), tt.has)
			for line := range strings.Lines(u.Text()) {
				if tt.hasNone != "" && strings.HasPrefix(line, tt.hasNone) {
					t.Errorf("has %q", line)
				}
			}
		})
	}
}

// The schedule can be told from the unit, whatever is in its path.
func TestScheduleOfUnit(t *testing.T) {
	for _, schedule := range []string{
		"/srv/smartsync/schedule.yaml", `/srv/a b/%h $$HOME/"q" \x's/{{.Name}}/s.yaml`, "/srv/a\\nb/c\nd\te.yaml", "/srv/x run -c y.yaml",
	} {
		u := plain()
		u.Schedule = schedule
		if got := scheduleOf(u.Text()); got != schedule {
			t.Errorf("%q is read as %q", schedule, got)
		}
	}
	for _, foreign := range []string{"", "[Service]\nExecStart=/usr/sbin/cron -f\n"} {
		if got := scheduleOf(foreign); got != "" {
			t.Errorf("%q runs %q", foreign, got)
		}
	}
}

// What systemd itself says of the units.
func TestUnitPassesSystemd(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	program := filepath.Join(t.TempDir(), "smart sync")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Unit){
		"plain": func(*Unit) {},
		"open": func(u *Unit) {
			u.Schedule, u.Reads, u.Commands, u.LowPort = "/home/a b/$x%y.yaml", []string{"/tmp/x"}, true, true
		},
		"packaged": func(u *Unit) { u.State, u.Writes = "smartsync", nil },
		"a user's": func(u *Unit) { u.User, u.Account = true, "" },
	} {
		t.Run(name, func(t *testing.T) {
			u := plain()
			u.Program, u.Account, u.Home = program, "root", "/root"
			change(&u)
			path := filepath.Join(t.TempDir(), "smartsync.service")
			if err := os.WriteFile(path, []byte(u.Text()), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", "--recursive-errors=no", path).CombinedOutput()
			if err != nil || len(out) > 0 {
				t.Errorf("systemd-analyze verify: %v\n%s", err, out)
			}
		})
	}
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("no line %q in:\n%s", line, text)
		}
	}
}
