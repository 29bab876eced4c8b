package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/smartsync/smartsync/store/report"
)

// tableWidth is how many columns of a terminal a table may fill.
const tableWidth = 80

// grid is a table of text: numbers to the right, and one column of names, which
// gives way when the rest leaves it too little room.
type grid struct {
	titles []string
	names  int          // which column holds the names
	left   map[int]bool // other columns of words
	rows   [][]string
}

// playedTitles are the columns of played; lastedTitles those of lasted.
var (
	playedTitles = []string{"DPM", "K/D", "KILLS", "DEATHS", "ACC %"}
	lastedTitles = []string{"ROUNDS", "MIN"}
)

// played are the cells that tell how somebody played, lasted for how long.
func played(s report.Sums) []string {
	return []string{fixed(s.DPM, 1), fixed(s.KD, 2), strconv.Itoa(s.Kills), strconv.Itoa(s.Deaths), fixed(s.Accuracy, 1)}
}

func lasted(s report.Sums) []string { return []string{strconv.Itoa(s.Rounds), fixed(s.Minutes, 0)} }

// sumsTable is a table of sums, under a title for what they are of.
func sumsTable(of string) *grid {
	return &grid{titles: slices.Concat([]string{of}, playedTitles, lastedTitles)}
}

func (g *grid) addSums(of string, s report.Sums) {
	g.add(slices.Concat([]string{of}, played(s), lasted(s))...)
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// print writes the table; nothing of it is wider than tableWidth unless the
// numbers alone are.
func (g *grid) print(a *app) {
	widths := make([]int, len(g.titles))
	for _, row := range append([][]string{g.titles}, g.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(plain(cell)))
		}
	}
	total := 2 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if over := total - tableWidth; over > 0 {
		widths[g.names] = max(widths[g.names]-over, 8)
	}
	for _, row := range append([][]string{g.titles}, g.rows...) {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			cell = fitted(plain(cell), widths[i])
			gap := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if i == g.names || g.left[i] {
				line.WriteString(cell + gap)
			} else {
				line.WriteString(gap + cell)
			}
		}
		fmt.Fprintln(a.stdout, strings.TrimRight(line.String(), " "))
	}
}

// fitted is text of at most that width, cut where a reader sees a letter's end.
func fitted(text string, width int) string {
	if uniseg.StringWidth(text) <= width {
		return text
	}
	var cut strings.Builder
	used, rest, state := 1, text, -1 // the ellipsis has its place
	for rest != "" {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > width {
			break
		}
		used += w
		cut.WriteString(cluster)
	}
	return cut.String() + "…"
}
