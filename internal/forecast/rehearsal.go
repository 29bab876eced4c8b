package forecast

import (
	"math"
	"time"
)

// sampleGaps is about how many gaps are planned for in a rehearsal; sessions are left
// out evenly to come down to them.
const sampleGaps = 300

// rehearsal runs plans over the last days of a history, to count their checks.
type rehearsal struct {
	habits   *habits
	from, to float64
	zone     *time.Location
	events   []event // from the first session in [from, to) on
	curves   []*curve
	share    float64 // gaps of sampled sessions among all
}

func newRehearsal(events []event, h *habits, lookDays, asOf float64, zone *time.Location) *rehearsal {
	r := &rehearsal{habits: h, to: asOf, from: asOf - lookDays*day, zone: zone, share: 1}
	if len(events) > 0 {
		r.from = max(r.from, events[0].at)
	}
	r.from = min(r.from, asOf-day)
	begin := 0
	for begin < len(events) && (events[begin].at < r.from || !events[begin].first()) {
		begin++
	}
	r.events = events[begin:]
	r.curves = make([]*curve, len(r.events))
	stride := len(r.events)/sampleGaps + 1
	session, sampled := 0, 0
	for i, e := range r.events {
		if e.first() {
			session++
		}
		if session%stride == 0 {
			r.curves[i] = gapCurve(events, begin+i, &h.prior)
			sampled++
		}
	}
	if sampled > 0 {
		r.share = float64(sampled) / float64(len(r.events))
	}
	return r
}

// checks returns how many checks a day the plans make.
func (r *rehearsal) checks(t terms) float64 {
	idle, inside := 0, 0
	now, last := r.from, math.Inf(-1)
	for i := 0; i <= len(r.events); {
		end := r.to
		if i < len(r.events) {
			end = r.events[i].at
		}
		for now < end {
			now += r.habits.next(now-last, weekSecond(now, r.zone), t)
			idle++
		}
		if i == len(r.events) {
			break
		}
		n := 0
		n, i, now = r.session(i, now, t)
		inside += n
		last = r.events[i-1].at
	}
	return (float64(idle) + float64(inside)/r.share) / ((r.to - r.from) / day)
}

// session runs through the session that starts with event i and is found at now. It
// returns the checks made, if it is in the sample, the event after it and the end.
func (r *rehearsal) session(i int, now float64, t terms) (checks, next int, end float64) {
	next = i + 1
	for next < len(r.events) && !r.events[next].first() {
		next++
	}
	end = max(now, r.events[next-1].at+sessionEnd)
	if r.curves[i] == nil {
		return 0, next, end
	}
	for {
		for i+1 < next && r.events[i+1].at <= now {
			i++
		}
		plan := planSession(r.curves[i], t, r.habits.spread[r.events[i].minute/5])
		for now < r.events[i].at+sessionEnd && (i+1 == next || r.events[i+1].at > now) {
			now += clamp(plan.after(now-r.events[i].at)-(now-r.events[i].at), t)
			checks++
		}
		if now >= r.events[i].at+sessionEnd {
			return checks, next, now
		}
	}
}
