package engine

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// An evening as its log tells it.
func TestLogOfAnEvening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "2025-10-02T20:15:30+02:00")
		down := errors.New("connect game.example:22: connection refused")
		script := []struct {
			result Result
			err    error
		}{
			{Result{Found: make([]rules.FoundFile, 2), Imported: 1, Notes: []Note{
				{Level: slog.LevelInfo, Text: "📥 Downloaded x.txt (3.2 KB)"},
				{Level: slog.LevelWarn, Text: "⚠️ y.txt is rejected"},
			}}, nil},
			{},
			{Result{Pending: 1}, nil},
			{Result{}, down},
			{Result{}, down},
			{Result{Found: make([]rules.FoundFile, 1), Notes: []Note{{Level: slog.LevelInfo, Text: "📥 Downloaded z.txt (1 KB)"}}}, errors.New("fetch \"w.txt\": reset")},
			{},
		}
		n := 0
		s.visit = func(context.Context, string) (Result, error) {
			step := script[n]
			n++
			return step.result, step.err
		}
		s.run(s.plan(shipped(t), "game"))
		s.pass(38*time.Minute + 20*time.Second)
		s.wantSaid(
			"🔄 Sync check at 20:15:30 CEST (PRIME TIME)",
			"🆕 Found 2 new files",
			"📥 Downloaded x.txt (3.2 KB)",
			"WARN ⚠️ y.txt is rejected",
			"⏰ Next sync in 60s (1.0 min): active session [prime time, rule 1, found 2]",
			"🔄 Sync check at 20:16:30 CEST (PRIME TIME)",
			"⏰ Next sync in 60s (1.0 min): might be between rounds [prime time, rule 2, misses 1]",
			"🔄 Sync check at 20:17:30 CEST (PRIME TIME)",
			"⏰ Next sync in 60s (1.0 min): might be between rounds [prime time, rule 2, misses 1, pending 1]",
			"🔄 Sync check at 20:18:30 CEST (PRIME TIME)",
			"ERROR ❌ Sync check failed: connect game.example:22: connection refused",
			"⏰ Next sync in 300s (5.0 min): check failed, 1 in a row [prime time, errors 1]",
			"🔄 Sync check at 20:23:30 CEST (PRIME TIME)",
			"ERROR ❌ Sync check failed again, 2 in a row",
			"⏰ Next sync in 600s (10.0 min): check failed, 2 in a row [prime time, errors 2]",
			"🔄 Sync check at 20:33:30 CEST (PRIME TIME)",
			"🆕 Found 1 new file",
			"📥 Downloaded z.txt (1 KB)",
			`ERROR ❌ Sync check failed: fetch "w.txt": reset`,
			"⏰ Next sync in 1200s (20.0 min): check failed, 3 in a row [prime time, errors 3]",
			"🔄 Sync check at 20:53:30 CEST (PRIME TIME)",
			"🔌 Well again after 3 failed checks, 35.0 min",
			"⏰ Next sync in 60s (1.0 min): might be between rounds [prime time, rule 2, misses 1]",
		)
		s.end()
	})
}

// An idle night writes two lines a check.
func TestLogOfANight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "2025-12-01T02:50:00+01:00")
		s.states["game"] = store.SourceState{Source: "game", Misses: 4, LastCheck: s.now()}
		s.run(s.plan(shipped(t), "game", "other"))
		s.pass(11 * time.Minute)
		var night []string
		for _, line := range s.said() {
			if strings.HasPrefix(line, "[game] ") {
				night = append(night, line)
			}
		}
		want := []string{
			"[game] 🔄 Sync check at 02:50:00 CET (OFF-HOURS)",
			"[game] ⏰ Next sync in 600s (10.0 min): give it a chance [off-hours, rule 2, misses 5]",
			"[game] 🔄 Sync check at 03:00:00 CET (OFF-HOURS)",
			"[game] 😴 Deep sleep until 19:30 CET (16.5 hours): deep sleep [off-hours, rule 3, misses 6]",
		}
		if strings.Join(night, "\n") != strings.Join(want, "\n") {
			t.Errorf("said:\n%s\nwant:\n%s", strings.Join(night, "\n"), strings.Join(want, "\n"))
		}
		s.end()
	})
}

