package etlegacy_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

// sample is a file as long as a real one; its last field has one digit.
func sample(players int) string {
	var lines []string
	for i := range players {
		id := string(rune('A' + i%6))
		lines = append(lines, line(strings.Repeat(id, 4)+"000"+string(rune('0'+i)), "^"+id+"player^7"+id,
			map[int]string{0: "1 4 0 0 0", 2: "7 19 1 0 2", 3: "0 0 0 2 0", 4: "110 330 12 4 9", 11: "5 6 2 1 0", 14: "0 1 0 0 0", 27: "2 3 0 0 0"},
			map[int]float64{0: 2650, 1: 2310, 2: 18, 3: 42, 4: 3, 5: 2, 8: 81.3, 9: 77, 12: 5, 20: 363, 22: 12, 23: 1.4, 24: 18.3, 25: 2.2, 27: 6, 28: 94, 29: 2, 37: 4}))
	}
	return file(lines...)
}

// TestCutAnywhere cuts a file after every byte. What is still read is the whole
// file's beginning, player by player and value by value.
func TestCutAnywhere(t *testing.T) {
	for _, players := range []int{1, 3} {
		text := sample(players)
		whole := mustParse(t, round1, text)
		read := 0
		for n := range len(text) {
			r, err := etlegacy.Parse(round1, []byte(text[:n]))
			if err != nil {
				continue
			}
			read++
			if r.Tabs != whole.Tabs || r.Header != whole.Header || !reflect.DeepEqual(r.Players, whole.Players[:len(r.Players)]) {
				t.Errorf("of %d players, cut at %d: %+v", players, n, r)
			}
			if text[n-1] != '\n' && text[n] != '\n' {
				t.Errorf("of %d players, cut at %d inside a line and read", players, n)
			}
		}
		if read != 2*players-1 { // before and after each end of line, but the last
			t.Errorf("of %d players: read %d cut files, want %d", players, read, 2*players-1)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(round1, []byte(sample(2)))
	f.Add(round2, []byte(strings.ReplaceAll(sample(3), "\n", "\r\n")))
	f.Add(round1, []byte(file(`OMNIBOT0\^^[BOT]\2\3\268435455 `+strings.Repeat("1 ", 140))))
	f.Add(round1, []byte(file(`\\0\0\0`+"\t"+numbered(33))))
	f.Add(round2, []byte("\ufeff\xff\x00\\^\\\\2\\2\\\\20.00\\71:05\\-1\n\n"))
	f.Add("2031-03-04-210000-q-round-2-endstats.txt", []byte("award\tone\t1"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		r, err := etlegacy.Parse(name, data)
		if err != nil {
			if rejection, ok := errors.AsType[*etlegacy.Rejection](err); !ok || rejection.Reason == "" || r != nil {
				t.Fatalf("%v, %v is not a rejection", r, err)
			}
			return
		}
		if len(r.Players) == 0 || len(r.Players) > etlegacy.MaxPlayers || r.Tabs > 38 {
			t.Fatalf("%d players, %d tabs", len(r.Players), r.Tabs)
		}
		if again, err := etlegacy.Parse(name, data); err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("read twice: %+v, %v", again, err)
		}
		seen := map[string]bool{}
		for _, p := range r.Players {
			if seen[p.GUID] || len(p.GUID) < 8 {
				t.Fatalf("GUID %q is not unique", p.GUID)
			}
			seen[p.GUID] = true
			if !utf8.ValidString(p.RawName) || strings.Contains(p.RawName, "\x00") || strings.Contains(p.Clean, "^") {
				t.Fatalf("name %q of %q", p.Clean, p.RawName)
			}
		}
		second := *r
		second.Name.Round = 2
		for _, first := range []*etlegacy.Round{nil, r} {
			checkRows(t, etlegacy.Rows(&second, first), len(r.Players))
		}
	})
}

// checkRows holds every row to the bounds that a database may rely on.
func checkRows(t *testing.T, rows []etlegacy.Row, want int) {
	t.Helper()
	if len(rows) != want {
		t.Fatalf("%d rows, want %d", len(rows), want)
	}
	for _, r := range rows {
		for _, n := range []int{r.Hits, r.Shots, r.Kills, r.Deaths, r.Heads, r.Seconds, r.Stats.DamageGiven, r.Stats.BulletsFired} {
			if n < 0 {
				t.Fatalf("negative number in %+v", r)
			}
		}
		for _, v := range []float64{r.DPM, r.KD, r.Accuracy, r.Stats.TimePlayedPercent, r.Stats.TimeDeadRatio, r.Stats.TimePlayedMinutes} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("no finite number in %+v", r)
			}
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("2031-03-04-210000-a-b_c-round-1.txt")
	f.Add("2031-03-04-210000-x-round-1-round-2-endstats.txt")
	f.Add("2031-03-04-210000-round-1.txt")
	f.Add("0000-01-01-000000-q-round-1.txt")
	f.Fuzz(func(t *testing.T, name string) {
		n, ok := etlegacy.ParseName(name)
		if !ok {
			return
		}
		end := ".txt"
		if n.Endstats {
			end = "-endstats.txt"
		}
		if back := strings.TrimSuffix(fileName(n), ".txt") + end; back != name {
			t.Errorf("%q is %+v, which is called %q", name, n, back)
		}
		if n.WrittenAt(time.UTC).Format("2006-01-02-150405") != n.Stamp {
			t.Errorf("%q was written at %v", name, n.WrittenAt(time.UTC))
		}
	})
}
