package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/store/report"
)

// shownWeapons, shownMaps and shownNames are how many a player's page has.
const (
	shownWeapons = 8
	shownMaps    = 8
	shownNames   = 6
)

func (a *app) statsPlayerCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "player NAME|GUID",
		Short: "Show one player",
		Long: `Shows one player: sums and rates, matches won, drawn and lost, the maps and the
weapons. NAME is the name they have now or had before, in upper or lower case; a
GUID is always one player.`,
		Example: "  smartsync stats player somebody\n  smartsync stats player 0A1B2C3D --map supply",
		Args:    cobra.ExactArgs(1),
	}
	flags := a.statsFlags(command, true)
	command.RunE = func(cmd *cobra.Command, args []string) error {
		return a.withStats(cmd.Context(), flags, func(r *statsRun) error { return a.statsPlayer(r, args[0]) })
	}
	return command
}

func (a *app) statsPlayer(r *statsRun, text string) error {
	out, err := r.stats().Player(r.ctx, text, r.query)
	if err != nil {
		return whoFailure(err)
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printPlayer(r, out)
	return nil
}

func (a *app) printPlayer(r *statsRun, out report.PlayerPage) {
	fmt.Fprintf(a.stdout, "%s (%s)\n", plain(out.Name), out.GUID)
	var others []string
	for _, n := range out.Names {
		if n.Name != out.Name && len(others) < shownNames {
			others = append(others, plain(n.Name))
		}
	}
	if len(others) > 0 {
		fmt.Fprintln(a.stdout, fitted("also "+strings.Join(others, ", "), tableWidth))
	}
	fmt.Fprintf(a.stdout, "%s: %s, %.0f minutes, matches %s\n", r.span(), count(out.Rounds, "round"), out.Minutes, recordText(*out.Record))
	if out.Rounds == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "\nDPM %.1f  K/D %.2f (%d/%d)  kills/min %.2f  accuracy %.1f %%\n", out.DPM, out.KD, out.Kills, out.Deaths, out.KPM, out.Accuracy)
	fmt.Fprintf(a.stdout, "damage given %d, received %d  headshot kills %d  gibs %d\n", out.DamageGiven, out.DamageReceived, out.HeadshotKills, out.Gibs)
	fmt.Fprintln(a.stdout, revivesText(out.Sums))
	fmt.Fprintln(a.stdout)
	maps := sumsTable("MAP")
	for _, m := range out.Maps[:min(len(out.Maps), shownMaps)] {
		maps.addSums(m.Map, m.Sums)
	}
	maps.print(a)
	fmt.Fprintln(a.stdout)
	weapons := grid{titles: []string{"WEAPON", "KILLS", "KILLED BY", "HITS", "SHOTS", "ACC %", "HEAD HITS"}}
	for _, w := range out.Weapons[:min(len(out.Weapons), shownWeapons)] {
		weapons.add(weaponText(w.Weapon), fmt.Sprint(w.Kills), fmt.Sprint(w.Deaths), fmt.Sprint(w.Hits), fmt.Sprint(w.Shots), fixed(w.Accuracy, 1), fmt.Sprint(w.Headshots))
	}
	weapons.print(a)
}

// revivesText tells over how much of the time revives given were counted.
func revivesText(t report.Sums) string {
	given := "revives given: not counted in these rounds"
	if t.RevivesSeconds > 0 {
		given = fmt.Sprintf("revives given %d (%.2f a minute", t.RevivesGiven, t.RevivesPerMin)
		if t.RevivesSeconds < t.Seconds {
			given += fmt.Sprintf(", counted in %d of %.0f minutes", t.RevivesSeconds/60, t.Minutes)
		}
		given += ")"
	}
	return fmt.Sprintf("%s, revived %d times", given, t.TimesRevived)
}

// weaponText is a weapon as people call it: "mp40".
func weaponText(stored string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(stored, "WS_"), "_", " "))
}

// recordText says won, drawn and lost.
func recordText(r report.Record) string {
	text := fmt.Sprintf("%d won, %d drawn, %d lost", r.Won, r.Drawn, r.Lost)
	if r.Open > 0 {
		text += fmt.Sprintf(", %d without a known score", r.Open)
	}
	return text
}
