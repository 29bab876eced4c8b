package cli

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// proposal is a set of plain windows, by the choices that make it.
type proposal struct {
	from, to  int // half hours of the day; to may pass 48
	strong    []time.Weekday
	follow    time.Duration // between checks while a session is under way
	lasts     time.Duration // since the last find, for a session to be under way
	waitBusy  time.Duration // between checks in the evening of a strong day
	waitQuiet time.Duration // in other evenings
	waitRest  time.Duration // in the rest of the day
}

// chooseDays bounds the days that a proposal is chosen and measured on.
const chooseDays = 330

// propose looks for plain windows that beat the schedule's, and writes them.
func (a *app) propose(c *config.Config, s config.Source, arrivals []engine.Arrival, at time.Time, to string) error {
	text, err := os.ReadFile(c.Path)
	if err != nil {
		return err
	}
	known := slices.DeleteFunc(slices.Clone(arrivals), func(a engine.Arrival) bool { return !a.At.Before(at) })
	end := rules.Midnight(at, 0)
	begin := rules.Midnight(known[0].At.In(at.Location()), 0)
	if oldest := rules.Midnight(at, -chooseDays); begin.Before(oldest) {
		begin = oldest
	}
	days := int(end.Sub(begin) / (24 * time.Hour))
	if days < 28 {
		return &failure{exitFailed, "four weeks of arrivals are enough", fmt.Errorf("too little is known to measure a proposal: %d days", max(days, 0))}
	}
	cut := rules.Midnight(end, -max(14, days/4)) // what follows is not used to choose
	p := &proposer{source: s, arrivals: known, from: begin, to: cut, before: string(text), path: c.Path}
	p.budget = plot(s, known).Backtest(begin, cut).PerDay()
	fmt.Fprintf(a.stderr, "smartsync: choosing windows on %d days of arrivals\n", int(cut.Sub(begin)/(24*time.Hour)))
	best, err := p.search()
	if err != nil {
		return err
	}
	if to == "" {
		to = strings.TrimSuffix(c.Path, filepath.Ext(c.Path)) + ".proposed" + filepath.Ext(c.Path)
	}
	proposed, err := p.schedule(best)
	if err != nil {
		return err
	}
	contenders := []contender{
		{a.schedule, plot(s, known).Backtest(cut, end)},
		{shownPath(c, to), engine.Plot{Schedule: proposed, Source: s.Name, Arrivals: known}.Backtest(cut, end)},
	}
	if m := contenders[1].score.Latencies(false).Mean(); m >= contenders[0].score.Latencies(false).Mean() {
		return &failure{exitFailed, "the schedule is as good as plain windows get here; interval: forecast may do better", errNothingBetter}
	}
	if err := writeWhole(to, []byte(p.file(best))); err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(backtestOf(contenders, 0))
	}
	fmt.Fprintf(a.stdout, "wrote %s: the windows were chosen on %s to %s, and are measured on the days after\n\n%s\n", to,
		begin.Format(time.DateOnly), cut.Format(time.DateOnly), best.yaml(s.Schedule.Zone()))
	if err := a.printBacktest(s, contenders, 0); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\nReview it: diff %s %s\n", a.schedule, to)
	return nil
}

// proposer searches.
type proposer struct {
	source   config.Source
	arrivals []engine.Arrival
	from, to time.Time
	budget   float64 // checks a day of the present schedule
	before   string  // the schedule's text
	path     string
}

// choice is one of the choices that make a proposal: its values, in order, and
// the one taken so far.
type choice struct {
	values, at int
	set        func(p *proposal, i int)
}

