// Package rules decides when to look again. A Schedule is the compiled,
// immutable form of a schedule file's windows; Decide is a pure function of the
// schedule, the state of a source and what its last check brought. Nothing here
// reads a clock, a file or the environment.
package rules

import "time"

// FoundFile is a new file as conditions see it.
type FoundFile struct {
	Name     string    `expr:"name"`
	Size     int       `expr:"size"` // bytes
	Modified time.Time `expr:"modified"`
}

// Outcome is what one check brought.
type Outcome struct {
	At       time.Time // when the check ended
	Failed   bool      // the check failed: neither a find nor a miss
	Refused  bool      // with Failed: login or host key refused; waits max_error at once
	Found    int       // new files this check brought
	Files    []FoundFile
	Imported int
	Rejected int
	Pending  int // files left for the next check; a check with pending files is no miss
	// Forecast foretells the source's arrivals from what is known at At. nil is a
	// source of which too little is known: rules that need it are passed over.
	Forecast Forecaster
}

// Forecaster foretells when files arrive. It knows that everything which arrived
// up to now was found.
type Forecaster interface {
	// Chance returns the probability that a file arrives within the duration.
	Chance(now time.Time, within time.Duration) float64
	// ETA returns the expected wait for the next file.
	ETA(now time.Time) time.Duration
	// Wait returns how long to wait for the next check, between least and most.
	Wait(now time.Time, budget Budget, least, most time.Duration) time.Duration
}

// Budget says how much checking is worth: one of its fields is set.
type Budget struct {
	PerDay float64       // checks a day
	Worth  time.Duration // of latency that one check is worth
}

// State is what a source's checks so far add up to. The zero State is a source
// that was never checked.
type State struct {
	Misses      int       // consecutive misses since the last find or since the window opened
	MissesTotal int       // the same across windows
	Errors      int       // consecutive failed checks
	LastCheck   time.Time // zero: never
	LastFound   time.Time // zero: never
}

// Decision is the answer to a check: which rule spoke, and when to look again.
type Decision struct {
	Window  string        // "default" where no window holds the moment
	Rule    int           // from 1; 0 is the default rule, or the wait after an error
	Line    int           // of the rule in the schedule file
	When    string        // the rule's condition; empty when it has none
	Reason  string        // the rule's reason
	Next    time.Time     // later than Outcome.At
	Jitter  time.Duration // how much of the wait jitter added
	Until   bool          // the rule was an until: the wait is a sleep to a fixed moment
	Clamped string        // why Next is not what the rule says; empty when it is
	// Faults are the conditions that failed while running, each counted as not
	// matching.
	Faults []string
}
