package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseEnd(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 13, 30, 15, 0, paris)
	for _, tt := range []struct {
		text, want string // or a part of the error
	}{
		{"2026-12-24", "2026-12-24T00:00:00+01:00"},
		{"2027-07-14", "2027-07-14T00:00:00+02:00"},
		{"2026-12-24T18:30", "2026-12-24T18:30:00+01:00"},
		{"2026-12-24 18:30:10", "2026-12-24T18:30:10+01:00"},
		{"2026-12-24T18:30:00Z", "2026-12-24T19:30:00+01:00"},
		{"2027-03-28T02:30", "2027-03-28T03:00:00+02:00"}, // which the clocks leave out
		{"2027-10-31T02:30", "2027-10-31T02:30:00+02:00"}, // the first of two
		{"18:00", "2026-11-25T18:00:00+01:00"},
		{"13:31", "2026-11-25T13:31:00+01:00"},
		{"13:30", "2026-11-26T13:30:00+01:00"},
		{"00:00", "2026-11-26T00:00:00+01:00"},
		{"3d", "2026-11-28T13:30:15+01:00"},
		{"2h", "2026-11-25T15:30:15+01:00"},
		{"1h30m", "2026-11-25T15:00:15+01:00"},
		{"2026-11-25T13:30", "is past"},
		{"2026-11-25T12:30:15Z", "is past"},
		{"0s", "is past"},
		{"1999-01-01", "is past"},
		{"2101-01-01", "too far off"},
		{"9999-12-31T23:59:59-23:59", "too far off"},
		{"", "no moment"},
		{"18", "no moment"},
		{"3 d", "no moment"},
		{"-2h", "no moment"},
		{"24:01", "no moment"},
		{"2026-13-01", "no moment"},
		{"Thursday", "no moment"},
		{"99999999d", "no moment"},
	} {
		got, err := parseEnd(tt.text, now, paris)
		if err != nil {
			if f, ok := errors.AsType[*failure](err); !ok || f.code != exitUsage || f.hint == "" || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: %v, want %s", tt.text, err, tt.want)
			}
			continue
		}
		if got.Format(time.RFC3339) != tt.want {
			t.Errorf("%q: %s, want %s", tt.text, got.Format(time.RFC3339), tt.want)
		}
	}
}

// TestParseEndIsAhead: whatever is taken is a moment after now, of this zone.
func TestParseEndIsAhead(t *testing.T) {
	zones := []string{"Europe/Paris", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		text := rapid.StringMatching(`\d\d?[hmd]|[012]\d:[0-5]\d|20[23]\d-[01]\d-[0-3]\d(T[012]\d:[0-5]\d)?`).Draw(t, "text")
		end, err := parseEnd(text, now, zone)
		if err != nil {
			return
		}
		if !end.After(now) || end.Location() != zone {
			t.Fatalf("%q at %s: %s", text, now, end)
		}
		if strings.HasPrefix(text[2:], ":") && end.Sub(now) > 26*time.Hour {
			t.Fatalf("%q at %s: %s, not the next", text, now, end)
		}
	})
}

func TestAhead(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", -time.Hour: "0s", 59*time.Second + 900*time.Millisecond: "1m", 90 * time.Second: "1m30s",
		time.Hour + 29*time.Second: "1h", 2*time.Hour - time.Millisecond: "2h", 47*time.Hour + 59*time.Minute: "1d23h59m",
		28*24*time.Hour + 11*time.Hour: "28d", 60 * time.Hour: "2d12h", 72*time.Hour - time.Millisecond: "3d",
	} {
		if got := ahead(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