func TestLogOfOddDecisions(t *testing.T) {
	for name, tt := range map[string]struct{ windows, want string }{
		"clamped": {`windows:
  - {name: dinner, from: "21:30", to: "22:00", wake: true, rules: [{interval: 1m}]}
  - {name: rest, rules: [{interval: 3h, reason: quiet}]}`,
			`😴 Deep sleep until 21:30 CEST (1.5 hours): quiet; wakes for "dinner" [rest, rule 1, misses 1]`},
		"two days": {`windows: [{name: w, rules: [{interval: 2d, reason: rare}]}]`,
			"😴 Deep sleep until Sat 4 Oct 20:00 CEST (48.0 hours): rare [w, rule 1, misses 1]"},
		"default rule": {`windows: [{name: w, from: "01:00", to: "02:00", rules: [{interval: 1h}]}]` + "\ndefault: {interval: 90s, reason: outside}",
			"⏰ Next sync in 90s (1.5 min): outside [default, default rule, misses 1]"},
		"short until": {`windows: [{name: w, rules: [{until: "20:01", reason: soon}]}]`,
			"😴 Deep sleep until 20:01 CEST (1.0 min): soon [w, rule 1, misses 1]"},
		"numeric zone": {"timezone: America/Sao_Paulo\nsources: {a: {url: x, import: none}}\nwindows: [{name: w, rules: [{interval: 1h, reason: far}]}]",
			"😴 Deep sleep until 16:00 -03 (1.0 hours): far [w, rule 1, misses 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, evening)
				s.run(s.plan(tt.windows, "a"))
				lines := s.said()
				if got := lines[len(lines)-1]; got != tt.want {
					t.Errorf("said %q, want %q", got, tt.want)
				}
				s.end()
			})
		})
	}
}

// A rule that cannot be asked is told once, as long as it stays so.
func TestLogOfFaultyRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.run(s.plan(`windows:
  - name: w
    rules:
      - {when: "found_files[0].size > 0", interval: 1m}
      - {interval: 2m, reason: other}`, "a"))
		s.pass(5 * time.Minute)
		told := 0
		for _, line := range s.said() {
			if strings.HasPrefix(line, `WARN ⚠️ Rule skipped: line `) && strings.Contains(line, `window "w", rule 1`) {
				told++
			}
		}
		if n := len(s.times("a")); told != 1 || n != 3 {
			t.Errorf("told %d times in %d checks", told, n)
		}
		s.end()
	})
}

func FuzzOneLine(f *testing.F) {
	for _, text := range []string{"", "plain", "two\nlines", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "\xff\xfe", strings.Repeat("é", 3000), "🎮"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := oneLine(text)
		for _, r := range got {
			if r != ' ' && !unicode.IsPrint(r) {
				t.Fatalf("oneLine(%q) = %q: holds %q", text, got, r)
			}
		}
		if n := len([]rune(got)); n > longestLine+1 {
			t.Fatalf("%d characters", n)
		}
		if oneLine(got) != got && len([]rune(got)) <= longestLine {
			t.Fatalf("oneLine(%q) is not stable", got)
		}
	})
}

// What to do about a failure comes after the failure, what happened before it before.
func TestLastNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, evening)
		s.visit = func(context.Context, string) (Result, error) {
			return Result{Notes: []Note{{Text: "do this", Last: true}, {Text: "it began well"}}}, errors.New("no route")
		}
		s.run(s.plan("10m", "a"))
		s.pass(time.Second)
		got := strings.Join(s.said(), "\n")
		began, failed, do := strings.Index(got, "it began well"), strings.Index(got, "no route"), strings.Index(got, "do this")
		if began < 0 || failed < began || do < failed {
			t.Errorf("said:\n%s", got)
		}
		s.end()
	})
}
