package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Totals are sums over rounds. What is per minute or a ratio is made of the sums,
// never a mean of the rounds' own.
type Totals struct {
	Rounds  int // that were played for some time
	Seconds int // played

	Kills, Deaths, Gibs, SelfKills, TeamKills int
	HeadshotKills, Assists                    int
	DamageGiven, DamageReceived, TeamDamage   int
	Hits, Shots                               int
	XP                                        int
	TimesRevived                              int
	// RevivesGiven are counted by newer servers only: in RevivesSeconds of Seconds.
	RevivesGiven, RevivesSeconds int
}

// Minutes is the time played.
func (t *Totals) Minutes() float64 { return float64(t.Seconds) / 60 }

// DPM is damage given per minute played; 0 without time.
func (t *Totals) DPM() float64 { return ratio(60*t.DamageGiven, t.Seconds) }

// KPM is kills per minute played; 0 without time.
func (t *Totals) KPM() float64 { return ratio(60*t.Kills, t.Seconds) }

// KD is kills per death; without deaths the kills.
func (t *Totals) KD() float64 { return ratio(t.Kills, max(t.Deaths, 1)) }

// Accuracy is hits per shot in percent, over all weapons; 0 without shots.
func (t *Totals) Accuracy() float64 { return ratio(100*t.Hits, t.Shots) }

// RPM is revives given per minute in which they were counted; 0 without one.
func (t *Totals) RPM() float64 { return ratio(60*t.RevivesGiven, t.RevivesSeconds) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// totalsColumns are sums over player_rounds p joined with rounds r. Only layouts
// of 38 fields have the revives.
const totalsColumns = `coalesce(sum(p.time_played_seconds > 0), 0), coalesce(sum(p.time_played_seconds), 0),
	coalesce(sum(p.kills), 0), coalesce(sum(p.deaths), 0), coalesce(sum(p.gibs), 0), coalesce(sum(p.self_kills), 0), coalesce(sum(p.team_kills), 0),
	coalesce(sum(p.headshot_kills), 0), coalesce(sum(p.kill_assists), 0),
	coalesce(sum(p.damage_given), 0), coalesce(sum(p.damage_received), 0), coalesce(sum(p.team_damage_given), 0),
	coalesce(sum(p.hits), 0), coalesce(sum(p.shots), 0), coalesce(sum(p.xp), 0), coalesce(sum(p.times_revived), 0),
	coalesce(sum(p.revives_given), 0), coalesce(sum(CASE WHEN r.tabs >= 38 THEN p.time_played_seconds END), 0)`

func (t *Totals) fields() []any {
	return []any{
		&t.Rounds, &t.Seconds, &t.Kills, &t.Deaths, &t.Gibs, &t.SelfKills, &t.TeamKills, &t.HeadshotKills, &t.Assists,
		&t.DamageGiven, &t.DamageReceived, &t.TeamDamage, &t.Hits, &t.Shots, &t.XP, &t.TimesRevived, &t.RevivesGiven, &t.RevivesSeconds,
	}
}

// StatsQuery selects rounds. Its zero value is all of them.
type StatsQuery struct {
	Source  string    // empty: all
	Since   time.Time // rounds that ended at it or later; zero: all
	Map     string    // verbatim; empty: all
	Session int64     // of GameSession; 0: all
	GUID    string    // a player's; empty: all
}

// where is q as SQL over rounds r, without the player; empty, or begins with AND.
func (q StatsQuery) where() (string, []any) {
	var terms strings.Builder
	var args []any
	term := func(sql string, arg any) {
		terms.WriteString(" AND " + sql)
		args = append(args, arg)
	}
	if q.Source != "" {
		term("r.source_id = (SELECT id FROM sources WHERE name = ?)", q.Source)
	}
	if !q.Since.IsZero() {
		term("r.written_at >= ?", q.Since.Unix())
	}
	if q.Map != "" {
		term("r.map = ?", q.Map)
	}
	if q.Session != 0 {
		term("r.session_id = ?", q.Session)
	}
	return terms.String(), args
}

// Player is who played: a GUID, under the latest name.
type Player struct {
	GUID string
	Name string // without colour codes
	Bot  bool
}

// PlayerTotals are one player's sums.
type PlayerTotals struct {
	Player
	Totals
}

// playerColumns are of players pl.
const playerColumns = "pl.guid, coalesce(nullif(pl.clean_name, ''), nullif(pl.name, ''), pl.guid), pl.is_bot"

func (p *Player) fields() []any { return []any{&p.GUID, &p.Name, &p.Bot} }

// PlayerTotals returns the sums of everybody who played for some time in the
// rounds that q selects, by GUID. Orphan rounds are left out.
func (s *Store) PlayerTotals(ctx context.Context, q StatsQuery) ([]PlayerTotals, error) {
	where, args := q.where()
	if q.GUID != "" {
		where, args = where+" AND p.guid = ?", append(args, q.GUID)
	}
	var all []PlayerTotals
	err := scanAll(s.reads.QueryContext(ctx, "SELECT "+playerColumns+", "+totalsColumns+`
		FROM player_rounds p JOIN rounds r ON r.id = p.round_id JOIN players pl ON pl.guid = p.guid
		WHERE p.mode <> 'orphan'`+where+" GROUP BY p.guid HAVING sum(p.time_played_seconds) > 0 ORDER BY p.guid", args...))(
		func(rows *sql.Rows) error {
			var p PlayerTotals
			err := rows.Scan(append(p.Player.fields(), p.Totals.fields()...)...)
			all = append(all, p)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read players' totals: %w", err)
	}
	return all, nil
}