// search goes from choice to choice, tries the values next to the one taken with
// the others as they are, and does so until nothing gets better.
func (p *proposer) search() (proposal, error) {
	choices := p.choices()
	build := func() proposal {
		var c proposal
		for _, choice := range choices {
			choice.set(&c, choice.at)
		}
		return c
	}
	least, err := p.cost(build())
	if err != nil {
		return proposal{}, err
	}
	for better := true; better; {
		better = false
		for k := range choices {
			c, taken := &choices[k], choices[k].at
			for _, step := range []int{-2, -1, 1, 2} {
				from := c.at
				if c.at = taken + step; c.at < 0 || c.at >= c.values {
					c.at = from
					continue
				}
				cost, err := p.cost(build())
				if err != nil {
					return proposal{}, err
				}
				if cost < least-1e-6 {
					least, better = cost, true
				} else {
					c.at = from
				}
			}
		}
	}
	return build(), nil
}

func (p *proposer) choices() []choice {
	minutes := func(list ...int) []time.Duration {
		return mapOf(list, func(n int) time.Duration { return time.Duration(n) * time.Minute })
	}
	starts, strong := p.starts(), p.strongDays()
	quantile := func(q float64) int { return starts[min(len(starts)-1, int(q*float64(len(starts))))] }
	first, last := quantile(0.05), quantile(0.95)
	waits := minutes(1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 60)
	rests := minutes(10, 15, 20, 30, 60, 120, 180, 360)
	lasts := minutes(10, 15, 20, 30, 45)
	return []choice{
		{len(waits), 3, func(p *proposal, i int) { p.follow = waits[i] }},
		{len(waits), 6, func(p *proposal, i int) { p.waitBusy = waits[i] }},
		{len(waits), 8, func(p *proposal, i int) { p.waitQuiet = waits[i] }},
		{len(rests), 6, func(p *proposal, i int) { p.waitRest = rests[i] }},
		{len(lasts), 2, func(p *proposal, i int) { p.lasts = lasts[i] }},
		{7, 3, func(p *proposal, i int) { p.from = first - 3 + i }},
		{9, 3, func(p *proposal, i int) { p.to = max(p.from+2, min(last-2+i, p.from+46)) }},
		{len(strong), 2, func(p *proposal, i int) { p.strong = strong[i] }},
	}
}

// starts returns the half hours at which sessions started, sorted; those before
// 06:00 belong to the evening before.
func (p *proposer) starts() []int {
	var out []int
	last := time.Time{}
	for _, a := range p.arrivals {
		if last.IsZero() || a.At.Sub(last) > engine.SessionGap {
			t := a.At.In(p.source.Schedule.Zone())
			half := t.Hour()*2 + t.Minute()/30
			if half < 12 {
				half += 48
			}
			out = append(out, half)
		}
		last = a.At
	}
	slices.Sort(out)
	return out
}

// strongDays returns sets of weekdays to try: those with the most session starts,
// fewer and more of them.
func (p *proposer) strongDays() [][]time.Weekday {
	var starts [7]int
	last := time.Time{}
	for _, a := range p.arrivals {
		if last.IsZero() || a.At.Sub(last) > engine.SessionGap {
			starts[a.At.In(p.source.Schedule.Zone()).Weekday()]++
		}
		last = a.At
	}
	order := []time.Weekday{1, 2, 3, 4, 5, 6, 0}
	slices.SortStableFunc(order, func(a, b time.Weekday) int { return starts[b] - starts[a] })
	var out [][]time.Weekday
	for n := 1; n <= 7; n++ {
		out = append(out, order[:n])
	}
	return out
}

// shifts are how much earlier and later sessions are made to come while choosing,
// with their weights: what was is one draw of what might have been, and windows
// that fit it to the minute fail on the next month.
var shifts = []struct {
	by     time.Duration
	weight float64
}{{0, 0.5}, {-45 * time.Minute, 0.25}, {45 * time.Minute, 0.25}}

