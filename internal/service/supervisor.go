package service

import (
	"strings"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Supervisor is the systemd that started this process, if one did and wants to hear
// of it. What cannot be told is dropped: nothing depends on it. Its methods may be
// called from many goroutines.
type Supervisor struct {
	watched bool // it waits for Alive
}

// NewSupervisor returns the supervisor of this process.
func NewSupervisor() Supervisor {
	interval, err := daemon.SdWatchdogEnabled(false)
	return Supervisor{watched: err == nil && interval > 0}
}

// Ready tells that the start is over.
func (Supervisor) Ready() { tell(daemon.SdNotifyReady) }

// Stopping tells that the end has begun.
func (Supervisor) Stopping() { tell(daemon.SdNotifyStopping) }

// Says shows text in systemctl status, as one line.
func (Supervisor) Says(text string) {
	tell("STATUS=" + strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		return r
	}, text))
}

// Alive tells that all is well; to be called at least once a minute.
func (s Supervisor) Alive() {
	if s.watched {
		tell(daemon.SdNotifyWatchdog)
	}
}

func tell(state string) { _, _ = daemon.SdNotify(false, state) }
