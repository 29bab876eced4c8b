package etlegacy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

func TestParseName(t *testing.T) {
	tests := []struct {
		name string
		want etlegacy.Name
	}{
		{"2031-03-04-210000-mp_quarry-round-1.txt", etlegacy.Name{Stamp: "2031-03-04-210000", Map: "mp_quarry", Round: 1}},
		{"2032-02-29-235959-a-b_c-round-2.txt", etlegacy.Name{Stamp: "2032-02-29-235959", Map: "a-b_c", Round: 2}},
		{"2031-03-04-210000-x-round-1-round-2.txt", etlegacy.Name{Stamp: "2031-03-04-210000", Map: "x-round-1", Round: 2}},
		{"2031-03-04-000000-Ünder ground-round-1.txt", etlegacy.Name{Stamp: "2031-03-04-000000", Map: "Ünder ground", Round: 1}},
		{"2031-03-04-210000-q-round-2-endstats.txt", etlegacy.Name{Stamp: "2031-03-04-210000", Map: "q", Round: 2, Endstats: true}},
	}
	for _, tt := range tests {
		if got, ok := etlegacy.ParseName(tt.name); !ok || got != tt.want {
			t.Errorf("ParseName(%q) = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	for _, name := range []string{
		"",
		".txt",
		"readme.txt",
		"2031-03-04-210000-q-round-1_ws.txt",
		"2031-03-04-210000-q_ws.txt",
		"2031-03-04-210000-q-round-1.TXT",
		"2031-03-04-210000-q-round-1.txt.tmp",
		"2031-03-04-210000-q-round-0.txt",
		"2031-03-04-210000-q-round-3.txt",
		"2031-03-04-210000-q-round-12.txt",
		"2031-03-04-210000-q-round-.txt",
		"2031-03-04-210000--round-1.txt",
		"2031-03-04-210000-round-1.txt",
		"2031-03-04-210000_q-round-1.txt",
		"2031-02-29-210000-q-round-1.txt",
		"2031-13-01-210000-q-round-1.txt",
		"2031-03-04-240000-q-round-1.txt",
		"2031-03-04-216000-q-round-1.txt",
		"2031-03-04-21000-q-round-1.txt",
		"2031-03-04-2100.5-q-round-1.txt",
		"2031-03-04-210000-../q-round-1.txt",
		"2031-03-04-210000-a\\b-round-1.txt",
		"2031-03-04-210000-a\x1b[31m-round-1.txt",
		"2031-03-04-210000-a\xff-round-1.txt",
		"2031-03-04-210000-a\x00-round-1.txt",
		"x/2031-03-04-210000-q-round-1.txt",
		"2031-03-04-210000-" + strings.Repeat("m", 240) + "-round-1.txt",
	} {
		if got, ok := etlegacy.ParseName(name); ok {
			t.Errorf("ParseName(%q) = %+v, want none", name, got)
		}
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestWrittenAt(t *testing.T) {
	tests := []struct{ what, zone, stamp, want string }{
		{"winter", "Europe/Paris", "2031-01-04-210000", "2031-01-04T20:00:00Z"},
		{"summer", "Europe/Paris", "2031-07-04-210001", "2031-07-04T19:00:01Z"},
		{"utc", "UTC", "2031-07-04-210001", "2031-07-04T21:00:01Z"},
		{"before the gap", "Europe/Paris", "2026-03-29-015959", "2026-03-29T00:59:59Z"},
		{"gap opens", "Europe/Paris", "2026-03-29-020000", "2026-03-29T01:00:00Z"},
		{"in the gap", "Europe/Paris", "2026-03-29-024500", "2026-03-29T01:00:00Z"},
		{"after the gap", "Europe/Paris", "2026-03-29-030000", "2026-03-29T01:00:00Z"},
		{"before the repeated hour", "Europe/Paris", "2026-10-25-015959", "2026-10-24T23:59:59Z"},
		{"repeated hour", "Europe/Paris", "2026-10-25-020000", "2026-10-25T00:00:00Z"},
		{"repeated hour's end", "Europe/Paris", "2026-10-25-025959", "2026-10-25T00:59:59Z"},
		{"after the repeated hour", "Europe/Paris", "2026-10-25-030000", "2026-10-25T02:00:00Z"},
		{"half-hour change", "Australia/Lord_Howe", "2026-10-04-021500", "2026-10-03T15:30:00Z"},
		{"a day that was not", "Pacific/Apia", "2011-12-30-120000", "2011-12-30T10:00:00Z"},
		{"far east", "Pacific/Kiritimati", "2031-01-01-000000", "2030-12-31T10:00:00Z"},
		{"far west", "Etc/GMT+12", "2031-01-01-000000", "2031-01-01T12:00:00Z"},
	}
	for _, tt := range tests {
		got := etlegacy.Name{Stamp: tt.stamp}.WrittenAt(zone(t, tt.zone))
		if got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s: %s in %s is %s, want %s", tt.what, tt.stamp, tt.zone, got.Format(time.RFC3339), tt.want)
		}
	}
	if got := (etlegacy.Name{Stamp: "soon"}).WrittenAt(time.UTC); !got.IsZero() {
		t.Errorf("no stamp gives %v", got)
	}
}

// TestWrittenAtReadsBack checks every half hour of three years in zones of
// every kind of change: the instant shows the stamp's wall clock, and the one an
// offset change earlier does not show it as well.
func TestWrittenAtReadsBack(t *testing.T) {
	const layout = "2006-01-02-150405"
	for _, name := range []string{"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"} {
		z := zone(t, name)
		for at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(30 * time.Minute) {
			stamp := at.In(z).Format(layout)
			got := etlegacy.Name{Stamp: stamp}.WrittenAt(z)
			if got.In(z).Format(layout) != stamp || got.After(at) {
				t.Fatalf("%s in %s is %v, from %v", stamp, name, got, at)
			}
			for _, earlier := range []time.Duration{time.Hour, 30 * time.Minute} {
				if got.Add(-earlier).In(z).Format(layout) == stamp {
					t.Fatalf("%s in %s is %v, not the first of two", stamp, name, got)
				}
			}
		}
	}
}

func TestPairs(t *testing.T) {
	tests := []struct {
		what, first, second string
		want                bool
	}{
		{"minutes", "2031-03-04-210000-q-round-1", "2031-03-04-211200-q-round-2", true},
		{"midnight", "2031-03-04-235307-q-round-1", "2031-03-05-000043-q-round-2", true},
		{"exactly 45 minutes", "2031-03-04-210000-q-round-1", "2031-03-04-214500-q-round-2", true},
		{"a second more", "2031-03-04-210000-q-round-1", "2031-03-04-214501-q-round-2", false},
		{"the same second", "2031-03-04-210000-q-round-1", "2031-03-04-210000-q-round-2", false},
		{"backwards", "2031-03-04-211200-q-round-1", "2031-03-04-210000-q-round-2", false},
		{"another map", "2031-03-04-210000-q-round-1", "2031-03-04-211200-etl_q-round-2", false},
		{"two firsts", "2031-03-04-210000-q-round-1", "2031-03-04-211200-q-round-1", false},
		{"two seconds", "2031-03-04-210000-q-round-2", "2031-03-04-211200-q-round-2", false},
		{"awards", "2031-03-04-210000-q-round-1", "2031-03-04-211200-q-round-2-endstats", false},
		{"over the spring gap", "2026-03-29-015500-q-round-1", "2026-03-29-030500-q-round-2", true},
		{"over the repeated hour", "2026-10-25-015500-q-round-1", "2026-10-25-030000-q-round-2", false},
	}
	paris := zone(t, "Europe/Paris")
	for _, tt := range tests {
		first, ok1 := etlegacy.ParseName(tt.first + ".txt")
		second, ok2 := etlegacy.ParseName(tt.second + ".txt")
		if got := etlegacy.Pairs(first, second, paris); !ok1 || !ok2 || got != tt.want {
			t.Errorf("%s: pairs is %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestCleanName(t *testing.T) {
	for raw, want := range map[string]string{
		"":             "",
		"plain":        "plain",
		"^1red^7white": "redwhite",
		"^/'^?x":       "'x",
		"^^1x":         "1x",
		"^éa":          "a",
		"end^":         "end",
		"^":            "",
		"a^\xffb":      "ab",
		"[^3B^7] c":    "[B] c",
	} {
		if got := etlegacy.CleanName(raw); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestLabelName(t *testing.T) {
	for raw, want := range map[string]string{
		"":             "",
		"plain":        "plain",
		"^1red^7white": "redwhite",
		"^/'^?x":       "^/'^?x",
		"^^1x":         "^x",
		"^1'^/x":       "'^/x",
		"end^":         "end^",
		"^é":           "^é",
	} {
		if got := etlegacy.LabelName(raw); got != want {
			t.Errorf("LabelName(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestWeaponName(t *testing.T) {
	for id, want := range map[int]string{
		-1: "", 0: "WS_KNIFE", 4: "WS_MP40", 8: "WS_PANZERFAUST", 13: "WS_MORTAR2",
		18: "WS_GRENADELAUNCHER", 20: "WS_MG42", 22: "WS_CARBINE", 26: "WS_MP34", 27: "WS_SYRINGE", 28: "",
	} {
		if got := etlegacy.WeaponName(id); got != want {
			t.Errorf("WeaponName(%d) = %q, want %q", id, got, want)
		}
	}
}
