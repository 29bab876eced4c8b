package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/engine"
)

// filled fills in a route's wildcards.
func filled(pattern string) (method, at string) {
	method, at, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer("{$}", "", "{file}", "style.css", "{source}", "game").Replace(at)
}

// TestAccess asks for every route as everybody may: with no token set, with one set
// and not sent, with a wrong one, and with the right one.
func TestAccess(t *testing.T) {
	free := newStage(t, shippedSchedule(t), nil)
	shut := newStage(t, shippedSchedule(t), withToken)
	for _, r := range free.routes() {
		method, at := filled(r.pattern)
		if at == "/events" {
			continue // it does not end; see TestEvents
		}
		refused := func(a answer) bool {
			return a.code == http.StatusUnauthorized && strings.Contains(a.body, "this needs the token") && strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer")
		}
		if got := free.ask(method, at, ""); (got.code == http.StatusForbidden) != (r.access == writing) || refused(got) {
			t.Errorf("%s without a token set: %d %s", r.pattern, got.code, got.body)
		}
		for _, wrong := range []string{"", "Bearer wrong", "Bearer ", "Bearer " + token + "x", "Basic " + token, token} {
			if got := shut.ask(method, at, "", "Authorization", wrong); refused(got) != (r.access != open) {
				t.Errorf("%s with %q: %d %s", r.pattern, wrong, got.code, got.body)
			}
		}
		if got := shut.ask(method, at, "", "Authorization", "Bearer "+token); refused(got) || got.code == http.StatusForbidden {
			t.Errorf("%s with the token: %d %s", r.pattern, got.code, got.body)
		}
	}
	if len(free.poked) > 0 {
		t.Errorf("checks were asked for: %q", free.poked)
	}
	shut.get("/day?date=2025-10-03").want(t, http.StatusSeeOther)
	if to := shut.get("/day?date=2025-10-03").header.Get("Location"); to != "/login?to=%2Fday%3Fdate%3D2025-10-03" {
		t.Errorf("led to %q", to)
	}
}

func TestLogin(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	browser := s.browser()
	s.post(browser, "/login", url.Values{"token": {"wrong"}, "to": {"/day"}}).want(t, http.StatusUnauthorized, "This is not the token", `name="to" value="/day"`)
	s.post(browser, "/login", url.Values{"token": {token}, "to": {"/day"}}).want(t, http.StatusOK, "<h1>Day</h1>", "Log out")
	home, err := url.Parse(s.http.URL)
	s.must(err)
	cookies := browser.Jar.Cookies(home)
	if len(cookies) != 1 || strings.Contains(cookies[0].Value, token) {
		t.Fatalf("cookies %v", cookies)
	}
	s.post(browser, "/check", url.Values{"source": {"game"}}).want(t, http.StatusOK, "A check of game was asked for")
	s.post(browser, "/logout", nil).want(t, http.StatusOK, "Log in")
	if left := browser.Jar.Cookies(home); len(left) > 0 {
		t.Errorf("cookies after the logout: %v", left)
	}

	plain := s.ask("POST", "/login", url.Values{"token": {token}}.Encode(), "Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-Proto", "https")
	set := plain.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=2592000"} {
		if !strings.Contains(set, want) {
			t.Errorf("no %s in %q", want, set)
		}
	}
	other := New(Options{Token: token + "2"})
	for name, value := range map[string]string{
		"right":              s.session(evening.Add(time.Hour)),
		"ended":              s.session(evening.Add(-time.Second)),
		"of another token":   other.session(evening.Add(time.Hour)),
		"prolonged":          "9" + s.session(evening.Add(time.Hour)),
		"without a seal":     strconv.FormatInt(evening.Unix()+60, 10) + ".",
		"the token":          token,
		"nothing":            "",
		"with a second seal": s.session(evening.Add(time.Hour)) + ".x",
	} {
		got := s.ask("GET", "/api/v1/status", "", "Cookie", cookieName+"="+value)
		if (got.code == http.StatusOK) != (name == "right") {
			t.Errorf("a cookie that is %s: %d", name, got.code)
		}
	}
}

// TestLoginLimit bounds how fast a token can be guessed.
func TestLoginLimit(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	codes := map[int]int{}
	for range 40 {
		codes[s.post(s.browser(), "/login", url.Values{"token": {"guess"}}).code]++
	}
	if codes[http.StatusUnauthorized] < 10 || codes[http.StatusTooManyRequests] < 20 {
		t.Errorf("codes %v", codes)
	}
}

