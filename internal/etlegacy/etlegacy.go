// Package etlegacy reads the stats files that an ET: Legacy game server writes
// at the end of every round. It is pure: bytes in, values out.
package etlegacy

// Weapons is the number of weapon ids; a Player's weapons are indexed by id,
// 0 (KNIFE) to 27 (SYRINGE).
const Weapons = 28

// Name is what a stats file's name says.
type Name struct {
	Stamp    string // "YYYY-MM-DD-HHMMSS", the server's wall clock when the file was written
	Map      string // verbatim
	Round    int    // 1 or 2
	Endstats bool   // an awards file, not a stats file
}

// Header is a stats file's first line. Times are in seconds; 0 is unknown.
type Header struct {
	Hostname  string // with colour codes
	Map       string
	Config    string // may be empty
	Round     int    // 1 or 2; the file's name is authoritative
	Defender  int    // side that defends: 1 Axis, 2 Allies
	Winner    int    // side that won: 1 Axis, 2 Allies, 0 unknown
	TimeLimit int
	Actual    int
	PlayTime  int // the optional ninth field
}

// Weapon is one weapon's numbers. Headshots are hits to the head; Deaths are
// times killed by this weapon.
type Weapon struct {
	Hits, Shots, Kills, Deaths, Headshots int
}

// Stats are a player's numbers in one file, or in one round: the tab fields by
// their names. Minutes, percentages and ratios have one decimal. What counts
// through both rounds is never negative; XP and other numbers may be.
type Stats struct {
	DamageGiven, DamageReceived         int
	TeamDamageGiven, TeamDamageReceived int
	Gibs, SelfKills, TeamKills          int
	TeamGibs                            int
	TimePlayedPercent                   float64 // alive share, percent
	XP                                  int
	KillingSpree, DeathSpree            int
	KillAssists, KillSteals             int
	HeadshotKills                       int
	ObjectivesStolen                    int
	ObjectivesReturned                  int
	DynamitesPlanted, DynamitesDefused  int
	TimesRevived                        int
	BulletsFired                        int
	TimePlayedMinutes                   float64
	TankMeatshield                      float64
	TimeDeadRatio                       float64 // percent
	TimeDeadMinutes                     float64
	UsefulKills                         int
	DeniedPlaytime                      int    // seconds
	Multikills                          [5]int // 2x … 6x
	UselessKills                        int
	FullSelfkills                       int
	RepairsConstructions                int
	RevivesGiven                        int
}

// Player is one player's line of a file.
type Player struct {
	// GUID is eight upper-case hex digits. Bots, clients without one, and players
	// that share one in a file have 24 more lower-case digits, of their Name.
	GUID    string
	RawName string // with colour codes
	Name    string // without the codes that LabelName drops
	Clean   string // without any, as CleanName makes it
	Team    int    // 1 Axis, 2 Allies, 3 spectator
	Bot     bool
	Mask    uint32 // bit i is set when the line holds weapon i
	Weapons [Weapons]Weapon
	Stats   Stats
}

// Round is one stats file, as it is written: in round 2 the cumulative fields
// still hold both rounds.
type Round struct {
	Name    Name
	Header  Header
	Tabs    int // tab fields a player line: 33, 36, 37 or 38 (at most)
	Players []Player
}

// Mode says how a Row came about.
type Mode string

// The modes of a Row.
const (
	ModeR1     Mode = "r1"     // round 1, as in its file
	ModeDiff   Mode = "diff"   // round 2 less round 1
	ModeJoined Mode = "joined" // round 2, the player was not in round 1: as in the file
	ModeReset  Mode = "reset"  // round 2, a counter fell: as in the file
	ModeOrphan Mode = "orphan" // round 2 without its round 1: totals of both rounds
)

// Row is one player's round: what is stored.
type Row struct {
	Player
	Mode    Mode
	Hits    int // sums over the weapons
	Shots   int
	Kills   int
	Deaths  int
	Heads   int
	Seconds int // played in this round
	DPM     float64
	KD      float64
	// Accuracy is 100 x hits / shots; 0 without shots.
	Accuracy float64
	// NoTank and NoBullets say that the file cannot tell the value for this round.
	NoTank, NoBullets bool
}

// Rejection is why a file is not a stats file.
type Rejection struct {
	Line   int // from 1; 0 when it is the whole file
	Reason string
}

// Error returns the reason, without the line.
func (r *Rejection) Error() string { return r.Reason }
