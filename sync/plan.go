package sync

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/store"
)

// memory is what a plan asks of the ledger.
type memory interface {
	// Known returns what the ledger says of a key.
	Known(store.Key) (store.Entry, bool)
	// Paths yields every name in the ledger.
	Paths() iter.Seq[string]
}

// terms are the settings that a plan depends on.
type terms struct {
	match, ignore globs
	maxSize       int64         // bytes
	settle        time.Duration // a file must be unchanged for so long
	ownClock      bool          // modification times are by our own clock
}

// job is one file to fetch.
type job struct {
	entry
	local   string // the name it is kept under
	settled bool   // may be taken in as soon as it is here
}

func (j job) key() store.Key {
	return store.Key{Path: j.Name, Size: j.Size, Modified: j.Modified}
}

// plan is what a listing asks for.
type plan struct {
	listed  int     // names that matched
	known   int     // of them: in the ledger
	jobs    []job   // oldest first, then by name
	skipped int     // of listed
	skips   []Fault // of skipped, the first MaxFaults that are plain files
}

// latest is the largest modification time that is believed, 9999-12-31.
const latest = 253402300799

// makePlan decides what to bring: from the listing, what the ledger knows, the
// moment of the listing and the source's terms, and nothing else.
func makePlan(listing []entry, known memory, now time.Time, t terms) plan {
	var p plan
	seen := make(map[string]bool, len(listing))
	for _, e := range listing {
		if len(t.match) > 0 && !t.match.match(e.Name) || t.ignore.match(e.Name) {
			continue
		}
		p.listed++
		if !e.Regular {
			p.skipped++
			continue
		}
		if reason := unwanted(e, seen[e.Name], t); reason != "" {
			p.skip(e.Name, reason)
			continue
		}
		seen[e.Name] = true
		j := job{entry: e, settled: t.ownClock && aged(e.Modified, now, t.settle)}
		if old, ok := known.Known(j.key()); ok {
			if old.Status != store.Seen {
				p.known++
				continue
			}
			j.settled = j.settled || !old.FirstSeen.After(now.Add(-t.settle))
		}
		p.jobs = append(p.jobs, j)
	}
	slices.SortFunc(p.jobs, func(a, b job) int {
		return cmp.Or(cmp.Compare(a.Modified, b.Modified), strings.Compare(a.Name, b.Name))
	})
	p.name(known)
	return p
}

// unwanted returns why a plain file is passed over; empty when it is not.
func unwanted(e entry, twice bool, t terms) string {
	switch reason := badName(e.Name); {
	case reason != "":
		return reason
	case twice:
		return "listed twice"
	case e.Size < 0:
		return "an impossible size"
	case e.Size > t.maxSize:
		return "too large"
	case e.Modified < 0 || e.Modified > latest:
		return "an impossible modification time"
	}
	return ""
}

// aged reports whether a file of that modification time (whole seconds, cut off)
// is unchanged for settle at now. A time in the future tells nothing.
func aged(modified int64, now time.Time, settle time.Duration) bool {
	return !time.Unix(modified+1, 0).After(now.Add(-settle))
}

func (p *plan) skip(name, reason string) {
	p.skipped++
	if len(p.skips) < MaxFaults {
		p.skips = append(p.skips, Fault{Name: name, Reason: reason})
	}
}

// name chooses the local names, so that no two names of the source, of this plan
// or of the ledger, meet in one file on any file system.
func (p *plan) name(known memory) {
	if len(p.jobs) == 0 {
		return
	}
	// The name that a fold belongs to; "" where several in the ledger have it.
	holders := make(map[string]string)
	for name := range known.Paths() {
		f := fold(name)
		if other, held := holders[f]; held && other != name {
			holders[f] = ""
			continue
		}
		holders[f] = name
	}
	for i := range p.jobs {
		j := &p.jobs[i]
		f := fold(j.Name)
		if _, held := holders[f]; !held {
			holders[f] = j.Name
		}
		j.local = localName(j.Name, holders[f] != j.Name)
	}
}

// public returns the plan as a dry run shows it.
func (p *plan) public() Plan {
	out := Plan{Listed: p.listed, Known: p.known, Skipped: p.skipped, Skips: p.skips}
	for _, j := range p.jobs {
		out.New = append(out.New, j.found())
		out.Bytes += j.Size
		if !j.settled {
			out.Unsettled++
		}
	}
	return out
}

func (j job) found() Found {
	return Found{Name: j.Name, Size: j.Size, Modified: time.Unix(j.Modified, 0).UTC()}
}
