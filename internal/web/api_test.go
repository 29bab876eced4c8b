package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the description of the API as data.
func document(t *testing.T) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPIDocument))
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any)
}

// isPage tells the routes for people, which the description leaves out.
func isPage(pattern string) bool {
	_, at, _ := strings.Cut(pattern, " ")
	for _, page := range []string{"/{$}", "/day", "/explain", "/files", "/players", "/log", "/check", "/login", "/logout", "/static/{file}"} {
		if at == page {
			return true
		}
	}
	return false
}

// TestEveryRouteDescribed holds the description to the routes, both ways.
func TestEveryRouteDescribed(t *testing.T) {
	described := map[string]bool{}
	for at, item := range document(t)["paths"].(map[string]any) {
		for method := range item.(map[string]any) {
			described[strings.ToUpper(method)+" "+at] = true
		}
	}
	for _, r := range New(Options{}).routes() {
		if !isPage(r.pattern) && !described[r.pattern] {
			t.Errorf("%s is not described", r.pattern)
		}
		delete(described, r.pattern)
	}
	for route := range described {
		t.Errorf("%s is described and not there", route)
	}
}

// TestAnswersAsDescribed holds real answers to their schemas.
func TestAnswersAsDescribed(t *testing.T) {
	s := newStage(t, many(t, "game", "fresh"), withToken)
	s.fill("game")
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", document(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, at, described string
		code                  int
	}{
		{"GET", "/api/v1/status", "/api/v1/status", 200},
		{"GET", "/api/v1/sources/game", "/api/v1/sources/{source}", 200},
		{"GET", "/api/v1/sources/fresh", "/api/v1/sources/{source}", 200},
		{"GET", "/api/v1/sources/none", "/api/v1/sources/{source}", 404},
		{"GET", "/api/v1/sources/game/checks?limit=20", "/api/v1/sources/{source}/checks", 200},
		{"GET", "/api/v1/sources/game/checks?limit=0", "/api/v1/sources/{source}/checks", 400},
		{"GET", "/api/v1/sources/none/checks", "/api/v1/sources/{source}/checks", 404},
		{"GET", "/api/v1/sources/game/day", "/api/v1/sources/{source}/day", 200},
		{"GET", "/api/v1/sources/fresh/day?date=2025-10-26", "/api/v1/sources/{source}/day", 200},
		{"GET", "/api/v1/sources/game/day?date=x", "/api/v1/sources/{source}/day", 400},
		{"GET", "/api/v1/sources/game/explain", "/api/v1/sources/{source}/explain", 200},
		{"GET", "/api/v1/sources/fresh/explain", "/api/v1/sources/{source}/explain", 200},
		{"GET", "/api/v1/sources/game/explain?errors=3&at=2025-10-04T05:00", "/api/v1/sources/{source}/explain", 200},
		{"GET", "/api/v1/sources/game/explain?misses=x", "/api/v1/sources/{source}/explain", 400},
		{"GET", "/api/v1/files?limit=3", "/api/v1/files", 200},
		{"GET", "/api/v1/files?name=none", "/api/v1/files", 200},
		{"GET", "/api/v1/files?status=x", "/api/v1/files", 400},
		{"GET", "/api/v1/stats/session", "/api/v1/stats/session", 200},
		{"GET", "/api/v1/stats/session?source=fresh", "/api/v1/stats/session", 200},
		{"GET", "/api/v1/stats/session?at=noon", "/api/v1/stats/session", 400},
		{"GET", "/api/v1/stats/leaders", "/api/v1/stats/leaders", 200},
		{"GET", "/api/v1/stats/leaders?by=luck", "/api/v1/stats/leaders", 400},
		{"GET", "/api/v1/stats/leaders?map=suply", "/api/v1/stats/leaders", 404},
		{"GET", "/api/v1/stats/player?player=mossgolem", "/api/v1/stats/player", 200},
		{"GET", "/api/v1/stats/player", "/api/v1/stats/player", 400},
		{"GET", "/api/v1/stats/player?player=MossGolen", "/api/v1/stats/player", 404},
		{"GET", "/api/v1/stats/map?map=supply", "/api/v1/stats/map", 200},
		{"GET", "/api/v1/stats/map?map=supply&since=2030-01-01", "/api/v1/stats/map", 200},
		{"GET", "/api/v1/stats/map", "/api/v1/stats/map", 400},
		{"GET", "/api/v1/stats/map?map=x", "/api/v1/stats/map", 404},
		{"GET", "/api/v1/stats/versus?a=MossGolem&b=frostbiteken", "/api/v1/stats/versus", 200},
		{"GET", "/api/v1/stats/versus?a=MossGolem&b=MossGolem", "/api/v1/stats/versus", 400},
		{"GET", "/api/v1/stats/versus?a=MossGolem&b=x", "/api/v1/stats/versus", 404},
		{"POST", "/api/v1/sources/game/check", "/api/v1/sources/{source}/check", 202},
		{"POST", "/api/v1/sources/none/check", "/api/v1/sources/{source}/check", 404},
		{"GET", "/api/v1/openapi.json", "/api/v1/openapi.json", 200},
	} {
		got := s.ask(c.method, c.at, "", "Authorization", "Bearer "+token)
		got.want(t, c.code)
		pointer := strings.NewReplacer("~", "~0", "/", "~1").Replace(c.described)
		at := "openapi.json#/paths/" + strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer) + "/" + strings.ToLower(c.method) + "/responses/" + itoa(c.code) + "/content/application~1json/schema"
		schema, err := compiler.Compile(at)
		if err != nil {
			t.Fatalf("%s: %v", c.at, err)
		}
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.body))
		if err != nil {
			t.Fatalf("%s: %v", c.at, err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s %s: %v", c.method, c.at, err)
		}
		if c.code != http.StatusOK || c.described == "/api/v1/openapi.json" {
			continue
		}
		if schema.Validate(map[string]any{"made": "up"}) == nil {
			t.Errorf("the schema of %s takes anything", c.described)
		}
	}
}

func itoa(n int) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// TestExplainIsTheLoop compares what is explained with what is stored.
func TestExplainIsTheLoop(t *testing.T) {
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	var got explainAnswer
	if err := json.Unmarshal([]byte(s.ask("GET", "/api/v1/sources/game/explain", "").body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Given || got.Answer.Rule != 3 || got.Answer.Reason != "session might be ending" || got.Answer.WaitSeconds != 600 || !got.Answer.Next.Equal(evening.Add(9*60e9)) {
		t.Errorf("%+v", got.Answer)
	}
	if got.Change == nil || got.Change.Misses != 6 || got.OnFind.Reason != "active session" {
		t.Errorf("change %+v, find %+v", got.Change, got.OnFind)
	}
}
