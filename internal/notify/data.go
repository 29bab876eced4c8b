package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/store"
)

// Data is what a template may use. Which fields are set is a matter of the event;
// foreign text in it is escaped already.
type Data struct {
	Event   string    // round, match, session, error, schedule or quiet
	Source  string    // empty: smartsync itself
	At      time.Time // when it happened, in the source's zone
	Map     string    // of round and match
	Rounds  []Round   // round: one; match: both, or the first while it is played
	Score   string    // of match: "2 : 0", the team that attacked first before the other; empty: unknown
	Winners []string  // of match: who played both rounds in the team that won; none: a draw, or unknown
	Maps    []Map     // of session, in the order in which they were played
	Players []Player  // of round, match and session: those of the most damage first
	Well    bool      // of error and schedule: it is over
	Text    string    // of error and schedule: what is wrong
	Nights  int       // of quiet: game nights without a file
	Last    time.Time // of quiet: when the last file came
	Start   time.Time // of session
}

// Round is a round of a Data.
type Round struct {
	Number              int    // 1 or 2
	Attackers, Defender string // Axis or Allies
	Result              string // "objective done", "held" or "unknown"
	Time, Limit         string // minutes and seconds, "12:34"
}

// Map is a map that was played in a session.
type Map struct {
	Name   string
	Rounds int
	Score  string // as in Data
}

// Player is what a player did in the rounds told of.
type Player struct {
	Name                           string
	Rounds                         int
	Kills, Deaths, Damage, Revives int
	DPM                            int // damage a minute played, rounded

	side int // in the last round: 1 Axis, 2 Allies
}

func sides(defender int) (attackers, defenders string) {
	names := [...]string{"unknown", "Axis", "Allies"}
	if defender != 1 && defender != 2 {
		return names[0], names[0]
	}
	return names[3-defender], names[defender]
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", d/time.Minute, d%time.Minute/time.Second)
}

func roundOf(r *store.RoundRecap) Round {
	out := Round{Number: r.Number, Result: "unknown", Time: clock(r.Actual), Limit: clock(r.Limit)}
	out.Attackers, out.Defender = sides(r.Defender)
	switch r.Outcome {
	case "fullhold":
		out.Result = "held"
	case "completed":
		out.Result = "objective done"
	}
	return out
}

func scoreOf(r *store.RoundRecap) string {
	if r.ScoreFirst < 0 || r.ScoreSecond < 0 {
		return ""
	}
	return fmt.Sprintf("%d : %d", r.ScoreFirst, r.ScoreSecond)
}

// data reads what a notice tells of; false when it is gone.
func (c *courier) data(ctx context.Context, n *store.Notice) (*Data, bool, error) {
	d := &Data{Event: n.Event, Source: n.Source, At: n.At.In(c.zone(n.Source)), Well: n.Payload.Well, Nights: n.Payload.Nights}
	d.Text = c.escapeLines(n.Payload.Text)
	switch n.Event {
	case store.EventRound, store.EventMatch:
		return d, true, c.readRounds(ctx, n, d)
	case store.EventSession:
		return d, true, c.readSession(ctx, n, d)
	case store.EventQuiet:
		d.Nights = n.Payload.Count
		d.Last = time.Unix(n.Payload.To, 0).In(c.zone(n.Source))
	}
	return d, true, nil
}

// mostLines bounds the lines of what is wrong.
const mostLines = 10

