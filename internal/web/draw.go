package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/internal/forecast"
	"github.com/smartsync/smartsync/rules"
)

// windowShades is how many colours of windows the style has.
const windowShades = 7

// dayPicture is a day as paths, in minutes of the day from left to right, for a
// drawing 100 high.
type dayPicture struct {
	Minutes                        float64 // 1440, but on two days a year
	Windows                        []windowBand
	Legend                         []windowBand // each window once
	Paused                         *windowBand  // nil: no part of the day
	Planned, Real, Failed, Arrived string
	Now                            string // empty: the day is not today
	Hours                          []string
}

type windowBand struct {
	Name  string
	Shade int
	X, W  string
}

func drawDay(day dayAnswer, schedule *rules.Schedule, now time.Time) dayPicture {
	out := dayPicture{Minutes: day.To.Sub(day.From).Minutes()}
	x := func(at time.Time) string { return fmt.Sprintf("%.1f", at.Sub(day.From).Minutes()) }
	shades := schedule.Windows()
	for i, w := range day.Windows {
		end := day.To
		if i+1 < len(day.Windows) {
			end = day.Windows[i+1].At
		}
		band := windowBand{Name: w.Window, Shade: windowShades, X: x(w.At), W: fmt.Sprintf("%.1f", end.Sub(w.At).Minutes())}
		if at := slices.Index(shades, w.Window); at >= 0 {
			band.Shade = at % windowShades
		}
		out.Windows = append(out.Windows, band)
		if !slices.ContainsFunc(out.Legend, func(b windowBand) bool { return b.Name == band.Name }) {
			out.Legend = append(out.Legend, band)
		}
	}
	if p := day.Paused; p != nil {
		from, to := p.Since, day.To
		if from.Before(day.From) {
			from = day.From
		}
		if p.Until != nil && p.Until.Before(to) {
			to = *p.Until
		}
		out.Paused = &windowBand{Name: "paused", X: x(from), W: fmt.Sprintf("%.1f", to.Sub(from).Minutes())}
	}
	var planned, held, failed, arrived strings.Builder
	for _, p := range day.Planned {
		fmt.Fprintf(&planned, "M%s 6v24", x(p.At))
	}
	for _, c := range day.Checks {
		into, tall := &held, "38v24"
		if c.Error != "" {
			into, tall = &failed, "33v34" // not told by its colour alone
		}
		fmt.Fprintf(into, "M%s %s", x(c.Started), tall)
	}
	for _, at := range day.Arrivals {
		fmt.Fprintf(&arrived, "M%s 82h.01", x(at))
	}
	out.Planned, out.Real, out.Failed, out.Arrived = planned.String(), held.String(), failed.String(), arrived.String()
	if !now.Before(day.From) && now.Before(day.To) {
		out.Now = fmt.Sprintf("M%s 0v100", x(now))
	}
	for hour := 0; hour <= 24; hour += 4 {
		out.Hours = append(out.Hours, fmt.Sprintf("%02d", hour))
	}
	return out
}

// weekPicture is the learned week as paths: half hours from left to right, days
// from top to bottom, one path a shade.
type weekPicture struct {
	Shades  [5]string
	Busiest []string // in words
}

var dayNames = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

func drawWeek(rates forecast.Rates) *weekPicture {
	type slot struct {
		day, half int
		files     float64
	}
	var all []slot
	for d, row := range rates.Files {
		for h, v := range row {
			all = append(all, slot{d, h, v})
		}
	}
	slices.SortStableFunc(all, func(a, b slot) int {
		switch {
		case a.files > b.files:
			return -1
		case a.files < b.files:
			return 1
		}
		return 0
	})
	out := &weekPicture{}
	for i, s := range all {
		share := s.files / max(all[0].files, 1e-9)
		if share < 0.03 {
			break
		}
		shade := min(len(out.Shades)-1, int(share*float64(len(out.Shades))))
		out.Shades[shade] += fmt.Sprintf("M%d %dh.94v.9h-.94z", s.half, s.day)
		if i < 3 {
			out.Busiest = append(out.Busiest, fmt.Sprintf("%s %02d:%02d, %.1f files", dayNames[s.day], s.half/2, s.half%2*30, s.files))
		}
	}
	return out
}
