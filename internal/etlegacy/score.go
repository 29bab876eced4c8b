package etlegacy

// Result is how a round ended for its attackers.
type Result string

// The results of a round.
const (
	FullHold  Result = "fullhold"  // the defenders held until the time was up
	Completed Result = "completed" // the attackers did their objective
	Unknown   Result = "unknown"
)

// holdMargin, in seconds: with no winner known, a round that ended this close
// to its limit counts as held.
const holdMargin = 30

// Outcome tells how a round ended: by its winner, and only when that is unknown
// by its time. A time of 0, or past the limit, says nothing.
func Outcome(h Header) Result {
	switch {
	case h.Winner == 1 || h.Winner == 2:
		if h.Winner == h.Defender {
			return FullHold
		}
		return Completed
	case h.Actual <= 0 || h.Actual > h.TimeLimit:
		return Unknown
	case h.TimeLimit-h.Actual <= holdMargin:
		return FullHold
	}
	return Completed
}

// MapScore is the stopwatch result of a map. First counts for the team that
// attacked in round 1, Second for the one that attacked in round 2, that is,
// defended in round 1. Both are 0 when Known is false.
type MapScore struct {
	First, Second int
	Known         bool
}

// Score compares the two rounds of a map: done in round 2, within the first's
// time, is 2 points for its attackers; done in round 1 alone is 2 for those; held
// twice is a point each. nil is a round whose file is missing; a round 2 that was
// done decides without its first. The rounds' times are never compared, for a held round 2 lasts exactly as long as the round 1 before.
func Score(first, second *Header) MapScore {
	one, two := Unknown, Unknown
	if first != nil {
		one = Outcome(*first)
	}
	if second != nil {
		two = Outcome(*second)
	}
	switch {
	case two == Completed:
		return MapScore{Second: 2, Known: true}
	case two == FullHold && one == Completed:
		return MapScore{First: 2, Known: true}
	case two == FullHold && one == FullHold:
		return MapScore{First: 1, Second: 1, Known: true}
	}
	return MapScore{}
}
