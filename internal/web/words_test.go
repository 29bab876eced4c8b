package web

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

func TestWhen(t *testing.T) {
	zone := paris(t)
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation(time.DateTime, text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct{ now, at, want string }{
		{"2025-10-03 20:45:00", "2025-10-03 00:00:00", "00:00:00"},
		{"2025-10-03 20:45:00", "2025-10-03 23:59:59", "23:59:59"},
		{"2025-10-03 20:45:00", "2025-10-02 23:59:59", "Thu 2 Oct 23:59:59"},
		{"2025-10-03 20:45:00", "2025-10-04 00:00:00", "Sat 4 Oct 00:00:00"},
		{"2025-10-03 20:45:00", "2024-10-03 20:45:00", "Thu 3 Oct 2024 20:45:00"},
		{"2026-01-01 00:00:10", "2025-12-31 23:59:50", "Wed 31 Dec 2025 23:59:50"},
	} {
		// What day it is at now is asked in the zone of the moment that is said.
		if got := whenText(at(c.now).UTC(), at(c.at)); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.at, c.now, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	metric := func(name string) store.Metric {
		m, ok := store.MetricNamed(name)
		if !ok {
			t.Fatalf("no metric %q", name)
		}
		return m
	}
	for want, got := range map[string]string{
		"0 files":  countText(0, "file"),
		"1 file":   countText(1, "file"),
		"2 checks": countText(2, "check"),
		"<0.1 s":   tookText(0.04),
		"12.3 s":   tookText(12.34),
		"0 B":      sizeText(0),
		"1.0 KB":   sizeText(1024),
		"99":       numberText(metric("dpm"), 99.4),
		"1.00":     numberText(metric("kd"), 1),
		"37.5":     numberText(metric("accuracy"), 37.46),
		"1200":     numberText(metric("kills"), 1200),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestLabel(t *testing.T) {
	long := strings.Repeat("é", 256)
	for name, want := range map[string]string{
		"frostbite":                  "frostbite",
		strings.Repeat("x", 48):      strings.Repeat("x", 48),
		long:                         strings.Repeat("é", 47) + "…",
		"":                           "ABC00001",
		" \t\u2003":                  "ABC00001",
		"\u200b\u202e\x00":           "ABC00001",
		"\u202eevil":                 "\u202eevil",
		"مرحبا":                      "مرحبا",
		`<b onmouseover="alert(1)">`: `<b onmouseover="alert(1)">`,
	} {
		p := rankedPlayer{PlayerTotals: store.PlayerTotals{Player: store.Player{GUID: "ABC00001", Name: name}}}
		if got := p.Label(); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}

// TestDeepConditions has each part of a condition under the one that it is of, as
// deep as the style goes.
func TestDeepConditions(t *testing.T) {
	s := newStage(t, "sources: {game: {url: in}}\nwindows:\n  - name: day\n    rules:\n      - {when: '"+strings.Repeat("not (", 12)+"found > 0"+strings.Repeat(")", 12)+"', interval: 5m, reason: deep}\n      - {interval: 9m, reason: rest}\n", nil)
	page := s.get("/explain").body
	for _, class := range []string{`<li class="d0">`, `<li class="d7">`, `<li class="d8">`} {
		if !strings.Contains(page, class) {
			t.Errorf("no %s in the page", class)
		}
	}
	if strings.Contains(page, `class="d9"`) {
		t.Error("a part is deeper than the style goes")
	}
	if style := string(statics["style.css"]); !strings.Contains(style, ".d8{") || strings.Contains(style, ".d9{") {
		t.Error("the style goes to another depth than deepest")
	}
}
