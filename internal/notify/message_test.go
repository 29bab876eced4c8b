package notify

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/smartsync/smartsync/store"
)

func TestEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"Ada":                     "Ada",
		"**bold** _x_":            `\*\*bold\*\* \_x\_`,
		"@everyone <@1>":          `\@everyone \<\@1\>`,
		"[x](https://evil.x)":     `\[x\]\(https\:\/\/evil\.x\)`,
		"a\nb\x1b[31m\u202ec\x00": `a b\[31mc`,
		"\\":                      `\\`,
		"\xff\xfeok":              "ok",
		"żółw":                    "żółw",
	} {
		if got := escaped(in); got != want {
			t.Errorf("%q is written as %q, want %q", in, got, want)
		}
	}
}

// TestNamesElsewhere writes names that mention, link or command, for the services
// that know no escape: none of those is left, and what is seen is the same.
func TestNamesElsewhere(t *testing.T) {
	hostile := regexp.MustCompile(`@\w|://|\.[a-z]|(^|\s)[/#$]\w`)
	for _, name := range []string{
		"<!channel>", "<@U0123>", "<https://evil.example|free skins>", "https://evil.example", "evil.example", "www.evil.example/x?a&b",
		"@somebody", "mail@evil.example", "/start", "#tag", "$CASH", "plain", "a/b", "c#", "1.5", ".olz", "", "@", ".",
	} {
		for kind, s := range map[string]sender{"telegram": &telegram{}, "slack": &slack{}} {
			got := s.escape(name)
			if hostile.MatchString(got) || kind == "slack" && strings.ContainsAny(got, "<>") {
				t.Errorf("%s: %q is written %q", kind, name, got)
			}
			seen := strings.NewReplacer("\u2060", "", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(got)
			if seen != name {
				t.Errorf("%s: %q is seen as %q", kind, name, seen)
			}
		}
	}
}

func TestCut(t *testing.T) {
	for _, test := range []struct {
		in   string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"żółw!", 4, "żół…"}, {`a\*b`, 3, "a…"}, {`a\\bc`, 4, `a\\…`}, {"x", 0, ""}, {"a\xffb", 2, "ab"}} {
		if got := cut(test.in, test.most); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.in, test.most, got, test.want)
		}
	}
}

func FuzzEmbed(f *testing.F) {
	f.Add("title", "text", "name", "value", 30)
	f.Add(strings.Repeat("ż", 300), strings.Repeat(`\*`, 4000), "", "x", 3)
	f.Fuzz(func(t *testing.T, title, text, name, value string, n int) {
		m := &message{Title: title, Text: text, Footer: value}
		for range min(max(n, 0), 100) {
			m.Fields = append(m.Fields, field{escaped(name), strings.Repeat(value, 3)})
		}
		data, err := json.Marshal(envelope{Embeds: []embed{embedOf(m)}})
		if err != nil {
			t.Fatal(err)
		}
		var e envelope
		if err := json.Unmarshal(data, &e); err != nil {
			t.Fatal(err)
		}
		if text := fits(e); text != "" {
			t.Errorf("Discord would refuse its %s: %s", text, data)
		}
		if s := cutBytes(text, 50); len(s) > 50 || !utf8.ValidString(s) {
			t.Errorf("%q is cut to %q", text, s)
		}
	})
}

