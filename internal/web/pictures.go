package web

import (
	"sync"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
)

// mostPictures bounds what is kept of days and weeks.
const mostPictures = 32

// pictures keeps what is dear to make: a page that is asked for again and again
// costs nothing, and one at a time is made.
type pictures struct {
	mu    sync.Mutex
	days  map[dayKey]engine.Day
	weeks map[weekKey]*weekPicture
}

type dayKey struct {
	schedule *rules.Schedule
	source   string
	from     int64
	arrivals int
}

type weekKey struct {
	source   string
	hour     int64
	arrivals int
}

// simulate returns the day that begins at from.
func (p *pictures) simulate(plot engine.Plot, from time.Time) engine.Day {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := dayKey{plot.Schedule, plot.Source, from.Unix(), len(plot.Arrivals)}
	if day, ok := p.days[key]; ok {
		return day
	}
	if p.days == nil || len(p.days) >= mostPictures {
		p.days = map[dayKey]engine.Day{}
	}
	p.days[key] = plot.Simulate(from, 1)[0]
	return p.days[key]
}

// week returns the learned week; nil where too little is known.
func (p *pictures) week(plot engine.Plot, source Source, now time.Time) *weekPicture {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := weekKey{source.Name, now.Unix() / 3600, len(plot.Arrivals)}
	if week, ok := p.weeks[key]; ok {
		return week
	}
	if p.weeks == nil || len(p.weeks) >= mostPictures {
		p.weeks = map[weekKey]*weekPicture{}
	}
	p.weeks[key] = nil
	if model := learn(plot, source, now); model.Ready() {
		p.weeks[key] = drawWeek(model.Week())
	}
	return p.weeks[key]
}
