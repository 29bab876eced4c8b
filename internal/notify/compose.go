package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/store"
)

// compose makes the message of a parcel; nil when what it tells of is gone.
func (c *courier) compose(ctx context.Context, p parcel) (*message, error) {
	if len(p.notices) == 1 && p.notices[0].Event != store.EventHistory {
		d, err := c.read(ctx, &p.notices[0])
		if d == nil || err != nil {
			return nil, err
		}
		return c.message(d), nil
	}
	return c.digest(ctx, p.notices)
}

// read is data; nil when there is nothing to tell.
func (c *courier) read(ctx context.Context, n *store.Notice) (*Data, error) {
	d, ok, err := c.data(ctx, n)
	if err != nil || !ok {
		return nil, err
	}
	switch n.Event {
	case store.EventRound, store.EventMatch:
		if len(d.Rounds) == 0 {
			return nil, nil
		}
	case store.EventSession:
		if len(d.Maps) == 0 {
			return nil, nil
		}
	}
	return d, nil
}

// message shows d: by the receiver's template, or as usual.
func (c *courier) message(d *Data) *message {
	m := c.usual(d)
	m.At = d.At
	if text := c.Templates[d.Event]; text != "" {
		out, err := execute(text, d)
		if err != nil { // it was tried when the schedule was loaded
			out = c.sender.escape("the template failed: " + err.Error())
		}
		m.Title, m.Text, _ = strings.Cut(strings.TrimSpace(out), "\n")
		m.Text, m.Fields = strings.TrimSpace(m.Text), nil
	}
	return m
}

// usual is the message where there is no template.
func (c *courier) usual(d *Data) *message {
	m := &message{Colour: blue}
	from := ""
	if len(c.setting.Zones) > 1 && d.Source != "" {
		from = " · " + c.sender.escape(d.Source)
	}
	switch d.Event {
	case store.EventRound:
		r := d.Rounds[0]
		m.Title = fmt.Sprintf("%s, round %d%s", d.Map, r.Number, from)
		m.Text = roundLine(r)
		m.Fields = top(d.Players)
	case store.EventMatch:
		m.Colour, m.Title = green, d.Map+from
		if d.Score != "" {
			m.Title = fmt.Sprintf("%s  %s%s", d.Map, d.Score, from)
		}
		for _, r := range d.Rounds {
			m.Text += fmt.Sprintf("Round %d: %s\n", r.Number, roundLine(r))
		}
		m.Text += scoreLine(d)
		m.Fields = top(d.Players)
	case store.EventSession:
		m.Colour = green
		m.Title = fmt.Sprintf("The evening is over: %s%s", count(len(d.Maps), "map"), from)
		m.Text = fmt.Sprintf("%s to %s, %s", d.Start.Format("15:04"), d.At.Format("15:04"), count(len(d.Players), "player"))
		m.Fields = append([]field{{"Maps (attacked first : second)", mapLines(d.Maps)}}, top(d.Players)...)
	case store.EventError:
		m.Colour, m.Title, m.Text = red, c.sender.escape(d.Source)+" fails", d.Text
		switch {
		case d.Source == "":
			m.Title = "A receiver gets no more messages"
		case d.Well:
			m.Colour, m.Title = green, c.sender.escape(d.Source)+" is well again"
		}
	case store.EventSchedule:
		m.Colour, m.Title, m.Text = red, "The edited schedule is not used", d.Text
		if d.Well {
			m.Colour, m.Title = green, "The edited schedule is in force"
		}
	case store.EventQuiet:
		m.Colour, m.Title = grey, c.sender.escape(d.Source)+" is quiet"
		m.Text = fmt.Sprintf("No file on the last %s. The last one came on %s.", count(d.Nights, "game night"), d.Last.Format("Monday, 2 January 2006"))
	}
	return m
}

func roundLine(r Round) string {
	switch r.Result {
	case "held":
		return fmt.Sprintf("%s held for %s", r.Defender, r.Time)
	case "unknown":
		return fmt.Sprintf("%s attacked, the result is unknown", r.Attackers)
	}
	return fmt.Sprintf("%s did it in %s of %s", r.Attackers, r.Time, r.Limit)
}

