package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/store"
)

// pause pauses a source from an hour ago on, as another process does; 0 is until it
// is resumed.
func (s *stage) pause(source string, d time.Duration) {
	s.t.Helper()
	until := time.Time{}
	if d > 0 {
		until = evening.Add(d)
	}
	s.pauser(func(p *store.Pauser) error {
		_, err := p.Set(s.t.Context(), evening.Add(-time.Hour), map[string]time.Time{source: until})
		return err
	})
}

func (s *stage) resume(source string) {
	s.t.Helper()
	s.pauser(func(p *store.Pauser) error {
		_, err := p.Resume(s.t.Context(), evening, []string{source})
		return err
	})
}

func (s *stage) pauser(do func(*store.Pauser) error) {
	s.t.Helper()
	p, err := store.OpenPauser(s.t.Context(), s.o.Store.Path())
	s.must(err)
	s.must(errors.Join(do(p), p.Close()))
}

func TestPausedPages(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), withToken)
	s.fill("game")
	s.pause("game", 3*24*time.Hour)
	auth := []string{"Authorization", "Bearer " + token}
	now := s.get("/", auth...)
	now.want(t, http.StatusOK, `<span class="badge paused">paused</span>`, "paused until Mon 6 Oct 2025 20:45 CEST", "<code>smartsync resume game</code> ends it",
		`data-next="2025-10-06T18:45:00Z"`, "paused since 19:45:00", `id="b-other"`)
	for _, none := range []string{`id="b-game"`, "next check", "session might be ending"} {
		if strings.Contains(now.body, none) {
			t.Errorf("the page has %q of a paused source", none)
		}
	}
	s.get("/day", auth...).want(t, http.StatusOK, "Paused from 19:45:00 until Mon 6 Oct 2025 20:45 CEST", `<rect class="off" x="1185.0" y="0" width="255.0"`)
	s.get("/day?date=2025-10-05", auth...).want(t, http.StatusOK, "0 checks planned", `<rect class="off" x="0.0" y="0" width="1440.0"`)
	s.get("/explain", auth...).want(t, http.StatusOK, "is paused until Mon 6 Oct 2025 20:45 CEST", "session might be ending</bdi>: 10m")
	for _, at := range []string{"/explain?at=2025-10-07T12:00", "/explain?at=2025-10-03T12:00", "/explain?source=other", "/day?date=2025-10-07", "/day?date=2025-10-02"} {
		if strings.Contains(strings.ToLower(s.get(at, auth...).body), "paused") {
			t.Errorf("%s speaks of a pause", at)
		}
	}
	s.pause("game", 0)
	s.get("/", auth...).want(t, http.StatusOK, "paused until it is resumed")
	s.resume("game")
	s.get("/", auth...).want(t, http.StatusOK, "next check", `id="b-game"`)
	s.get("/day", auth...).want(t, http.StatusOK, `<rect class="off" x="1185.0" y="0" width="60.0"`) // what was
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log.String())
	}
}

