package etlegacy

var weaponNames = [Weapons]string{
	"WS_KNIFE", "WS_KNIFE_KBAR", "WS_LUGER", "WS_COLT", "WS_MP40", "WS_THOMPSON", "WS_STEN",
	"WS_FG42", "WS_PANZERFAUST", "WS_BAZOOKA", "WS_FLAMETHROWER", "WS_GRENADE", "WS_MORTAR", "WS_MORTAR2",
	"WS_DYNAMITE", "WS_AIRSTRIKE", "WS_ARTILLERY", "WS_SATCHEL", "WS_GRENADELAUNCHER", "WS_LANDMINE", "WS_MG42",
	"WS_BROWNING", "WS_CARBINE", "WS_KAR98", "WS_GARAND", "WS_K43", "WS_MP34", "WS_SYRINGE",
}

// WeaponName returns the name under which a weapon is stored, from "WS_KNIFE"
// (0) to "WS_SYRINGE" (27); "" when id is not in [0, Weapons).
func WeaponName(id int) string {
	if id < 0 || id >= Weapons {
		return ""
	}
	return weaponNames[id]
}

// less returns w less earlier, no number below 0.
func (w Weapon) less(earlier Weapon) Weapon {
	return Weapon{
		Hits:      max(0, w.Hits-earlier.Hits),
		Shots:     max(0, w.Shots-earlier.Shots),
		Kills:     max(0, w.Kills-earlier.Kills),
		Deaths:    max(0, w.Deaths-earlier.Deaths),
		Headshots: max(0, w.Headshots-earlier.Headshots),
	}
}

// sum adds a player's weapons up: the format has no other count of kills,
// deaths, hits and shots.
func (p *Player) sum() Weapon {
	var all Weapon
	for i := range p.Weapons {
		w := &p.Weapons[i]
		all.Hits += w.Hits
		all.Shots += w.Shots
		all.Kills += w.Kills
		all.Deaths += w.Deaths
		all.Headshots += w.Headshots
	}
	return all
}
