package rules

import (
	"slices"
	"strings"
	"time"
)

// checkCover finds windows that never rule because earlier ones always do, and
// moments that nothing rules.
func (c *compiler) checkCover(s *Schedule) {
	seen := make([]bool, len(s.windows))
	var gaps gaps
	plain := &Schedule{zone: time.UTC, windows: s.windows}
	for _, day := range c.sampleDays() {
		segments := plain.segments(day, 1)
		for i, seg := range segments {
			if seg.window != none {
				seen[seg.window] = true
				continue
			}
			end := day.naive(24 * 60)
			if i+1 < len(segments) {
				end = segments[i+1].at
			}
			gaps.add(day.weekday(), seg.at, end)
		}
	}
	for i, ruled := range seen {
		if !ruled {
			c.where = []string{c.spec.Windows[i].title(i)}
			c.fail(c.spec.Windows[i].Place, "never rules: %s", hiddenWhy(s, i))
			c.where = nil
		}
	}
	if len(gaps) > 0 && s.byDefault == nil {
		at := Place{}
		if len(c.spec.Windows) > 0 {
			at = c.spec.Windows[len(c.spec.Windows)-1].Place
		}
		c.fail(at, "nothing rules %s: end with a window without from and to, or add a default rule", gaps)
	}
}

// gaps are clock times that nothing rules, in the order of the days.
type gaps []gap

type gap struct {
	times string // 20:00-22:00
	days  []time.Weekday
}

func (g *gaps) add(day time.Weekday, from, to time.Time) {
	end := to.Format("15:04")
	if end == "00:00" {
		end = "24:00"
	}
	times := from.Format("15:04") + "-" + end
	i := slices.IndexFunc(*g, func(known gap) bool { return known.times == times })
	if i < 0 {
		i = len(*g)
		*g = append(*g, gap{times: times})
	}
	if !slices.Contains((*g)[i].days, day) {
		(*g)[i].days = append((*g)[i].days, day)
	}
}

// String lists the first few.
func (g gaps) String() string {
	const most = 3
	var parts []string
	for _, one := range g[:min(len(g), most)] {
		var days []string
		for _, day := range one.days {
			days = append(days, weekdays[day])
		}
		on := " on " + strings.Join(days, ", ")
		if len(days) == len(weekdays) {
			on = " on all days"
		}
		parts = append(parts, one.times+on)
	}
	if len(g) > most {
		parts = append(parts, "and more")
	}
	return strings.Join(parts, "; ")
}

func hiddenWhy(s *Schedule, i int) string {
	w := &s.windows[i]
	week := []date{{2001, 1, 1}, {2001, 1, 2}, {2001, 1, 3}, {2001, 1, 4}, {2001, 1, 5}, {2001, 1, 6}, {2001, 1, 7}}
	if w.dates == nil && slices.ContainsFunc(week, w.opensOn) || i > 0 && w.dates != nil {
		return "windows before it hold all of its time"
	}
	return "no day fits its days, dates and except"
}

// sampleDays returns days that stand for all: a week without special dates, and
// the special dates with the days after them.
func (c *compiler) sampleDays() []date {
	special := map[date]bool{}
	for i := range c.spec.Windows {
		for _, texts := range [][]Text{c.spec.Windows[i].Dates, c.spec.Windows[i].Except} {
			for _, text := range texts {
				if day, err := time.Parse(time.DateOnly, text.Value); err == nil {
					special[dateOf(day)] = true
					special[dateOf(day).add(1)] = true
				}
			}
		}
	}
	monday := date{2001, 1, 1}
	for slices.ContainsFunc([]int{0, 1, 2, 3, 4, 5, 6}, func(n int) bool { return special[monday.add(n)] }) {
		monday = monday.add(7)
	}
	var days []date
	for n := range 7 {
		days = append(days, monday.add(n))
	}
	for day := range special {
		days = append(days, day)
	}
	slices.SortFunc(days, func(a, b date) int { return a.naive(0).Compare(b.naive(0)) })
	return days
}