func TestLocalPath(t *testing.T) {
	for to, want := range map[string]string{
		"/day?date=2025-10-03": "/day?date=2025-10-03", "/": "/", "": "/", "day": "/",
		"//evil.test": "/", "///evil.test": "/", `/\evil.test`: "/", "https://evil.test/": "/", "javascript:alert(1)": "/",
		"/%2f%2fevil.test": "/", "http:/x": "/", "\x00/": "/",
	} {
		if got := localPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
}

// TestHosts refuses names that may be a foreign site's which was made to lead here.
func TestHosts(t *testing.T) {
	s := newStage(t, shippedSchedule(t), func(o *Options) { o.Hosts = []string{"stats.example.org"} })
	for host, code := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1": 200, "127.0.0.1:1": 200, "[::1]:8080": 200, "127.8.8.8": 200,
		"stats.example.org": 200, "Stats.Example.org:443": 200,
		"evil.test": 421, "evil.test:8080": 421, "localhost.evil.test": 421, "stats.example.org.evil.test": 421,
		"192.168.1.5": 421, "0.0.0.0": 421, "[::]": 421, "169.254.169.254": 421, "127.0.0.1.evil.test": 421, "2130706433": 421,
	} {
		for _, where := range []string{"/", "/healthz", "/api/v1/status", "/static/style.css"} {
			if got := s.get(where, "Host", host); got.code != code {
				t.Errorf("host %q, %s: %d, want %d", host, where, got.code, code)
			}
		}
	}
	s.ask("GET", "/", "", "Host", "evil.test").want(t, 421, "add it under web: hosts")
}

// TestForeignSites sends what another site's page could make a browser send.
func TestForeignSites(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	cookie := cookieName + "=" + s.session(evening.Add(time.Hour))
	for name, headers := range map[string][]string{
		"a form of another site":     {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.test"},
		"a form of a sister site":    {"Sec-Fetch-Site", "same-site", "Origin", "https://b.example.org"},
		"an old browser's form":      {"Origin", "https://evil.test"},
		"a page in a sandbox":        {"Origin", "null"},
		"another port of this host":  {"Origin", "http://127.0.0.1:1"},
		"a text that looks like one": {"Origin", "http://evil.test", "Content-Type", "text/plain"},
	} {
		for _, where := range []string{"/check", "/api/v1/sources/game/check", "/login", "/logout"} {
			got := s.ask("POST", where, "source=game", append(headers, "Cookie", cookie)...)
			got.want(t, http.StatusForbidden, "another site sent this request")
			if t.Failed() {
				t.Fatalf("%s, %s", name, where)
			}
		}
	}
	s.ask("GET", "/events", "", "Sec-Fetch-Site", "cross-site", "Cookie", cookie).want(t, http.StatusForbidden)
	if len(s.poked) > 0 {
		t.Errorf("checks were asked for: %q", s.poked)
	}
	for _, own := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", s.http.URL}, {}} {
		s.ask("POST", "/api/v1/sources/game/check", "", append(own, "Cookie", cookie)...).want(t, http.StatusAccepted)
	}
}

// TestGetChangesNothing asks for what a POST does.
func TestGetChangesNothing(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	for _, where := range []string{"/check?source=game", "/api/v1/sources/game/check", "/logout"} {
		got := s.ask("GET", where, "", "Authorization", "Bearer "+token)
		if got.code != http.StatusNotFound && got.code != http.StatusMethodNotAllowed || got.header.Get("Set-Cookie") != "" {
			t.Errorf("GET %s: %d", where, got.code)
		}
	}
	if len(s.poked) > 0 {
		t.Errorf("checks were asked for: %q", s.poked)
	}
}

func TestPokes(t *testing.T) {
	s := newStage(t, many(t, "game", "other"), withToken)
	poke := func(source string) answer {
		return s.ask("POST", "/api/v1/sources/"+source+"/check", "", "Authorization", "Bearer "+token)
	}
	codes := map[int]int{}
	for range 50 {
		got := poke("game")
		if codes[got.code]++; got.code == http.StatusTooManyRequests {
			if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 || wait > 5 {
				t.Fatalf("Retry-After %q", got.header.Get("Retry-After"))
			}
		}
	}
	if codes[http.StatusAccepted] < 3 || codes[http.StatusAccepted] > 6 || codes[http.StatusTooManyRequests] < 40 || len(s.poked) != codes[http.StatusAccepted] {
		t.Errorf("codes %v, %d pokes", codes, len(s.poked))
	}
	poke("other").want(t, http.StatusAccepted, `{"source":"other"}`)
	poke("x").want(t, http.StatusNotFound, "no such source")
	poke("..%2f..").want(t, http.StatusNotFound)
	s.refuse = engine.ErrStopping
	poke("other").want(t, http.StatusServiceUnavailable, "takes no checks just now")
	s.refuse = engine.ErrNoSource
	poke("other").want(t, http.StatusNotFound)
	s.get("/metrics", "Authorization", "Bearer "+token).want(t, http.StatusOK,
		`smartsync_pokes_total{result="taken",source="other"} 1`, `smartsync_pokes_total{result="refused",source="other"} 2`)
}

// TestBounds sends more than a request may hold.
func TestBounds(t *testing.T) {
	s := newStage(t, shippedSchedule(t), withToken)
	s.ask("POST", "/login", "token="+strings.Repeat("x", 1<<20), "Content-Type", "application/x-www-form-urlencoded").want(t, http.StatusBadRequest, "the form cannot be read")
	for name, value := range headers {
		if got := s.ask("GET", "/healthz", "").header.Get(name); got != value {
			t.Errorf("%s: %q", name, got)
		}
	}
	if cache := s.get("/static/style.css").header.Get("Cache-Control"); !strings.Contains(cache, "max-age") {
		t.Errorf("styles are cached: %q", cache)
	}
}
