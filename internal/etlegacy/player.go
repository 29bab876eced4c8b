package etlegacy

import (
	"fmt"
	"math/bits"
	"strings"
)

const (
	playerParts     = 5
	maxPlayerName   = 256 // bytes, with colour codes
	tabFields       = 38  // of the newest writer
	tabFieldsOldest = 33  // fields 28 to 32 are multikills
	tabsAgreed      = 28  // the first field whose meaning depends on the layout
)

// The tab fields that are decimals; all others are integers.
const decimalFields = 1<<8 | 1<<21 | 1<<22 | 1<<23 | 1<<24 | 1<<25 | 1<<26

// The tab fields that count from 0 up for as long as a player is connected.
// Others may be negative: a score can be, and old writers' seconds denied.
const countFields = 1<<8 - 1 | 1<<20 | 1<<22

// parsePlayer reads `GUID\name\rounds\team\mask numbers TAB fields`, and returns
// how many tab fields the line has. The player's GUID is as in the line.
func parsePlayer(line string) (p Player, tabs int, err error) {
	// A name cannot hold a backslash, so a line of another number of parts is
	// damaged, and which part is which cannot be known.
	if n := strings.Count(line, `\`) + 1; n != playerParts {
		return p, 0, fmt.Errorf("player line has %d parts, not %d", n, playerParts)
	}
	guid, rest, _ := strings.Cut(line, `\`)
	name, rest, _ := strings.Cut(rest, `\`)
	rounds, rest, _ := strings.Cut(rest, `\`)
	team, numbers, _ := strings.Cut(rest, `\`)

	if len(name) > maxPlayerName {
		return p, 0, fmt.Errorf("player name %q is longer than %d bytes", shorten(name), maxPlayerName)
	}
	p.GUID, p.RawName, p.Name, p.Clean = guid, name, LabelName(name), CleanName(name)
	if _, ok := parseInt(rounds); !ok {
		return p, 0, fmt.Errorf("rounds %q is not a number", shorten(rounds))
	}
	t, ok := parseInt(team)
	if !ok || t < 0 || t > 3 {
		return p, 0, fmt.Errorf("team %q is not 0, 1, 2 or 3", shorten(team))
	}
	p.Team = t

	weapons, fields, found := strings.Cut(numbers, "\t")
	if err := p.readWeapons(weapons); err != nil {
		return p, 0, err
	}
	if !found {
		return p, 0, nil
	}
	tabs = strings.Count(fields, "\t") + 1
	return p, tabs, p.readFields(fields, tabs)
}

// readWeapons reads the mask and, for each of its bits from the lowest, five
// numbers.
func (p *Player) readWeapons(s string) error {
	mask, s := word(s)
	m, ok := parseInt(mask)
	if !ok || m < 0 || m >= 1<<Weapons {
		return fmt.Errorf("weapon mask %q is not a number of %d bits", shorten(mask), Weapons)
	}
	p.Mask = uint32(m)
	want, got := 5*bits.OnesCount32(p.Mask), 0
	for left := p.Mask; left != 0; left &= left - 1 {
		w := &p.Weapons[bits.TrailingZeros32(left)]
		for _, to := range [...]*int{&w.Hits, &w.Shots, &w.Kills, &w.Deaths, &w.Headshots} {
			var text string
			if text, s = word(s); text == "" {
				return fmt.Errorf("weapon mask %d wants %d numbers, there are %d", p.Mask, want, got)
			}
			n, ok := parseInt(text)
			if !ok || n < 0 {
				return fmt.Errorf("weapon number %q is not a count", shorten(text))
			}
			*to = n
			got++
		}
	}
	if over := strings.Fields(s); len(over) > 0 {
		return fmt.Errorf("weapon mask %d wants %d numbers, there are %d", p.Mask, want, got+len(over))
	}
	return nil
}

// word returns the text up to the next space, and what follows.
func word(s string) (first, rest string) {
	s = strings.TrimLeft(s, " ")
	first, rest, _ = strings.Cut(s, " ")
	return first, rest
}

// readFields reads the tab fields, of which there are so many.
func (p *Player) readFields(s string, tabs int) error {
	var v [tabFields]float64
	for i := range min(tabs, tabFields) {
		var text string
		text, s, _ = strings.Cut(s, "\t")
		var ok bool
		if decimalFields>>i&1 != 0 {
			v[i], ok = parseDecimal(text)
		} else {
			var n int
			n, ok = parseInt(text)
			v[i] = float64(n)
		}
		if !ok {
			return fmt.Errorf("tab field %d %q is not a number", i, shorten(text))
		}
		if v[i] < 0 && countFields>>i&1 != 0 {
			return fmt.Errorf("tab field %d %q is negative", i, shorten(text))
		}
	}
	switch {
	case tabs == tabFieldsOldest:
		copy(v[29:34], v[28:33])
		v[28] = 0
	case tabs < tabFieldsOldest:
		clear(v[tabsAgreed:])
	}
	p.Stats = stats(&v)
	return nil
}

// stats names the fields of the newest layout. Fields 21 (always 0) and 26 (the
// writer's own rounding of kills / deaths) are computed instead.
func stats(v *[tabFields]float64) Stats {
	return Stats{
		DamageGiven:          int(v[0]),
		DamageReceived:       int(v[1]),
		TeamDamageGiven:      int(v[2]),
		TeamDamageReceived:   int(v[3]),
		Gibs:                 int(v[4]),
		SelfKills:            int(v[5]),
		TeamKills:            int(v[6]),
		TeamGibs:             int(v[7]),
		TimePlayedPercent:    v[8],
		XP:                   int(v[9]),
		KillingSpree:         int(v[10]),
		DeathSpree:           int(v[11]),
		KillAssists:          int(v[12]),
		KillSteals:           int(v[13]),
		HeadshotKills:        int(v[14]),
		ObjectivesStolen:     int(v[15]),
		ObjectivesReturned:   int(v[16]),
		DynamitesPlanted:     int(v[17]),
		DynamitesDefused:     int(v[18]),
		TimesRevived:         int(v[19]),
		BulletsFired:         int(v[20]),
		TimePlayedMinutes:    v[22],
		TankMeatshield:       v[23],
		TimeDeadRatio:        v[24],
		TimeDeadMinutes:      v[25],
		UsefulKills:          int(v[27]),
		DeniedPlaytime:       int(v[28]),
		Multikills:           [5]int{int(v[29]), int(v[30]), int(v[31]), int(v[32]), int(v[33])},
		UselessKills:         int(v[34]),
		FullSelfkills:        int(v[35]),
		RepairsConstructions: int(v[36]),
		RevivesGiven:         int(v[37]),
	}
}
