package store

import "github.com/smartsync/smartsync/internal/etlegacy"

// statColumns are the numbers of player_rounds in the order of numbers.
var statColumns = []string{
	"hits", "shots", "kills", "deaths", "headshots", "time_played_seconds", "dpm", "kd", "accuracy",
	"damage_given", "damage_received", "team_damage_given", "team_damage_received",
	"gibs", "self_kills", "team_kills", "team_gibs", "time_played_percent", "xp",
	"killing_spree", "death_spree", "kill_assists", "kill_steals", "headshot_kills",
	"objectives_stolen", "objectives_returned", "dynamites_planted", "dynamites_defused", "times_revived",
	"bullets_fired", "time_played_minutes", "tank_meatshield", "time_dead_ratio", "time_dead_minutes",
	"useful_kills", "denied_playtime",
	"multikill_2x", "multikill_3x", "multikill_4x", "multikill_5x", "multikill_6x",
	"useless_kills", "full_selfkills", "repairs_constructions", "revives_given",
}

var playerRoundColumns = append([]string{
	"id", "round_id", "guid", "written_at", "name", "clean_name", "raw_name", "is_bot", "team", "mode",
}, statColumns...)

var weaponRoundColumns = []string{
	"player_round_id", "weapon", "hits", "shots", "kills", "deaths", "headshots",
}

// numbers points at the fields of r that statColumns name: *int or *float64.
func numbers(r *etlegacy.Row) [45]any {
	s := &r.Stats
	m := &s.Multikills
	return [...]any{
		&r.Hits, &r.Shots, &r.Kills, &r.Deaths, &r.Heads, &r.Seconds, &r.DPM, &r.KD, &r.Accuracy,
		&s.DamageGiven, &s.DamageReceived, &s.TeamDamageGiven, &s.TeamDamageReceived,
		&s.Gibs, &s.SelfKills, &s.TeamKills, &s.TeamGibs, &s.TimePlayedPercent, &s.XP,
		&s.KillingSpree, &s.DeathSpree, &s.KillAssists, &s.KillSteals, &s.HeadshotKills,
		&s.ObjectivesStolen, &s.ObjectivesReturned, &s.DynamitesPlanted, &s.DynamitesDefused, &s.TimesRevived,
		&s.BulletsFired, &s.TimePlayedMinutes, &s.TankMeatshield, &s.TimeDeadRatio, &s.TimeDeadMinutes,
		&s.UsefulKills, &s.DeniedPlaytime,
		&m[0], &m[1], &m[2], &m[3], &m[4],
		&s.UselessKills, &s.FullSelfkills, &s.RepairsConstructions, &s.RevivesGiven,
	}
}

// appendNumbers appends r's numbers to args; what the file cannot tell is null.
func appendNumbers(args []any, r *etlegacy.Row) []any {
	for _, field := range numbers(r) {
		switch v := field.(type) {
		case *int:
			args = append(args, int64(*v))
		case *float64:
			args = append(args, *v)
		}
	}
	from := len(args) - len(statColumns)
	if r.NoBullets {
		args[from+bulletsColumn] = nil
	}
	if r.NoTank {
		args[from+tankColumn] = nil
	}
	return args
}

// The columns of statColumns that may be null.
const (
	bulletsColumn = 29
	tankColumn    = 31
)
