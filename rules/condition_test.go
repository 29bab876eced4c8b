package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// TestConditions asks each condition after one and the same check: Wednesday
// 2025-12-24, 21:05 in Paris, two files found, the last find three hours ago.
func TestConditions(t *testing.T) {
	at := time.Date(2025, 12, 24, 20, 5, 0, 0, time.UTC)
	outcome := rules.Outcome{
		At: at, Found: 2, Imported: 1, Rejected: 1,
		Files: []rules.FoundFile{{Name: "a.txt", Size: 10, Modified: at.Add(-time.Minute)}, {Name: "b.log", Size: 2000, Modified: at.Add(-time.Hour)}},
	}
	for when, want := range map[string]bool{
		"found == 2":                                        true,
		"found > 2":                                         false,
		"imported == rejected":                              true,
		"misses == 0 and misses_total == 0":                 true,
		"errors == 0 && found >= 1 || found < 0":            true,
		"not (found == 2)":                                  false,
		"hour == 21 and minute == 5":                        true,
		"hour in 20..23":                                    true,
		"hour in 0..20":                                     false,
		"hour in [21, 22]":                                  true,
		"not (hour in 20..23)":                              false,
		"hour not in 20..23":                                false,
		`weekday == "wed"`:                                  true,
		`weekday in ["sat", "sun"]`:                         false,
		`window == "all day"`:                               true,
		`source == "game"`:                                  true,
		`source startsWith "ga"`:                            true,
		`source matches "^g.m"`:                             true,
		`since_found == duration("0s")`:                     true,
		`since_found < duration("1d")`:                      true,
		`in_window > duration("7d12h")`:                     true, // one stretch for ever: saturated at eight days
		"in_window.Hours() >= 192":                          true,
		"now.Hour() == 21":                                  true,
		"now.YearDay() == 358":                              true,
		"now.Day() == 24 and now.Year() == 2025":            true,
		"found_files[0].size > 9":                           true,
		"found_files[1].name == 'b.log'":                    true,
		"any(found_files, .size > 1000)":                    true,
		"all(found_files, .size > 1000)":                    false,
		"none(found_files, .size > 5000)":                   true,
		`count(found_files, .name endsWith ".txt") == 1`:    true,
		"len(found_files) == found":                         true,
		"len(filter(found_files, .size > 5)) == 2":          true,
		"found_files[0].modified > found_files[1].modified": true,
		`now - found_files[1].modified > duration("30m")`:   true,
		"max(found, 7) == 7":                                true,
		"found > 0 ? misses == 0 : false":                   true,
	} {
		schedule := compile(t, conditionOf(when), zoneOf(t, "Europe/Paris"))
		_, d := schedule.Decide("game", rules.State{LastFound: at.Add(-3 * time.Hour)}, outcome)
		if len(d.Faults) > 0 {
			t.Errorf("%s: %v", when, d.Faults)
		}
		if got := d.Rule == 1; got != want {
			t.Errorf("%s: got %v, want %v", when, got, want)
		}
	}
}

// TestConditionFails holds what fails while running: it counts as not matching
// and is named, with its line, in words without Go's types.
func TestConditionFails(t *testing.T) {
	for when, want := range map[string]string{
		"found_files[3].size > 1":                   "out of range",
		"found % misses == 1":                       "divi",
		"duration(source) > duration(\"1m\")":       `duration "game" is not a duration`,
		"source matches source + \"\" or found > 9": "",
	} {
		text := conditionOf(when)
		if want == "" {
			if _, faults := rules.Compile(specOf(t, text), time.UTC, true); len(faults) == 0 {
				t.Errorf("%s: no fault", when)
			}
			continue
		}
		_, d := compile(t, text, time.UTC).Decide("game", rules.State{}, rules.Outcome{At: time.Unix(1e9, 0), Found: 1})
		if d.Rule != 2 || len(d.Faults) != 1 {
			t.Errorf("%s: rule %d, faults %q", when, d.Rule, d.Faults)
			continue
		}
		fault := d.Faults[0]
		if !strings.HasPrefix(fault, `line 4: window "all day", rule 1: `) || !strings.Contains(fault, want) || strings.Contains(fault, "\n") {
			t.Errorf("%s: %q", when, fault)
		}
	}
}

// TestIntervalExpressions computes waits.
func TestIntervalExpressions(t *testing.T) {
	for _, c := range []struct {
		interval string
		want     time.Duration
		clamped  bool
		faults   int
	}{
		{`duration("90s")`, 90 * time.Second, false, 0},
		{`misses * duration("1m")`, 3 * time.Minute, false, 0},
		{`duration("1m") * misses`, 3 * time.Minute, false, 0},
		{`misses < 2 ? "1m" : "20m"`, 20 * time.Minute, false, 0},
		{`misses < 2 ? duration("1m") : duration("2d")`, 48 * time.Hour, false, 0},
		{`min(duration("10m"), duration("2m") * misses)`, 6 * time.Minute, false, 0},
		{`found * duration("1m")`, rules.MinWait, true, 0},
		{`misses * duration("6d")`, rules.MaxWait, true, 0},
		{`duration("1m") * (found % found)`, rules.DefaultMaxError, false, 1},
		{`source`, rules.DefaultMaxError, false, 1},
	} {
		text := "windows:\n  - name: all day\n    rules:\n      - interval: '" + c.interval + "'\n"
		schedule, faults := rules.Compile(specOf(t, text), time.UTC, true)
		if len(faults) > 0 {
			t.Errorf("%s: %v", c.interval, faults)
			continue
		}
		at := time.Unix(1e9, 0)
		_, d := schedule.Decide("game", rules.State{Misses: 2, LastCheck: at.Add(-time.Hour)}, rules.Outcome{At: at})
		if got := d.Next.Sub(at); got != c.want || (d.Clamped != "") != c.clamped || len(d.Faults) != c.faults {
			t.Errorf("%s: %v, clamped %q, faults %q", c.interval, got, d.Clamped, d.Faults)
		}
	}
}

// TestDefaultFails holds a default rule whose interval cannot be computed.
func TestDefaultFails(t *testing.T) {
	schedule := compile(t, "default: {interval: source}\n", time.UTC)
	at := time.Unix(1e9, 0)
	_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: at})
	if d.Next.Sub(at) != rules.DefaultMaxError || len(d.Faults) != 1 || !strings.HasPrefix(d.Faults[0], "line 1: default: ") {
		t.Errorf("%+v", d)
	}
}

// TestManyFiles shows that a flood of files costs a condition no more than a
// thousand do.
func TestManyFiles(t *testing.T) {
	schedule := compile(t, conditionOf("len(found_files) == 1000 and found == 100000 and all(found_files, .size == 7) and none(filter(found_files, .size == 7), .name != '')"), time.UTC)
	files := make([]rules.FoundFile, 100_000)
	for i := range files {
		files[i].Size = 7
	}
	_, d := schedule.Decide("game", rules.State{}, rules.Outcome{At: time.Unix(1e9, 0), Found: len(files), Files: files})
	if d.Rule != 1 || len(d.Faults) > 0 {
		t.Errorf("rule %d, faults %q", d.Rule, d.Faults)
	}
}
