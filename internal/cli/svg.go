package cli

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
)

// The measures of the drawing, in SVG units.
const (
	svgWidth  = 960
	svgLeft   = 120 // where 00:00 is
	svgDay    = 812 // from 00:00 to 24:00
	svgRow    = 46  // height of a schedule's strip with its gap
	svgHead   = 34
	svgLegend = 26
	svgLabel  = 16 // characters that fit before 00:00
)

// windowColours are a window's fill, in the order of the windows; readable on
// white and on black.
var windowColours = []string{"#7aa6d8", "#e0a458", "#8fbf8f", "#c38bc9", "#d98880", "#8bb8b8", "#b8a47a"}

// drawDays draws each day as a strip of windows with each check and each arrival.
func drawDays(all []simulated, s *rules.Schedule) []byte {
	rows := len(all) * len(all[0].days)
	height := svgHead + rows*svgRow + svgLegend
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="planned checks">`+"\n",
		svgWidth, height, svgWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", svgWidth, height)
	for hour := 0; hour <= 24; hour += 3 {
		x := svgLeft + hour*svgDay/24
		fmt.Fprintf(&b, `<text x="%d" y="16" text-anchor="middle" fill="#555">%02d:00</text><line x1="%d" x2="%d" y1="22" y2="%d" stroke="#ddd"/>`+"\n", x, hour, x, x, height-svgLegend)
	}
	colours := map[string]string{"default": "#cccccc"}
	for i, name := range s.Windows() {
		colours[name] = windowColours[i%len(windowColours)]
	}
	y := svgHead
	for i, day := range all[0].days {
		for k, one := range all {
			drawDay(&b, y, one, i, s, colours, k == 0, day.Arrivals)
			y += svgRow
		}
	}
	drawLegend(&b, height-10, s, colours, slices.ContainsFunc(all[0].days, func(d engine.Day) bool {
		return slices.ContainsFunc(s.Day(d.From), func(st rules.Stretch) bool { return st.Window == "default" })
	}))
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// drawDay draws one schedule's day: the windows (of the first schedule), the
// checks as ticks, the arrivals as dots below.
func drawDay(b *strings.Builder, y int, one simulated, i int, s *rules.Schedule, colours map[string]string, windows bool, arrivals []engine.Arrival) {
	d := one.days[i]
	x := func(at time.Time) float64 { return onClock(d, at) }
	label := d.From.Format("Mon 2 Jan")
	if !windows {
		label = filepath.Base(one.name)
	}
	if runes := []rune(label); len(runes) > svgLabel {
		label = string(runes[:svgLabel-1]) + "…"
	}
	fmt.Fprintf(b, `<text x="8" y="%d" fill="#222">%s</text>`+"\n", y+14, html.EscapeString(label))
	fmt.Fprintf(b, `<text x="8" y="%d" fill="#777" font-size="10">%s</text>`+"\n", y+27, count(len(d.Steps), "check"))
	stretches := s.Day(d.From)
	for n, st := range stretches {
		end := d.To
		if n+1 < len(stretches) {
			end = stretches[n+1].At
		}
		fill := colours[st.Window]
		if !windows {
			fill = "#eeeeee"
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="24" fill="%s" fill-opacity="0.45"><title>%s</title></rect>`+"\n",
			x(st.At), y, x(end)-x(st.At), fill, html.EscapeString(st.Window))
	}
	b.WriteString(`<path d="`)
	for _, step := range d.Steps {
		fmt.Fprintf(b, "M%.1f %dv24", x(step.At), y)
	}
	b.WriteString(`" stroke="#1f4e79" stroke-width="1" fill="none"/>` + "\n")
	for _, a := range arrivals {
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%d" r="2.4" fill="#c0392b"/>`+"\n", x(a.At), y+30)
	}
}

// onClock is where a moment of a day is drawn: by its wall clock, which is the axis
// on the days of 23 and of 25 hours too.
func onClock(d engine.Day, at time.Time) float64 {
	if !at.Before(d.To) {
		return svgLeft + svgDay
	}
	local := at.In(d.From.Location())
	return svgLeft + float64(local.Hour()*3600+local.Minute()*60+local.Second())/86400*svgDay
}

// drawLegend names the windows, and what rules outside of them where anything does.
func drawLegend(b *strings.Builder, y int, s *rules.Schedule, colours map[string]string, byDefault bool) {
	x := svgLeft
	names := s.Windows()
	if byDefault {
		names = append(names, "default")
	}
	for _, name := range names {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="14" height="10" fill="%s" fill-opacity="0.45"/><text x="%d" y="%d" fill="#333">%s</text>`+"\n",
			x, y-9, colours[name], x+19, y, html.EscapeString(name))
		x += 40 + 7*len([]rune(name))
	}
	fmt.Fprintf(b, `<path d="M%d %dv12" stroke="#1f4e79"/><text x="%d" y="%d" fill="#333">check</text>`, x, y-10, x+6, y)
	fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="2.4" fill="#c0392b"/><text x="%d" y="%d" fill="#333">arrival</text>`+"\n", x+62, y-4, x+70, y)
}

// writeWhole replaces a file, whole or not at all.
func writeWhole(path string, data []byte) error {
	temporary := path + ".new"
	err := os.WriteFile(temporary, data, 0o644)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary) // what there is of it is of no use
	}
	return err
}
