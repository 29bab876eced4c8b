package notify

import (
	"time"

	"github.com/smartsync/smartsync/store"
)

// parcel is what one message tells of: one notice, or many as a digest.
type parcel struct {
	notices []store.Notice
	last    int64 // the newest that is dealt with when the message is
	missed  int   // left out for their age
}

// pick chooses what to tell next of the first of all waiting notices, and how long
// to wait before; 0: now. What nobody wants is passed over with what follows it.
func (c *courier) pick(notices []store.Notice, all int) (parcel, time.Duration) {
	now := c.n.now()
	p := parcel{last: c.reader.Last}
	var wanted []store.Notice
	for _, n := range notices {
		switch {
		case !c.wants(&n):
		case now.Sub(n.At) > freshFor:
			p.missed++
		default:
			wanted = append(wanted, n)
		}
	}
	end := notices[len(notices)-1].ID
	switch {
	case len(wanted) == 0:
		p.last = end
		return p, 0
	case wanted[0].Event == store.EventHistory:
		return c.pickHistory(p, notices, wanted, all)
	case len(wanted) > 1 && (now.Sub(wanted[0].At) > outage || len(wanted) > flood):
		p.notices, p.last = wanted, end
		return p, 0
	}
	p.notices, p.last = wanted[:1], wanted[0].ID
	return p, 0
}

// pickHistory takes the history that is first in line as one message. Where nothing
// else waits behind it, it waits until no more came for a while: a first run takes
// it in a hundred files at a time.
func (c *courier) pickHistory(p parcel, notices, wanted []store.Notice, all int) (parcel, time.Duration) {
	end := 0
	for end < len(wanted) && wanted[end].Event == store.EventHistory {
		end++
	}
	if end < len(wanted) {
		p.notices, p.last = wanted[:end], wanted[end].ID-1
		return p, 0
	}
	if wait := wanted[end-1].At.Add(settleHistory).Sub(c.n.now()); wait > 0 && all == len(notices) {
		return parcel{}, min(wait, settleHistory)
	}
	p.notices, p.last = wanted, notices[len(notices)-1].ID
	return p, 0
}