// TestPausedAPI holds the answers of a paused source to the description, and tells
// that it is.
func TestPausedAPI(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), withToken)
	s.fill("game")
	s.pause("game", time.Hour)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", document(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, at, schema, want string }{
		{"GET", "/api/v1/status", "Status", `"health":"paused"`},
		{"GET", "/api/v1/sources/game", "Source", `"next":null,"paused":{"since":"2025-10-03T19:45:00+02:00","until":"2025-10-03T21:45:00+02:00"}`},
		{"GET", "/api/v1/sources/other", "Source", `"paused":null`},
		{"GET", "/api/v1/sources/game/day", "Day", `"paused":{"since":"2025-10-03T19:45:00+02:00"`},
		{"GET", "/api/v1/sources/game/explain", "Explanation", `"paused":{"since":`},
		{"GET", "/api/v1/sources/game/explain?at=2025-10-03T22:00", "Explanation", `"paused":null`},
		{"POST", "/api/v1/sources/game/check", "Error", `paused until Fri 3 Oct 2025 21:45 CEST: smartsync resume game ends it`},
	} {
		got := s.ask(c.method, c.at, "", "Authorization", "Bearer "+token)
		code := http.StatusOK
		if c.method == "POST" {
			code = http.StatusConflict
		}
		got.want(t, code, c.want)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.body))
		s.must(err)
		schema, err := compiler.Compile("openapi.json#/components/schemas/" + c.schema)
		s.must(err)
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", c.at, err)
		}
	}
	if s.poked != nil {
		t.Errorf("poked %q", s.poked)
	}
	var day dayAnswer
	s.must(json.Unmarshal([]byte(s.ask("GET", "/api/v1/sources/game/day", "", "Authorization", "Bearer "+token).body), &day))
	after := 0
	for _, p := range day.Planned {
		if day.Paused.holds(p.At) {
			t.Errorf("%s is planned, in the pause", p.At)
		} else if !p.At.Before(*day.Paused.Until) {
			after++
		}
	}
	if after == 0 || len(day.Planned) == after {
		t.Errorf("%d of %d checks are planned after the pause", after, len(day.Planned))
	}
	client := s.browser()
	s.post(client, "/login", url.Values{"token": {token}})
	s.post(client, "/check", url.Values{"source": {"game"}}).want(t, http.StatusConflict, "paused until Fri 3 Oct 2025 21:45 CEST")
	s.pause("game", 0)
	s.ask("POST", "/api/v1/sources/game/check", "", "Authorization", "Bearer "+token).want(t, http.StatusConflict, "paused until it is resumed")
	s.resume("game")
	s.ask("POST", "/api/v1/sources/game/check", "", "Authorization", "Bearer "+token).want(t, http.StatusAccepted)
}

func TestPausedMetrics(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), nil)
	s.fill("game")
	s.pause("game", 0)
	s.get("/metrics").want(t, http.StatusOK, `smartsync_source_paused{source="game"} 1`, `smartsync_source_paused{source="other"} 0`, `smartsync_next_check_timestamp_seconds{source="game"} 0`)
	s.get("/readyz").want(t, http.StatusOK, "ready")
	s.get("/healthz").want(t, http.StatusOK, "ok")
	s.resume("game")
	s.get("/metrics").want(t, http.StatusOK, `smartsync_source_paused{source="game"} 0`, `smartsync_next_check_timestamp_seconds{source="game"} 1.75951764e+09`)
}

// lost is a Memory of which no pause can be read.
type lost struct{ engine.Memory }

func (lost) Pause(context.Context, string) (store.Pause, error) {
	return store.Pause{}, errors.New("no")
}

// TestPagesFollowPauses: whoever looks is told once of each pause, and of its end.
func TestPagesFollowPauses(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), nil)
	memory, news := s.o.Meter.Memory(s.o.Store), s.o.Meter.hub.join()
	told := func() bool {
		select {
		case <-news:
			return true
		default:
			return false
		}
	}
	var seen bytes.Buffer
	look := func() {
		for range 3 {
			p, err := memory.Pause(t.Context(), "game")
			s.must(err)
			fmt.Fprint(&seen, p.At(evening), told(), " ")
		}
		rests, err := s.rests(t.Context())
		s.must(err)
		fmt.Fprintf(&seen, "%q\n", rests)
	}
	look()
	s.pause("game", 0)
	look()
	s.pause("game", time.Hour)
	look()
	s.resume("game")
	look()
	const want = `false false false false false false ""
true true true false true false "game -62135596800000\n"
true true true false true false "game 1759520700000\n"
false true false false false false ""
`
	if seen.String() != want {
		t.Errorf("seen\n%swant\n%s", &seen, want)
	}
	if _, err := s.o.Meter.Memory(lost{}).Pause(t.Context(), "game"); err == nil || told() {
		t.Errorf("an error is not passed on: %v", err)
	}
}
