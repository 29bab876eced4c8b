package cli

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/rules"
)

// pictureWidth is the number of stretches in which a day is drawn, 20 minutes each
// on a day of 24 hours: with its frame the picture fits 80 columns.
const pictureWidth = 72

// slot is the stretch of the picture in which a moment of the day lies.
func slot(d engine.Day, at time.Time) int {
	return int(at.Sub(d.From) * pictureWidth / d.To.Sub(d.From))
}

// picture draws a day's checks in one line: the taller a bar, the more checks; a
// dot is none.
func picture(d engine.Day) string {
	bars := []rune("·▁▂▃▄▅▆▇█")
	counts := make([]int, pictureWidth)
	for _, step := range d.Steps {
		counts[slot(d, step.At)]++
	}
	var line strings.Builder
	for _, n := range counts {
		line.WriteRune(bars[min(n, len(bars)-1)])
	}
	return "00 " + line.String() + " 24"
}

// arrivalStrip is a line below the picture: how many files arrived in each
// stretch, + for ten and more.
func arrivalStrip(d engine.Day) string {
	counts := make([]int, pictureWidth)
	for _, a := range d.Arrivals {
		counts[slot(d, a.At)]++
	}
	var line strings.Builder
	for _, n := range counts {
		switch {
		case n == 0:
			line.WriteByte(' ')
		case n < 10:
			fmt.Fprint(&line, n)
		default:
			line.WriteByte('+')
		}
	}
	return "   " + strings.TrimRight(line.String(), " ")
}

// windowStrip is a line above the picture: the letter of the window that rules in
// each stretch; and what the letters stand for.
func windowStrip(d engine.Day, s *rules.Schedule) (strip, legend string) {
	letters := windowLetters(s)
	line := make([]rune, pictureWidth)
	stretches := s.Day(d.From)
	for i := range line {
		at := d.From.Add(d.To.Sub(d.From) * time.Duration(2*i+1) / (2 * pictureWidth))
		for _, st := range stretches {
			if !st.At.After(at) {
				line[i] = letters[st.Window]
			}
		}
	}
	var names []string
	seen := map[string]bool{}
	for _, st := range stretches {
		if !seen[st.Window] {
			seen[st.Window] = true
			names = append(names, fmt.Sprintf("%c %s", letters[st.Window], st.Window))
		}
	}
	return "   " + string(line), strings.Join(names, ", ")
}

// firstWide is the first letter that takes two columns of a terminal.
const firstWide = 0x1100

// windowLetters gives each window a letter of its own: the first of its name that
// is free, else a digit.
func windowLetters(s *rules.Schedule) map[string]rune {
	letters, taken := map[string]rune{}, map[rune]bool{}
	for i, name := range append(s.Windows(), "default") {
		letter := rune('0' + i%10)
		for _, r := range strings.ToLower(name) {
			if unicode.IsLetter(r) && r < firstWide && !taken[r] {
				letter = r
				break
			}
		}
		letters[name], taken[letter] = letter, true
	}
	return letters
}