// escapeLines escapes text line by line. Indented lines are left out: in errors they
// show a place in a file, by columns that a message does not keep.
func (c *courier) escapeLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, " ") && len(lines) > 0 {
			continue
		}
		if line = c.sender.escape(line); line != "" {
			lines = append(lines, line)
		}
	}
	if more := len(lines) - mostLines; more > 1 {
		lines = append(lines[:mostLines], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// mostMap bounds a map's name, in characters: the score behind it is to be seen.
const mostMap = 64

func (c *courier) mapName(name string) string { return c.sender.escape(cut(name, mostMap)) }

func (c *courier) zone(source string) *time.Location { return zoneOf(&c.setting, source) }

// readRounds fills in a round or a match. A round that was replaced by another
// meanwhile is told by that one's own notice: no Rounds.
func (c *courier) readRounds(ctx context.Context, n *store.Notice, d *Data) error {
	ids := []int64{n.Payload.Round}
	if n.Event == store.EventMatch {
		ids = []int64{n.Payload.First, n.Payload.Round}
	}
	var last store.RoundRecap
	for i, id := range ids {
		r, ok, err := c.n.store.RoundRecap(ctx, id)
		if err != nil {
			return err
		}
		if !ok || r.Source != n.Source || i == 0 && r.Map+"/"+r.Stamp != n.Subject || i == 1 && r.First != ids[0] {
			d.Rounds = nil
			return nil
		}
		d.Rounds = append(d.Rounds, roundOf(&r))
		d.Map, d.At, d.Score = c.mapName(r.Map), r.At.In(c.zone(n.Source)), scoreOf(&r)
		last = r
	}
	err := c.readPlayers(ctx, d, ids...)
	if n.Event == store.EventMatch {
		d.Winners = winners(d.Players, &last)
	}
	return err
}

// winners are those who won a match of which last is the second round.
func winners(players []Player, last *store.RoundRecap) (names []string) {
	if last.ScoreFirst == last.ScoreSecond { // a draw, or unknown
		return nil
	}
	side := last.Defender // those who attacked first
	if last.ScoreFirst < last.ScoreSecond {
		side = 3 - side
	}
	for _, p := range players {
		if p.side == side && p.Rounds == 2 {
			names = append(names, p.Name)
		}
	}
	return names
}

func (c *courier) readPlayers(ctx context.Context, d *Data, rounds ...int64) error {
	players, err := c.n.store.PlayerRecaps(ctx, rounds...)
	if err != nil {
		return err
	}
	slices.SortStableFunc(players, func(a, b store.PlayerRecap) int {
		return cmp.Or(cmp.Compare(b.Damage, a.Damage), cmp.Compare(b.Kills, a.Kills), cmp.Compare(a.GUID, b.GUID))
	})
	for _, p := range players {
		out := Player{Name: c.nameOf(p), side: p.Team, Rounds: p.Rounds, Kills: p.Kills, Deaths: p.Deaths, Damage: p.Damage, Revives: p.Revives}
		if p.Seconds > 0 {
			out.DPM = (p.Damage*60 + p.Seconds/2) / p.Seconds
		}
		d.Players = append(d.Players, out)
	}
	return nil
}

// nameOf is a player's name; where nothing of it can be seen, the GUID.
func (c *courier) nameOf(p store.PlayerRecap) string {
	return cmp.Or(c.sender.escape(cut(p.Name, 36)), c.sender.escape(p.GUID), "?")
}

func (c *courier) readSession(ctx context.Context, n *store.Notice, d *Data) error {
	rounds, err := c.n.store.SessionRounds(ctx, n.Payload.ID)
	if err != nil {
		return err
	}
	d.Start = time.Unix(n.Payload.From, 0).In(c.zone(n.Source))
	var ids []int64
	played := map[int64]int{} // round 1: its map's index
	for _, r := range rounds {
		if r.Source != n.Source {
			return nil
		}
		ids = append(ids, r.ID)
		i, ok := played[r.First]
		if !ok || r.Number == 1 {
			i = len(d.Maps)
			d.Maps = append(d.Maps, Map{Name: c.mapName(r.Map)})
		}
		if r.Number == 1 {
			played[r.ID] = i
		} else {
			d.Maps[i].Score = scoreOf(&r)
		}
		d.Maps[i].Rounds++
		d.At = r.At.In(c.zone(n.Source))
	}
	return c.readPlayers(ctx, d, ids...)
}
