package cli

import (
	"fmt"
	gosync "sync"
	"time"

	"github.com/smartsync/smartsync/internal/service"
)

const (
	// soon is how far off a weekday alone says which day it is.
	soon = 6 * 24 * time.Hour
	// never is from how far off there is no next check: so long is the rest of a
	// source that is paused until it is resumed, and of no other.
	never = 364 * 24 * time.Hour
)

// pulse shows the system that started smartsync what it waits for, and whether the
// schedule in force is the newest.
type pulse struct {
	supervisor service.Supervisor

	mu      gosync.Mutex
	due     map[string]time.Time      // next checks
	zones   map[string]*time.Location // of the sources of the plan
	refused bool                      // the newest edit of the schedule
	said    string
}

func newPulse() *pulse {
	return &pulse{supervisor: service.NewSupervisor(), due: map[string]time.Time{}}
}

// rest is told how long a source is left alone, of those with a zone.
func (p *pulse) rest(source string, wait time.Duration, zones map[string]*time.Location) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.due[source], p.zones = time.Now().Add(wait), zones
	p.says()
}

// loaded is told how an edit of the schedule fared.
func (p *pulse) loaded(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = err != nil
	p.says()
}

// says shows what has changed.
func (p *pulse) says() {
	next := ""
	for name := range p.zones {
		if due, ok := p.due[name]; ok && (next == "" || due.Before(p.due[next])) {
			next = name
		}
	}
	if next == "" {
		return // nothing is planned yet, or the source has left the plan
	}
	text := count(len(p.zones), "source") + "; " + p.nextCheck(next)
	if p.refused {
		text += "; the newest edit of the schedule is refused, smartsync status tells why"
	}
	if text != p.said {
		p.said = text
		p.supervisor.Says(text)
	}
}

// nextCheck tells when the check of a source is due.
func (p *pulse) nextCheck(source string) string {
	due := p.due[source].In(p.zones[source])
	switch left := time.Until(due); {
	case left > never:
		return "no next check: paused until it is resumed"
	case left > soon:
		return fmt.Sprintf("next check on %s (%s)", due.Format("Mon 2 Jan 2006 15:04 MST"), source)
	default:
		return fmt.Sprintf("next check at %s (%s)", due.Format("Mon 15:04:05 MST"), source)
	}
}