// cost is the mean latency over the period to choose by, in seconds, the shifts
// included; too many checks make it hopeless.
func (p *proposer) cost(candidate proposal) (float64, error) {
	schedule, err := p.schedule(candidate)
	if err != nil {
		return 0, err
	}
	mean := 0.0
	for _, shift := range shifts {
		moved := mapOf(p.arrivals, func(a engine.Arrival) engine.Arrival { return engine.Arrival{At: a.At.Add(shift.by), Name: a.Name} })
		score := engine.Plot{Schedule: schedule, Source: p.source.Name, Arrivals: moved}.Backtest(p.from, p.to)
		if over := score.PerDay() - p.budget; shift.by == 0 && over > 0 {
			return 1e6 * (1 + over), nil
		}
		mean += shift.weight * score.Latencies(false).Mean()
	}
	if math.IsNaN(mean) {
		return 1e5, nil
	}
	return mean, nil
}

// schedule compiles the file that a proposal makes, as a whole: what is proposed
// is what was measured. A source that the file's windows do not rule is an error.
func (p *proposer) schedule(candidate proposal) (*rules.Schedule, error) {
	env, err := config.Environment(filepath.Dir(p.path))
	if err != nil {
		return nil, err
	}
	c, err := config.Parse(p.path, []byte(p.file(candidate)), env)
	if err != nil {
		return nil, fmt.Errorf("the proposal cannot replace the windows of %s: %w", p.path, err)
	}
	i := slices.IndexFunc(c.Sources, func(s config.Source) bool { return s.Name == p.source.Name })
	if c.Sources[i].ScheduleText == p.source.ScheduleText {
		return nil, &failure{exitFailed, "", fmt.Errorf("source %q has windows of its own, or a named set: only the file's windows can be proposed", p.source.Name)}
	}
	return c.Sources[i].Schedule, nil
}

// windowsBlock is the file's windows: from the key to the next key at the left.
var windowsBlock = regexp.MustCompile(`(?m)^windows:.*\n(?:(?:[ \t#-].*)?\n)*`)

// file is the schedule's text with the proposal in place of its windows.
func (p *proposer) file(candidate proposal) string {
	block := candidate.yaml(p.source.Schedule.Zone())
	if at := windowsBlock.FindStringIndex(p.before + "\n"); at != nil {
		return p.before[:at[0]] + block + strings.TrimPrefix(p.before[min(at[1], len(p.before)):], "\n")
	}
	return strings.TrimRight(p.before, "\n") + "\n\n" + block
}

// yaml writes the proposal as a schedule does.
func (c proposal) yaml(zone *time.Location) string {
	clock := func(half int) string {
		if half != 48 {
			half %= 48
		}
		return fmt.Sprintf("%02d:%02d", half/2, half%2*30)
	}
	var days []string
	for _, d := range c.strong {
		days = append(days, strings.ToLower(d.String()[:3]))
	}
	session := fmt.Sprintf(`      - {when: since_found < duration("%s"), interval: %s, reason: session under way}`, rules.FormatDuration(c.lasts), rules.FormatDuration(c.follow))
	var b strings.Builder
	fmt.Fprintf(&b, "windows:                          # proposed from the arrivals; times in %s\n", zone)
	window := func(name string, busy bool, wait time.Duration, reason string) {
		fmt.Fprintf(&b, "  - name: %s\n    from: %q\n    to: %q\n", name, clock(c.from), clock(c.to))
		if busy {
			fmt.Fprintf(&b, "    days: [%s]\n", strings.Join(days, ", "))
		}
		fmt.Fprintf(&b, "    wake: true\n    rules:\n%s\n      - {interval: %s, reason: %s}\n\n", session, rules.FormatDuration(wait), reason)
	}
	if len(c.strong) < 7 {
		window("game night", true, c.waitBusy, "a session is likely")
		window("evening", false, c.waitQuiet, "a session may come")
	} else {
		window("evening", false, c.waitBusy, "a session is likely")
	}
	fmt.Fprintf(&b, "  - name: off-hours\n    rules:\n%s\n      - {interval: %s, reason: nothing to expect}\n", session, rules.FormatDuration(c.waitRest))
	return b.String()
}
