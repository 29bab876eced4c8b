package sync

import (
	"time"

	"github.com/smartsync/smartsync/store"
)

// Found is a file that a check brought, or would bring.
type Found struct {
	Name     string
	Size     int64     // bytes
	Modified time.Time // as the source tells, whole seconds, UTC
}

// Rejection is a file that could not be imported. It is kept.
type Rejection struct {
	Name   string
	Line   int // from 1; 0 when it is the whole file
	Reason string
	Detail string // what an import command wrote to stderr, its last 4 KiB
}

// Fault is a file that a check passed over, and why. Names are as the source
// tells: print them with %q.
type Fault struct {
	Name   string
	Reason string
}

// Report is what one check brought.
type Report struct {
	Started, Ended time.Time
	Listed         int          // names that matched
	Found          []Found      // new files and new versions, in the order they were taken in
	Imported       int          // of Found
	Kept           int          // of Found: the source imports nothing
	Ignored        int          // of Found: nothing in them to import
	Duplicates     int          // of Found: the content is there under another name
	Rejected       []Rejection  // of Found
	Touched        int          // known content under a new modification time; not in Found
	Pending        int          // still being written: left for the next check
	Skipped        int          // names that are not allowed, too large, or no regular files
	Skips          []Fault      // of Skipped, without folders and links; at most MaxFaults
	Failed         []Fault      // could not be fetched, tried again by the next check
	Bytes          int64        // fetched
	Files          []store.File // what the ledger says of the files taken in
}

// MaxFaults is how many Skips a Report names.
const MaxFaults = 100

// Plan is what a check would bring.
type Plan struct {
	Listed    int     // names that matched
	Known     int     // of Listed: in the ledger already
	New       []Found // oldest first
	Unsettled int     // of New: changed too recently to be taken in at once
	Bytes     int64   // of New
	Skipped   int
	Skips     []Fault // as in Report
}

// Probe is what connecting to a source shows. For a directory only the plan is
// set.
type Probe struct {
	Address     string // host:port that was dialled
	Server      string // the server's version line
	User        string
	Method      string // how the login succeeded: `key "…"`, "agent", "password"
	KeyType     string // the host key's type: "ssh-ed25519"
	Fingerprint string // the host key's: "SHA256:…"
	Known       bool   // the key was in known_hosts before
	Pinned      bool   // the key has been added to known_hosts now
	KnownHosts  string // the known_hosts file
	Exposed     string // a private key's file that others may read; empty: none
	Plan        Plan
}

// planned notes what a plan says.
func (r *Report) planned(p plan) {
	r.Listed, r.Skipped, r.Skips = p.listed, p.skipped, p.skips
}

// add counts a file that the ledger has now.
func (r *Report) add(f store.File) {
	r.Files = append(r.Files, f)
	r.Found = append(r.Found, job{entry: entry{Name: f.Key.Path, Size: f.Key.Size, Modified: f.Key.Modified}}.found())
	switch f.Status {
	case store.Imported:
		r.Imported++
	case store.Kept:
		r.Kept++
	case store.Ignored:
		r.Ignored++
	case store.Duplicate:
		r.Duplicates++
	case store.Rejected:
		r.Rejected = append(r.Rejected, Rejection{Name: f.Key.Path, Line: f.Line, Reason: f.Reason, Detail: f.Detail})
	}
}
