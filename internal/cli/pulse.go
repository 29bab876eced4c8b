package cli

import (
	"fmt"
	"time"

	"github.com/smartsync/smartsync/internal/service"
)

// pulse shows the system that started smartsync what it waits for. It belongs to
// the loop.
type pulse struct {
	supervisor service.Supervisor
	due        map[string]time.Time // next checks
	said       string
}

func newPulse() *pulse {
	return &pulse{supervisor: service.NewSupervisor(), due: map[string]time.Time{}}
}

// rest is told how long a source is left alone, of those with a zone.
func (p *pulse) rest(source string, wait time.Duration, zones map[string]*time.Location) {
	p.due[source] = time.Now().Add(wait)
	next := ""
	for name := range zones {
		if due, ok := p.due[name]; ok && (next == "" || due.Before(p.due[next])) {
			next = name
		}
	}
	if next == "" {
		return // the source has left the plan
	}
	text := fmt.Sprintf("%s; next check at %s (%s)", count(len(zones), "source"), p.due[next].In(zones[next]).Format("Mon 15:04:05 MST"), next)
	if text != p.said {
		p.said = text
		p.supervisor.Says(text)
	}
}
