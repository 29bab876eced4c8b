package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "5m": 5 * time.Minute, "1h30m": 90 * time.Minute, "2d": 48 * time.Hour, "1w": rules.MaxWait,
		"1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond, "0s": 0, "1m1m": 2 * time.Minute, "007s": 7 * time.Second,
	} {
		if got, err := rules.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "empty", "60": "write 60s", "5 m": "has a space: write 5m", "5 minutes": "write 5m", "5min": `unknown unit "min"`, "-5m": "not a duration",
		"5M": "no unit", "m": "not a duration", ".": "not a duration", "1.2.3s": "not a duration", "1h-5m": "not a duration", "99999999999w": "too long",
		"100000w100000w": "too long", "1µs": "no unit", "1ns": "unknown unit", "5m ": "no", "\x00": "not a duration", strings.Repeat("9", 400) + "s": "not a duration",
	} {
		if got, err := rules.ParseDuration(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", text, got, err, want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", time.Second: "1s", 90 * time.Second: "1m30s", 5 * time.Minute: "5m", rules.MaxWait: "7d", 25*time.Hour + time.Second: "1d1h1s",
		1500 * time.Millisecond: "1.5s", -5 * time.Minute: "-5m",
	} {
		if got := rules.FormatDuration(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// FuzzDuration reads any text, and reads back what it writes.
func FuzzDuration(f *testing.F) {
	for _, text := range []string{"90s", "1h30m", "2d", "1.5h", "60", "5 minutes", "-1s", "99999999999999999999h", "1w.5s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := rules.ParseDuration(text)
		if err != nil {
			if strings.Contains(err.Error(), "%!") || strings.HasSuffix(err.Error(), ".") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if d < 0 {
			t.Errorf("%q is %v", text, d)
		}
		d = d.Truncate(time.Second)
		if again, err := rules.ParseDuration(rules.FormatDuration(d)); err != nil || again != d {
			t.Errorf("%v is written %q, and read as %v, %v", d, rules.FormatDuration(d), again, err)
		}
	})
}
