package rules_test

import (
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// TestWall finds the instant of wall clocks that do not exist, exist twice, or
// lie where a zone has no rules.
func TestWall(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"UTC", "2025-06-01 12:00", "2025-06-01T12:00:00Z"},
		{"UTC", "0001-01-01 00:00", "0001-01-01T00:00:00Z"},
		{"UTC", "9999-12-31 23:59", "9999-12-31T23:59:00Z"},
		{"Europe/Paris", "2025-03-30 01:59", "2025-03-30T00:59:00Z"},
		{"Europe/Paris", "2025-03-30 02:00", "2025-03-30T01:00:00Z"},
		{"Europe/Paris", "2025-03-30 02:59", "2025-03-30T01:00:00Z"},
		{"Europe/Paris", "2025-03-30 03:00", "2025-03-30T01:00:00Z"},
		{"Europe/Paris", "2025-10-26 02:00", "2025-10-26T00:00:00Z"},
		{"Europe/Paris", "2025-10-26 02:59", "2025-10-26T00:59:00Z"},
		{"Europe/Paris", "2025-10-26 03:00", "2025-10-26T02:00:00Z"},
		{"Europe/Paris", "1850-01-01 00:00", "1849-12-31T23:50:39Z"}, // local mean time
		{"Europe/Paris", "9999-07-01 00:00", "9999-06-30T22:00:00Z"},
		{"America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04T03:00:00Z"}, // a day without midnight
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},      // a date that was skipped
		{"Pacific/Apia", "2011-12-31 00:00", "2011-12-30T10:00:00Z"},
		{"Australia/Lord_Howe", "2025-10-05 02:15", "2025-10-04T15:30:00Z"},
		{"Antarctica/Troll", "2025-03-30 02:30", "2025-03-30T01:00:00Z"},
		{"Asia/Manila", "1844-12-31 12:00", "1844-12-31T15:56:08Z"}, // half a day and more behind, then ahead
	} {
		wall, err := time.Parse("2006-01-02 15:04", c.wall)
		if err != nil {
			t.Fatal(err)
		}
		if got := rules.Wall(wall, zoneOf(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.wall, c.zone, got, c.want)
		}
	}
	fixed := time.FixedZone("ahead", 14*3600)
	if got := rules.Wall(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), fixed); got.UTC().Format(time.DateTime) != "2024-12-31 10:00:00" {
		t.Errorf("14 hours ahead: %s", got)
	}
}

// TestMidnight steps from date to date.
func TestMidnight(t *testing.T) {
	at := time.Date(2018, 11, 3, 15, 0, 0, 0, zoneOf(t, "America/Sao_Paulo"))
	for n, want := range map[int]string{0: "2018-11-03T00:00:00-03:00", 1: "2018-11-04T01:00:00-02:00", 2: "2018-11-05T00:00:00-02:00", -1: "2018-11-02T00:00:00-03:00"} {
		if got := rules.Midnight(at, n).Format(time.RFC3339); got != want {
			t.Errorf("%d days on: %s, want %s", n, got, want)
		}
	}
}

// TestSkippedDate decides in the days around the 30th of December 2011, which
// Samoa never had.
func TestSkippedDate(t *testing.T) {
	zone := zoneOf(t, "Pacific/Apia")
	schedule := compile(t, shipped(t), zone)
	var state rules.State
	at := time.Date(2011, 12, 28, 0, 0, 0, 0, zone)
	for at.Before(time.Date(2012, 1, 12, 0, 0, 0, 0, zone)) {
		var d rules.Decision
		state, d = schedule.Decide("game", state, rules.Outcome{At: at})
		if !d.Next.After(at) || d.Next.Sub(at) > 24*time.Hour {
			t.Fatalf("%s: next %s", at, d.Next)
		}
		if day := at.Format(time.DateOnly); day == "2011-12-30" {
			t.Fatalf("a check on %s", at)
		}
		at = d.Next
	}
	if got := schedule.Day(time.Date(2011, 12, 31, 12, 0, 0, 0, zone))[0].At.Format(time.RFC3339); got != "2011-12-31T00:00:00+14:00" {
		t.Errorf("the 31st begins at %s", got)
	}
}

// TestFarTimes asks at the ends of what instants there are.
func TestFarTimes(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Paris", "Africa/Monrovia"} {
		schedule := compile(t, shipped(t), zoneOf(t, name))
		for _, year := range []int{1, 1800, 1969, 2200, 9998} {
			at := time.Date(year, 6, 1, 3, 0, 0, 0, time.UTC)
			_, d := schedule.Decide("game", rules.State{Misses: 99, LastCheck: at.Add(-time.Minute)}, rules.Outcome{At: at})
			if !d.Next.After(at) || d.Next.Sub(at) > rules.MaxWait {
				t.Errorf("%s in %s: next %s", at, name, d.Next)
			}
		}
	}
}
