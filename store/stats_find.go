package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// WhoError is returned when a name is not that of exactly one player, or of one map.
type WhoError struct {
	Kind string // player or map
	Text string
	// Fits are those that the text may mean, when there are several: GUIDs with
	// names, or maps.
	Fits []string
	// Near are known names that are like it, at most five, when there is none.
	Near []string
}

func (e *WhoError) Error() string {
	if len(e.Fits) > 0 {
		return fmt.Sprintf("%q is the name of %d %ss", e.Text, len(e.Fits), e.Kind)
	}
	return fmt.Sprintf("no %s %q", e.Kind, e.Text)
}

// FindPlayer returns the player that a text names: by GUID, else by the name they
// have now, else by one they had; upper and lower case are the same. The error is a
// *WhoError when there is none, or more than one.
func (s *Store) FindPlayer(ctx context.Context, text string) (Player, error) {
	known := map[string]Player{}
	names := map[string][]string{} // by GUID
	if err := scanAll(s.reads.QueryContext(ctx, "SELECT "+playerColumns+", pl.name FROM players pl"))(func(rows *sql.Rows) error {
		var p Player
		var name string
		err := rows.Scan(append(p.fields(), &name)...)
		known[p.GUID] = p
		names[p.GUID] = []string{p.Name, name}
		return err
	}); err != nil {
		return Player{}, fmt.Errorf("find player %q: %w", text, err)
	}
	for guid, p := range known {
		if strings.EqualFold(guid, text) {
			return p, nil
		}
	}
	fits := fitting(names, text)
	if len(fits) == 0 {
		if err := scanAll(s.reads.QueryContext(ctx, "SELECT DISTINCT guid, name, clean_name FROM player_rounds"))(func(rows *sql.Rows) error {
			var guid, name, clean string
			err := rows.Scan(&guid, &name, &clean)
			names[guid] = append(names[guid], name, clean)
			return err
		}); err != nil {
			return Player{}, fmt.Errorf("find player %q: %w", text, err)
		}
		fits = fitting(names, text)
	}
	switch len(fits) {
	case 1:
		return known[fits[0]], nil
	case 0:
		return Player{}, &WhoError{Kind: "player", Text: text, Near: near(text, slices.Concat(slices.Collect(maps.Values(names))...))}
	}
	e := &WhoError{Kind: "player", Text: text}
	for _, guid := range fits {
		e.Fits = append(e.Fits, fmt.Sprintf("%s (%s)", guid, known[guid].Name))
	}
	return Player{}, e
}

// fitting returns the GUIDs that have a name, sorted.
func fitting(names map[string][]string, text string) []string {
	var fits []string
	for guid, all := range names {
		if slices.ContainsFunc(all, func(name string) bool { return strings.EqualFold(name, text) }) {
			fits = append(fits, guid)
		}
	}
	slices.Sort(fits)
	return fits
}

// FindMap returns the map that a text names; upper and lower case are the same. The
// error is a *WhoError when there is none, or more than one.
func (s *Store) FindMap(ctx context.Context, text string) (string, error) {
	var all, fits []string
	if err := scanAll(s.reads.QueryContext(ctx, "SELECT DISTINCT map FROM rounds ORDER BY map"))(func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		all = append(all, name)
		return err
	}); err != nil {
		return "", fmt.Errorf("find map %q: %w", text, err)
	}
	for _, name := range all {
		if name == text {
			return name, nil
		}
		if strings.EqualFold(name, text) {
			fits = append(fits, name)
		}
	}
	switch len(fits) {
	case 1:
		return fits[0], nil
	case 0:
		return "", &WhoError{Kind: "map", Text: text, Near: near(text, all)}
	}
	return "", &WhoError{Kind: "map", Text: text, Fits: fits}
}

// nearMost is how many names near suggests.
const nearMost = 5

// near returns the names most like a text: those that hold it or that it holds,
// then those that share the most pairs of letters with it.
func near(text string, names []string) []string {
	likeness := map[string]float64{}
	wanted := strings.ToLower(text)
	for _, name := range names {
		lower := strings.ToLower(name)
		score := shared(wanted, lower)
		if len(lower) > 2 && len(wanted) > 2 && (strings.Contains(lower, wanted) || strings.Contains(wanted, lower)) {
			score++
		}
		if score >= 0.4 {
			likeness[name] = score
		}
	}
	found := slices.SortedFunc(maps.Keys(likeness), func(a, b string) int {
		return cmp.Or(cmp.Compare(likeness[b], likeness[a]), strings.Compare(a, b))
	})
	return found[:min(len(found), nearMost)]
}

// shared is Dice's coefficient over pairs of letters, 0 to 1: twice those that two
// texts have in common, of all that they have.
func shared(a, b string) float64 {
	pairs := func(s string) map[string]int {
		runes, out := []rune(s), map[string]int{}
		for i := range len(runes) - 1 {
			out[string(runes[i:i+2])]++
		}
		return out
	}
	one, two := pairs(a), pairs(b)
	common, all := 0, 0
	for pair, n := range one {
		common += min(n, two[pair])
		all += n
	}
	for _, n := range two {
		all += n
	}
	return ratio(2*common, all)
}
