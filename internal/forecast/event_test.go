package forecast

import (
	"strings"
	"testing"
	"time"
)

func TestParseName(t *testing.T) {
	tests := []struct {
		name, mapName string
		round         int8
	}{
		{"2030-01-02-213000-alpha-round-1.txt", "alpha", 1},
		{"2030-01-02-213000-te_bravo2-round-2.txt", "te_bravo2", 2},
		{"2030-01-02-213000-round-round-2-round-1.txt", "round-round-2", 1},
		{"2030-01-02-213000-alpha-round-3.txt", "", 0},
		{"2030-01-02-213000-alpha-round-1.txt.gz", "", 0},
		{"2030-01-02-213000--round-1.txt", "", 0},
		{"2030-01-02-213000-alpha.txt", "", 0},
		{"2030-01-02T21:30:00Z", "", 0},
		{"report.csv", "", 0},
		{"", "", 0},
	}
	for _, test := range tests {
		if mapName, round := parseName(test.name); mapName != test.mapName || round != test.round {
			t.Errorf("%q: %q round %d, want %q round %d", test.name, mapName, round, test.mapName, test.round)
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("2030-01-02-213000-alpha-round-1.txt")
	f.Add("----------------------------round-2.txt")
	f.Fuzz(func(t *testing.T, name string) {
		mapName, round := parseName(name)
		if (mapName == "") != (round == 0) || round < 0 || round > 2 || !strings.Contains(name, mapName) {
			t.Errorf("%q: %q round %d", name, mapName, round)
		}
	})
}

func TestEventsTellTheirPlace(t *testing.T) {
	at := time.Date(2030, 1, 2, 21, 30, 0, 0, paris)
	file := func(minutes int, rest string) Arrival {
		when := at.Add(time.Duration(minutes) * time.Minute)
		return Arrival{when, when.Format("2006-01-02-150405-") + rest}
	}
	m := Learn([]Arrival{
		file(0, "alpha-round-1.txt"), file(5, "alpha-round-2.txt"), file(15, "bravo-round-1.txt"),
		file(20, "bravo-round-2.txt"), file(80, "bravo-round-1.txt"), file(141, "alpha-round-1.txt"),
	}, at.AddDate(0, 0, 1), french)
	want := []struct {
		place int16
		first bool
		mapID int32
	}{{0, true, 1}, {1, false, 1}, {2, false, 2}, {3, false, 2}, {4, false, 2}, {0, true, 1}}
	for i, w := range want {
		if e := m.events[i]; e.place != w.place || e.first() != w.first || e.mapID != w.mapID {
			t.Errorf("event %d: place %d, first %v, map %d; want %v", i, e.place, e.first(), e.mapID, w)
		}
	}
	if m.events[2].before != 1<<8 || m.events[4].before != 1<<8+2 {
		t.Errorf("maps before: %d, %d", m.events[2].before, m.events[4].before)
	}
}
