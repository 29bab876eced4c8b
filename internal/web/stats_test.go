package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/store/report"
)

// moss is the GUID of one of the shipped rounds' players.
const moss = "B72E14D8"

// read decodes an answer that went well.
func read[T any](t *testing.T, a answer) (value T) {
	t.Helper()
	a.want(t, http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &value); err != nil {
		t.Fatalf("%v: %.300s", err, a.body)
	}
	return value
}

// played commits a shipped round as another one, with players of it renamed: pairs
// of a GUID and a name.
func (s *stage) played(stamp string, names ...string) {
	s.t.Helper()
	text, err := os.ReadFile("../../examples/gamestats/2025-10-03-202745-supply-round-1.txt")
	s.must(err)
	for i := 0; i < len(names); i += 2 {
		line := regexp.MustCompile(`(?m)^` + names[i] + `\\[^\\]*`)
		text = line.ReplaceAllLiteral(text, []byte(names[i]+`\`+names[i+1]))
	}
	s.commit("game", s.item(stamp+"-supply-round-1.txt", append([]byte("at "+stamp+" on "), text...)))
}

func TestStatsAnswers(t *testing.T) {
	s := newStage(t, many(t, "game", "fresh"), nil)
	s.fill("game")
	s.played("2025-09-01-200000")
	get := func(query string) answer { return s.ask("GET", "/api/v1/stats/"+query, "") }

	evening := read[report.Session](t, get("session"))
	if evening.Rounds != 4 || len(evening.Maps) != 2 || len(evening.Players) != 6 || evening.Start.Format("-0700") != "+0200" {
		t.Errorf("the last session is %+v", evening)
	}
	earlier := read[report.Session](t, get("session?at="+url.QueryEscape(evening.Start.Add(-1e9).Format("2006-01-02T15:04:05Z07:00"))))
	if earlier.Rounds != 1 || !earlier.End.Before(evening.Start) {
		t.Errorf("the one before is %+v", earlier)
	}
	if got := read[report.Session](t, get("session?at=2025-10-03T20:09")); !got.Start.Equal(evening.Start) {
		t.Errorf("the session in which a moment lies is %+v", got)
	}
	for _, none := range []string{"session?at=2001-01-01T00:00", "session?source=fresh"} {
		get(none).want(t, http.StatusOK, "null\n")
	}

	leaders := read[report.Leaders](t, get("leaders?by=kills&limit=2&since=2025-10-01"))
	if len(leaders.Leaders) != 2 || leaders.Leaders[0].Name != "frostbiteken" || leaders.Leaders[0].Value != 66 || leaders.MinMinutes != 0 {
		t.Errorf("by kills: %+v", leaders)
	}
	if rates := read[report.Leaders](t, get("leaders?source=game")); rates.MinMinutes != report.EnoughMinutes || rates.By != "dpm" || len(rates.Leaders) != 6 {
		t.Errorf("by damage per minute: %+v", rates)
	}
	if few := read[report.Leaders](t, get("leaders?by=kd&min_minutes=60&bots=1")); len(few.Leaders) != 0 || few.LeftOut != 6 {
		t.Errorf("of an hour: %+v", few)
	}
	player := read[report.PlayerPage](t, get("player?player=FROSTBITEKEN&map=SUPPLY&limit=1"))
	if player.Name != "frostbiteken" || player.Rounds != 3 || len(player.Weapons) != 1 || len(player.Maps) != 1 || player.Record == nil {
		t.Errorf("a player: %+v", player)
	}
	if page := read[report.MapPage](t, get("map?map=supply&min_minutes=0&limit=3")); page.Rounds != 3 || page.Matches != 1 || len(page.Players) != 3 {
		t.Errorf("a map: %+v", page)
	}
	if none := read[report.MapPage](t, get("map?map=supply&since=2025-12-01")); none.Rounds != 0 || none.First != nil || none.Players == nil {
		t.Errorf("a map that was not played since: %+v", none)
	}
	versus := read[report.Versus](t, get("versus?a=MossGolem&b="+player.GUID+"&limit=1"))
	if versus.B.Name != "frostbiteken" || len(versus.Matches) != 1 || versus.Matches[0].Map != "supply" {
		t.Errorf("two players: %+v", versus)
	}
}

// TestStatsZone asks with a day's start of a schedule whose first source lives
// elsewhere: it is the schedule's own, or that of the source that is asked for.
func TestStatsZone(t *testing.T) {
	schedule := strings.Replace(many(t, "game", "fresh"), "game: {", "game: {timezone: America/Los_Angeles, ", 1)
	s := newStage(t, schedule, nil)
	s.played("2025-10-03-000500") // of a clock in Paris
	for query, want := range map[string]int{"": 1, "&source=game": 0} {
		got := read[report.MapPage](t, s.ask("GET", "/api/v1/stats/map?map=supply&since=2025-10-03"+query, ""))
		if got.Rounds != want {
			t.Errorf("%q: %d rounds since that day", query, got.Rounds)
		}
	}
	for query, want := range map[string]string{"": "+0200", "&source=game": "-0700"} {
		got := read[report.MapPage](t, s.ask("GET", "/api/v1/stats/map?map=supply"+query, ""))
		if got.First == nil || got.First.Format("-0700") != want {
			t.Errorf("%q: played %v", query, got.First)
		}
	}
}

// TestStatsWrongClock plays a round of a far day, by a clock that is wrong: it is not
// the last session for years.
func TestStatsWrongClock(t *testing.T) {
	s := newStage(t, many(t, "game"), nil)
	s.fill("game")
	s.played("2099-10-03-200000")
	for query, year := range map[string]int{"": 2025, "?at=2100-01-01T00:00": 2099} {
		if got := read[report.Session](t, s.ask("GET", "/api/v1/stats/session"+query, "")); got.Start.Year() != year {
			t.Errorf("session%s begins at %s", query, got.Start)
		}
	}
}

// TestStatsRefused asks what cannot be asked, and for who is not there.
func TestStatsRefused(t *testing.T) {
	s := newStage(t, many(t, "game"), nil)
	s.fill("game")
	long := strings.Repeat("x", longestArg+1)
	for query, want := range map[string]struct {
		code int
		text string
	}{
		"session?source=x":                  {400, `{"error":"no such source in the schedule"}`},
		"session?at=yesterday":              {400, `a moment is YYYY-MM-DDTHH:MM`},
		"session?limit=0":                   {400, `limit is a number from 1 to 1000`},
		"session?limit=1001":                {400, `limit is a number`},
		"session?limit=ten":                 {400, `limit is a number`},
		"session?limit=99999999999999999":   {400, `limit is a number`},
		"session?%zz":                       {400, `the parameters cannot be read`},
		"leaders?by=speed":                  {400, `by is one of dpm, kd, kills`},
		"leaders?since=yesterday":           {400, `since is a date: YYYY-MM-DD`},
		"leaders?since=0001-01-01":          {400, `since is a date`},
		"leaders?min_minutes=-1":            {400, `min_minutes is a number from 0 to 1000000`},
		"leaders?bots=perhaps":              {400, `bots is true or false`},
		"leaders?map=suply":                 {404, `no map \"suply\": did you mean \"supply\"?","near":["supply"]`},
		"player":                            {400, `this needs player`},
		"player?player=" + long:             {400, `a parameter is longer than 512 bytes`},
		"player?player=nobdy":               {404, `{"error":"no player \"nobdy\""}`},
		"player?player=MosGolem":            {404, `"near":["MossGolem"]`},
		"player?player=%00%ff%3Cb%3E":       {404, `no player`},
		"map":                               {400, `this needs map`},
		"map?map=..%2f..%2fetc":             {404, `no map`},
		"map?map=supply&min_minutes=a":      {400, `min_minutes is a number`},
		"versus?a=MossGolem":                {400, `this needs b`},
		"versus?b=MossGolem":                {400, `this needs a`},
		"versus?a=MossGolem&b=mossgolem":    {400, `are the same player`},
		"versus?a=MossGolem&b=x%27+OR+1%3D": {404, `no player`},
	} {
		got := s.ask("GET", "/api/v1/stats/"+query, "", "Accept", "text/html")
		got.want(t, want.code, want.text)
		if kind := got.header.Get("Content-Type"); kind != "application/json" || !json.Valid([]byte(got.body)) {
			t.Errorf("%s is %s: %s", query, kind, got.body)
		}
	}
	s.ask("POST", "/api/v1/stats/session", "").want(t, http.StatusNotFound)
	if s.log.Len() > 0 {
		t.Errorf("wrong questions are logged: %s", s.log.String())
	}
}

// TestStatsNames gives players names that could break an answer, and one name to
// two players.
func TestStatsNames(t *testing.T) {
	s := newStage(t, many(t, "game"), nil)
	s.fill("game")
	hostile := `"}</script><b>` + "\x01\u202e"
	s.played("2025-10-05-200000", moss, hostile, "68BB3A14", "frostbiteken")
	session := read[report.Session](t, s.ask("GET", "/api/v1/stats/session", ""))
	name := ""
	for _, p := range session.Players {
		if strings.Contains(p.Name, "script") {
			name = p.Name
		}
	}
	if name == "" {
		t.Fatalf("nobody has the name: %+v", session.Players)
	}
	if got := read[report.PlayerPage](t, s.ask("GET", "/api/v1/stats/player?player="+url.QueryEscape(name), "")); got.Name != name {
		t.Errorf("a name leads to %q", got.Name)
	}
	s.ask("GET", "/api/v1/stats/player?player=MossGolem", "").want(t, http.StatusOK) // the name before
	several := s.ask("GET", "/api/v1/stats/versus?a=frostbiteken&b="+url.QueryEscape(name), "")
	several.want(t, http.StatusConflict, `is the name of 2 players: say which`)
	var told unknownName
	if err := json.Unmarshal([]byte(several.body), &told); err != nil || len(told.Fits) != 2 || len(told.Near) != 0 {
		t.Errorf("%+v, %v", told, err)
	}
}

// TestStatsBounded plays more than an answer holds when nothing else is said.
func TestStatsBounded(t *testing.T) {
	s := newStage(t, many(t, "game"), nil)
	var renamed int
	for hour := range usualStats + 5 {
		renamed++
		s.played(fmt.Sprintf("2025-08-%02d-%02d0000", 1+hour/24, hour%24), moss, fmt.Sprintf("moss%d", renamed))
	}
	if page := read[report.PlayerPage](t, s.ask("GET", "/api/v1/stats/player?player=moss1", "")); len(page.Names) != usualStats || page.Rounds != renamed {
		t.Errorf("%d names in %d rounds", len(page.Names), page.Rounds)
	}
	session := read[report.Session](t, s.ask("GET", "/api/v1/stats/session", ""))
	if last := session.Maps[len(session.Maps)-1]; len(session.Maps) != usualStats || session.Rounds != renamed || !last.One.Ended.Equal(session.End) {
		t.Errorf("%d maps of %d rounds, the last at %s of %s", len(session.Maps), session.Rounds, last.One.Ended, session.End)
	}
}
