package etlegacy

import (
	"math"
	"strconv"
)

// Rows returns the players' rows of round, in the file's order. first is the
// round 1 that round is the second of; nil for round 1, and for an orphan.
//
// The server keeps damage, gibs, kills of oneself and of team mates, time and
// every weapon number across both rounds: those of round 2 are the file's less
// the first's, no number below 0. All others are the file's own. Players are
// matched by GUID, never by name. A player who was not in round 1, or whose
// counters fell, keeps all of the file's values: NoTank and NoBullets are for
// ModeDiff alone.
func Rows(round, first *Round) []Row {
	rows := make([]Row, len(round.Players))
	for i := range rows {
		rows[i] = row(round, first, &round.Players[i])
	}
	return rows
}

func row(round, first *Round, p *Player) Row {
	r := Row{Player: *p}
	switch {
	case round.Name.Round == 1:
		r.Mode = ModeR1
	case first == nil:
		r.Mode = ModeOrphan
	default:
		switch earlier := first.find(p); {
		case earlier == nil:
			r.Mode = ModeJoined
		case fell(earlier, p):
			r.Mode = ModeReset
		default:
			r.Mode = ModeDiff
			r.subtract(earlier)
			r.NoTank = true // made of both rounds' totals
			// Older writers' bullets are a running sum of no meaning.
			r.NoBullets = min(round.Tabs, first.Tabs) < tabFields
			if r.NoBullets {
				r.Stats.BulletsFired = 0
			}
		}
	}
	r.derive()
	return r
}

// find returns the player that p of the next file is, or nil.
func (r *Round) find(p *Player) *Player {
	for i := range r.Players {
		if r.Players[i].GUID == p.GUID {
			return &r.Players[i]
		}
	}
	for i := range r.Players {
		if samePlayer(&r.Players[i], p) {
			return &r.Players[i]
		}
	}
	return nil
}

// fell reports whether a number that can only grow became smaller: the player
// reconnected, and later holds this round alone.
func fell(earlier, later *Player) bool {
	e, l := earlier.sum(), later.sum()
	return later.Stats.DamageGiven < earlier.Stats.DamageGiven ||
		later.Stats.DamageReceived < earlier.Stats.DamageReceived ||
		l.Kills < e.Kills || l.Deaths < e.Deaths ||
		later.Stats.TimePlayedMinutes < earlier.Stats.TimePlayedMinutes
}

// subtract takes the first round out of the numbers that hold both. Mask stays
// the file's: a weapon unused in this round is there with zeros, and one that
// the file has lost is not.
func (r *Row) subtract(earlier *Player) {
	for i := range r.Weapons {
		r.Weapons[i] = r.Weapons[i].less(earlier.Weapons[i])
	}
	s, e := &r.Stats, &earlier.Stats
	s.DamageGiven = max(0, s.DamageGiven-e.DamageGiven)
	s.DamageReceived = max(0, s.DamageReceived-e.DamageReceived)
	s.TeamDamageGiven = max(0, s.TeamDamageGiven-e.TeamDamageGiven)
	s.TeamDamageReceived = max(0, s.TeamDamageReceived-e.TeamDamageReceived)
	s.Gibs = max(0, s.Gibs-e.Gibs)
	s.SelfKills = max(0, s.SelfKills-e.SelfKills)
	s.TeamKills = max(0, s.TeamKills-e.TeamKills)
	s.TeamGibs = max(0, s.TeamGibs-e.TeamGibs)
	s.BulletsFired = max(0, s.BulletsFired-e.BulletsFired)
	s.TankMeatshield = 0

	both, alive := s.TimePlayedMinutes, s.TimePlayedPercent
	minutes := tenth(both - e.TimePlayedMinutes)
	s.TimePlayedMinutes = minutes
	s.TimePlayedPercent, s.TimeDeadRatio = 0, 0
	if minutes > 0 {
		s.TimePlayedPercent = tenth((alive*both - e.TimePlayedPercent*e.TimePlayedMinutes) / minutes)
		s.TimeDeadRatio = tenth(100 * s.TimeDeadMinutes / minutes)
	}
}

// derive computes what follows from the row's own numbers.
func (r *Row) derive() {
	all := r.sum()
	r.Hits, r.Shots, r.Kills, r.Deaths, r.Heads = all.Hits, all.Shots, all.Kills, all.Deaths, all.Headshots
	r.Seconds = int(math.Round(r.Stats.TimePlayedMinutes * 60))
	if r.Seconds > 0 {
		r.DPM = float64(r.Stats.DamageGiven) * 60 / float64(r.Seconds)
	}
	r.KD = float64(r.Kills)
	if r.Deaths > 0 {
		r.KD /= float64(r.Deaths)
	}
	if r.Shots > 0 {
		r.Accuracy = 100 * float64(r.Hits) / float64(r.Shots)
	}
}

// tenth rounds to one decimal, by v's exact value: x*10 would round once more.
func tenth(v float64) float64 {
	var buf [32]byte
	t, err := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], v, 'f', 1, 64)), 64)
	if err != nil {
		return v // out of range is impossible for a number that was printed
	}
	return t
}