// TestHostileNames plays a round of players with terrible names.
func TestHostileNames(t *testing.T) {
	s := newStage(t, Events...)
	s.commit(round1, func(content []byte) []byte {
		lines := strings.SplitAfter(string(content), "\n")
		for i, line := range lines[1:] {
			if guid, rest, ok := strings.Cut(line, `\`); ok {
				_, rest, _ = strings.Cut(rest, `\`)
				lines[i+1] = guid + `\` + "@everyone **<@1>** " + strings.Repeat("ż", 60) + `\` + rest
			}
		}
		return []byte(strings.Join(lines, ""))
	})
	s.all()
	s.want("supply, round 1")
	for _, f := range s.discord.last().Embeds[0].Fields {
		if strings.Contains(f.Value, " @") || strings.HasPrefix(f.Value, "@") || strings.Contains(f.Value, "**") {
			t.Errorf("a name speaks: %s", f.Value)
		}
	}
}

// TestNameless plays a round of players whose names show nothing, on a map whose name
// is as long as a file's may be.
func TestNameless(t *testing.T) {
	s := newStage(t, Events...)
	blank := func(content []byte) []byte {
		return regexp.MustCompile(`(?m)^([0-9A-F]{8})\\[^\\]*`).ReplaceAll(content, []byte("$1\\^1\u200b\u3164\u2800 "))
	}
	long := strings.Repeat("_", 150)
	s.commitAs(strings.Replace(round1, "supply", long, 1), round1, blank)
	s.commitAs(strings.Replace(round2, "supply", long, 1), round2, blank)
	s.all()
	e := s.discord.last().Embeds[0]
	if !strings.HasSuffix(e.Title, "…  2 : 0") {
		t.Errorf("the title is %q", e.Title)
	}
	for _, f := range e.Fields {
		for line := range strings.Lines(f.Value) {
			if !regexp.MustCompile(`^[0-9A-F]{8}  \d`).MatchString(line) {
				t.Errorf("a player without a name is shown as %q", line)
			}
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, test := range []struct{ event, text, want string }{
		{"round", "{{.Map}} is over\n{{range .Players}}{{.Name}} {{.Damage}} {{end}}", ""},
		{"match", "{{.Score}}{{(index .Rounds 1).Result}}", ""},
		{"round", "{{.Mpa}}", `there is no field "Mpa"`},
		{"round", "a\n{{.Map", "line 2"},
		{"round", "{{range .Players}}{{.Nme}}{{end}}", `"Nme"`},
		{"match", "{{nothing}}", `"nothing" not defined`},
		{"quiet", "{{.Map}}", "shows nothing"},
		{"round", "{{index .Rounds 7}}", "out of range"},
		{"round", strings.Repeat("x", maxTemplate+1), "16 KiB"},
		{"round", `{{printf "%1000000d" 1}}`, "16 KiB"},
		{"round", `{{define "t"}}{{template "t"}}{{end}}{{template "t"}}`, ""},
	} {
		err := CheckTemplate(test.event, test.text)
		switch {
		case strings.Contains(test.text, "define"):
			if err == nil {
				t.Error("a template that holds itself is taken")
			}
		case test.want == "" && err != nil:
			t.Errorf("%.40s: %v", test.text, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%.40s: %v, want %q", test.text, err, test.want)
		case err != nil && (strings.Contains(err.Error(), "notify.") || strings.Contains(err.Error(), "template: t:")):
			t.Errorf("%.40s speaks of the program: %v", test.text, err)
		}
	}
}

func TestTemplateInUse(t *testing.T) {
	s := newStage(t, Events...)
	s.courier.Templates = map[string]string{store.EventRound: "{{.Map}} by {{(index .Players 0).Name}}\n{{.At.Format \"15:04\"}}"}
	s.play(round1)
	s.all()
	e := s.discord.last().Embeds[0]
	if !strings.HasPrefix(e.Title, "supply by ") || e.Description != "20:27" || len(e.Fields) > 0 {
		t.Errorf("shown is %+v", e)
	}
}

func TestQuietNights(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, paris) } // 1 March 2026 is a Sunday
	var never time.Time
	var fridays []time.Time
	for week := range 10 {
		fridays = append(fridays, day(6-7*week, 21), day(7-7*week, 1)) // its evening goes past midnight
	}
	for _, test := range []struct {
		name     string
		arrivals []time.Time
		resumed  time.Time
		now      time.Time
		want     int
	}{
		{"the same night", fridays, never, day(7, 3), 0},
		{"before the next", fridays, never, day(13, 20), 0},
		{"that night", fridays, never, day(14, 3), 0},
		{"one missed", fridays, never, day(14, 7), 1},
		{"over the change of clocks", fridays, never, day(28, 7), 3},
		{"too few weeks", fridays[:6], never, day(28, 7), 0},
		{"never", nil, never, day(28, 7), 0},
		{"only in the future", []time.Time{day(30, 1)}, never, day(28, 7), 0},
		{"resumed before the last", fridays, day(5, 12), day(28, 7), 3},
		{"resumed after one", fridays, day(14, 12), day(28, 7), 2},
		{"resumed in the middle of one", fridays, day(20, 22), day(28, 7), 1},
		{"resumed at the midnight before one", fridays, day(20, 0), day(28, 7), 2},
		{"resumed at last", fridays, day(28, 6), day(28, 7), 0},
		{"resumed and never played", nil, day(1, 6), day(28, 7), 0},
	} {
		if got, _ := quietNights(test.arrivals, paris, test.resumed, test.now); got != test.want {
			t.Errorf("%s: %d quiet nights, want %d", test.name, got, test.want)
		}
	}
}
