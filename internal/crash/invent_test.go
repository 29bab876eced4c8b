//go:build crashpoints && linux

package crash_test

import (
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

var (
	firstEvening = time.Date(2031, 3, 4, 20, 0, 0, 0, time.UTC) // of the names
	written      = time.Date(2021, 3, 4, 20, 0, 0, 0, time.UTC) // long settled
	farAhead     = time.Date(2061, 3, 4, 20, 0, 0, 0, time.UTC) // no age: never settled at first sight
)

var arenas = []string{"mp_quarry", "te_harbour-b4", "etl_lighthouse", "sw_två_broar"}

// player is an invented player's numbers, which grow over the rounds of a match.
type player struct {
	line    int
	weapons map[int][5]int
	fields  [38]int
}

// play adds a round's worth.
func (p *player) play(rng *rand.Rand) {
	for _, id := range slices.Sorted(maps.Keys(p.weapons)) {
		w, hits := p.weapons[id], rng.IntN(60)
		for i, more := range []int{hits, hits + rng.IntN(200), rng.IntN(12), rng.IntN(5), rng.IntN(hits + 1)} {
			w[i] += more
		}
		p.weapons[id] = w
	}
	for i := range p.fields {
		switch i {
		case 8, 24:
			p.fields[i] = rng.IntN(100)
		case 22:
			p.fields[i] += 3 + rng.IntN(9)
		default:
			p.fields[i] += rng.IntN(400)
		}
	}
}

// String is the player's line.
func (p *player) String() string {
	var b strings.Builder
	var mask uint32
	for id := range p.weapons {
		mask |= 1 << id
	}
	fmt.Fprintf(&b, `%08X\^%dmade^7up%02d\0\%d\%d`, 0xC0DE0000+p.line*7919, p.line%8, p.line, 1+p.line%2, mask)
	for left := mask; left != 0; left &= left - 1 {
		for _, n := range p.weapons[bits.TrailingZeros32(left)] {
			fmt.Fprintf(&b, " %d", n)
		}
	}
	b.WriteByte(' ')
	for i, n := range p.fields {
		format := "\t%d"
		if i == 8 || i >= 21 && i <= 26 {
			format = "\t%d.5"
		}
		fmt.Fprintf(&b, format, n)
	}
	b.WriteByte('\n')
	return b.String()
}

// match invents the files of match number n: two rounds of one map, the same at
// every call.
func match(n int) [2]file {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	at := firstEvening.Add(time.Duration(n/8)*24*time.Hour + time.Duration(n%8)*25*time.Minute)
	players := make([]*player, 4+n%5)
	for i := range players {
		players[i] = &player{line: (n + 3*i) % 17, weapons: map[int][5]int{}}
		for len(players[i].weapons) < 5 {
			players[i].weapons[rng.IntN(28)] = [5]int{}
		}
	}
	var rounds [2]file
	for round := 1; round <= 2; round++ {
		at = at.Add(time.Duration(7+n%4) * time.Minute)
		var text strings.Builder
		fmt.Fprintf(&text, "^4Made^7 up\\%s\\legacy6\\%d\\%d\\%d\\15:00\\%d:%02d\n", arenas[n%len(arenas)], round, 1+n%2, 1+(n+round)%2, 6+n%4, n%60)
		for _, p := range players {
			p.play(rng)
			text.WriteString(p.String())
		}
		rounds[round-1] = file{
			name: roundName(at, arenas[n%len(arenas)], round), text: []byte(text.String()),
			modified: written.Add(time.Duration(2*n+round) * time.Minute),
		}
	}
	return rounds
}

func roundName(at time.Time, mapName string, round int) string {
	return fmt.Sprintf("%s-%s-round-%d.txt", at.Format("2006-01-02-150405"), mapName, round)
}

// matches invents the files of the matches [from, to).
func matches(from, to int) []file {
	var files []file
	for n := from; n < to; n++ {
		rounds := match(n)
		files = append(files, rounds[:]...)
	}
	return files
}

// settling are the two rounds of match n, written so lately that a check has to
// look at them twice.
func settling(n int) []file {
	rounds := match(n)
	for i := range rounds {
		rounds[i].modified = farAhead.Add(time.Duration(2*n+i) * time.Minute)
	}
	return rounds[:]
}

// evening is what a server may have: matches, among them one with two rounds 1
// because the map was restarted, one without its round 1, one that is settling,
// and files that are not imported, each for another reason.
func evening() []file {
	files := append(matches(0, 11), settling(11)...)
	broken, orphan, restarted, copied := match(20)[0], match(21)[1], match(3)[0], match(5)[0]
	broken.text = append(broken.text, `C0DE0000\^1cut off\0\1\12`...)
	restarted.name = roundName(firstEvening.Add(75*time.Minute+2*time.Second), arenas[3], 1)
	restarted.text = []byte(strings.ReplaceAll(string(restarted.text), "made^7up", "made^7anew"))
	// By name it comes after what it repeats, by time before.
	copied.name, copied.modified = roundName(firstEvening.Add(90*24*time.Hour), arenas[1], 1), written.Add(-time.Hour)
	awards, old := match(0)[0], match(1)[0]
	awards.name = strings.TrimSuffix(awards.name, ".txt") + "-endstats.txt"
	awards.text = []byte("most revives\tsomebody\t4\n")
	old.name = strings.TrimSuffix(old.name, ".txt") + "_ws.txt"
	return append(files, broken, orphan, restarted, copied, awards, old)
}
