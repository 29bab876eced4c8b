package rules_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// model is a schedule as a person would check it: every minute of some weeks is
// written down with what the clock on the wall shows, and each window's openings
// are looked up in that list.
type model struct {
	start   time.Time // of minute 0
	walls   []int64   // what the wall clock shows, in minutes as if it were UTC
	latest  []int64   // the latest time that it has shown so far
	dates   map[int64]bool
	windows []modelWindow
	ruling  []int // index into windows, or -1, a minute
}

type modelWindow struct {
	name         string
	from, to     int
	always, wake bool
	days         []string
	dates        []string
	except       []string
}

const minutesADay = 24 * 60

// newModel writes days days down, from start on.
func newModel(start time.Time, days int, zone *time.Location, windows []modelWindow) *model {
	m := &model{start: start, windows: windows, dates: map[int64]bool{}}
	for n := range days * minutesADay {
		y, mo, d := start.Add(time.Duration(n) * time.Minute).In(zone).Date()
		h, mi, _ := start.Add(time.Duration(n) * time.Minute).In(zone).Clock()
		date := time.Date(y, mo, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
		wall := date*minutesADay + int64(h*60+mi)
		m.dates[date] = true
		m.walls = append(m.walls, wall)
		if n > 0 {
			wall = max(wall, m.latest[n-1])
		}
		m.latest = append(m.latest, wall)
	}
	m.ruling = slices.Repeat([]int{-1}, len(m.walls))
	for w := len(windows) - 1; w >= 0; w-- { // the first one last: it rules
		for date := range m.dates {
			if windows[w].opens(date) {
				from, to := m.first(date, windows[w].from), m.first(date, windows[w].to)
				for i := from; i < to && i < len(m.ruling); i++ {
					m.ruling[i] = w
				}
			}
		}
	}
	return m
}

func (w *modelWindow) opens(date int64) bool {
	day := time.Unix(date*86400, 0).UTC()
	on := day.Format(time.DateOnly)
	return (len(w.days) == 0 || slices.Contains(w.days, strings.ToLower(day.Format("Mon")))) &&
		(len(w.dates) == 0 || slices.Contains(w.dates, on)) && !slices.Contains(w.except, on)
}

// first returns the first minute at which the wall clock showed a date's minute,
// or later.
func (m *model) first(date int64, minute int) int {
	wall := date*minutesADay + int64(minute)
	return sort.Search(len(m.latest), func(i int) bool { return m.latest[i] >= wall })
}

func (m *model) at(i int) time.Time { return m.start.Add(time.Duration(i) * time.Minute) }

func (m *model) index(t time.Time) int { return int(t.Sub(m.start) / time.Minute) }

// window is the name of what rules in minute i.
func (m *model) window(i int) string {
	if m.ruling[i] < 0 {
		return "default"
	}
	return m.windows[m.ruling[i]].name
}

// opening returns the first minute after i, up to limit, in which a window that
// want accepts begins to rule; -1 for none.
func (m *model) opening(i, limit int, want func(w modelWindow) bool) int {
	for n := i + 1; n <= limit && n < len(m.ruling); n++ {
		if m.ruling[n] != m.ruling[n-1] && m.ruling[n] >= 0 && want(m.windows[m.ruling[n]]) {
			return n
		}
	}
	return -1
}

// since returns the minute in which the window that rules in minute i began to.
func (m *model) since(i int) int {
	for i > 0 && m.ruling[i-1] == m.ruling[i] {
		i--
	}
	return i
}

// clock returns the first minute after i in which, on some date, the wall clock
// showed minute for the first time, or came to be past it.
func (m *model) clock(i, minute int) int {
	best := -1
	for date := m.walls[i]/minutesADay - 2; date <= m.walls[i]/minutesADay+3; date++ {
		if n := m.first(date, minute); n > i && (best < 0 || n < best) {
			best = n
		}
	}
	return best
}

// yaml writes the windows with the same few rules each.
func (m *model) yaml(rules string) string {
	var b strings.Builder
	b.WriteString("default: {interval: 47m}\nwindows:\n")
	for _, w := range m.windows {
		fmt.Fprintf(&b, "  - name: %s\n", w.name)
		if !w.always {
			fmt.Fprintf(&b, "    from: %q\n    to: %q\n", clockText(w.from), clockText(w.to))
		}
		for key, values := range map[string][]string{"days": w.days, "dates": w.dates, "except": w.except} {
			if len(values) > 0 {
				fmt.Fprintf(&b, "    %s: [%s]\n", key, strings.Join(values, ", "))
			}
		}
		fmt.Fprintf(&b, "    wake: %v\n    rules:\n%s", w.wake, rules)
	}
	return b.String()
}

func clockText(minute int) string {
	if minute > minutesADay {
		minute -= minutesADay
	}
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

// drawWindows makes windows near a moment.
func drawWindows(t *rapid.T, near time.Time) []modelWindow {
	var dates []string
	for n := -4; n < 9; n++ {
		dates = append(dates, near.AddDate(0, 0, n).Format(time.DateOnly))
	}
	someDates := rapid.SliceOfNDistinct(rapid.SampledFrom(dates), 1, 6, rapid.ID[string])
	someDays := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}), 1, 6, rapid.ID[string])
	var windows []modelWindow
	for n := range rapid.IntRange(1, 5).Draw(t, "windows") {
		w := modelWindow{name: fmt.Sprintf("w%d", n), wake: rapid.Bool().Draw(t, "wake"), to: minutesADay}
		if w.always = rapid.IntRange(0, 7).Draw(t, "always") == 0; !w.always {
			w.from = 15 * rapid.IntRange(0, 95).Draw(t, "from")
			w.to = w.from + 15*rapid.IntRange(1, 95).Draw(t, "length")
		}
		switch rapid.IntRange(0, 5).Draw(t, "on") {
		case 0:
			w.dates = someDates.Draw(t, "dates")
		case 1:
			w.except = someDates.Draw(t, "except")
		case 2, 3:
			w.days = someDays.Draw(t, "days")
		}
		windows = append(windows, w)
	}
	return windows
}