// scoreLine says in words whose a match's score is.
func scoreLine(d *Data) string {
	first, second, ok := strings.Cut(d.Score, " : ")
	who := "first"
	switch {
	case !ok:
		return ""
	case first == second:
		return "A draw"
	case first < second:
		who = "second"
	}
	text := fmt.Sprintf("The team that attacked %s wins", who)
	if len(d.Winners) > 0 {
		text += ": " + strings.Join(d.Winners, ", ")
	}
	return text
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

func mapLines(maps []Map) string {
	var lines []string
	for _, m := range maps {
		lines = append(lines, strings.TrimSpace(m.Name+"  "+m.Score))
	}
	return strings.Join(lines, "\n")
}

// top names the best five by damage, kills and revives.
func top(players []Player) []field {
	var fields []field
	for _, by := range []struct {
		name string
		of   func(Player) int
		text func(Player) string
	}{
		{"Damage", func(p Player) int { return p.Damage }, func(p Player) string { return fmt.Sprintf("%d (%d a minute)", p.Damage, p.DPM) }},
		{"Kills", func(p Player) int { return p.Kills }, func(p Player) string { return fmt.Sprintf("%d (%d deaths)", p.Kills, p.Deaths) }},
		{"Revives", func(p Player) int { return p.Revives }, func(p Player) string { return fmt.Sprint(p.Revives) }},
	} {
		best := slices.Clone(players)
		slices.SortStableFunc(best, func(a, b Player) int { return by.of(b) - by.of(a) })
		var lines []string
		for _, p := range best[:min(len(best), 5)] {
			if by.of(p) > 0 {
				lines = append(lines, p.Name+"  "+by.text(p))
			}
		}
		if len(lines) > 0 {
			fields = append(fields, field{by.name, strings.Join(lines, "\n")})
		}
	}
	return fields
}

// digestLines bounds the lines of a digest.
const digestLines = 20

// digest tells many notices as one message: a line each, the newest where there
// are too many.
func (c *courier) digest(ctx context.Context, notices []store.Notice) (*message, error) {
	m := &message{Colour: blue, At: notices[len(notices)-1].At}
	var lines []string
	rounds, from, to := 0, int64(0), int64(0)
	told := map[string]int{} // subject: its line
	var began time.Time      // the earliest of what the lines tell
	for i := range notices {
		n := &notices[i]
		if n.Event == store.EventHistory {
			if rounds == 0 {
				from, to = n.Payload.From, n.Payload.To
			}
			rounds, from, to = rounds+n.Payload.Count, min(from, n.Payload.From), max(to, n.Payload.To)
			continue
		}
		d, err := c.read(ctx, n)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		if began.IsZero() || d.At.Before(began) {
			began = d.At
		}
		line := fmt.Sprintf("%s  %s", d.At.Format("15:04"), c.message(d).Title)
		if at, ok := told[c.subject(n)]; ok && c.subject(n) != "" {
			lines[at] = line
			continue
		}
		told[c.subject(n)] = len(lines)
		lines = append(lines, line)
	}
	if rounds == 0 && len(lines) == 0 {
		return nil, nil
	}
	m.Title = fmt.Sprintf("%s since %s", count(len(lines), "message"), began.Format("2 January, 15:04"))
	if rounds > 0 {
		day := func(at int64) string { return time.Unix(at, 0).In(c.zone(notices[0].Source)).Format("2 January 2006") }
		when := "of " + day(from)
		if day(from) != day(to) {
			when = fmt.Sprintf("from %s to %s", day(from), day(to))
		}
		lines = append([]string{count(rounds, "older round") + " " + when}, lines...)
		m.Title = count(rounds, "older round") + " imported"
	}
	if more := len(lines) - digestLines; more > 0 {
		lines = append([]string{fmt.Sprintf("%d more, and then", more)}, lines[more:]...)
	}
	m.Text = strings.Join(lines, "\n")
	return m, nil
}
