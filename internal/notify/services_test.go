package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// desk is a server that takes messages as one service does; what its next answer is
// may be set. Whatever it refuses, it says back all that it was sent.
type desk struct {
	*httptest.Server
	kind string

	mu    sync.Mutex
	taken []string // titles and texts
	fault func(http.ResponseWriter, *http.Request) bool
	asked int
}

// kinds are the services that are reached over HTTP, with the addresses of a
// receiver of each; %s is the desk's host.
var kinds = map[string]string{
	"webhook":    "http://%s/in/S3cr3tPath?key=S3cr3tKey",
	"discord":    "http://%s" + hookPath,
	"telegram":   "telegram://123:S3cr3tToken@telegram?chats=-100200",
	"slack hook": "slack://hook:T00S3CR3T-B00S3CR3T-S3cr3tS3cr3tS3cr3tS3cr3t@webhook",
	"slack app":  "slack://xoxb:T00S3CR3T-B00S3CR3T-S3cr3tS3cr3tS3cr3tS3cr3t@C0000000001",
	"ntfy":       "ntfy://me:S3cr3tWord@%s/S3cr3tTopic?disabletls=yes&priority=high",
}

// openDesk returns a desk and a receiver's sender that leads to it.
func openDesk(t *testing.T, kind string) (*desk, sender) {
	t.Helper()
	d := &desk{kind: kind}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	host := strings.TrimPrefix(d.URL, "http://")
	s, err := newSender(Receiver{URL: strings.ReplaceAll(kinds[kind], "%s", host)})
	if err != nil {
		t.Fatal(err)
	}
	switch s := s.(type) { // these services have one address in the world
	case *telegram:
		s.api.Scheme, s.api.Host = "http", host
	case *slack:
		s.to.Scheme, s.to.Host = "http", host
	}
	return d, s
}

// seen returns how often it was asked, and what it took.
func (d *desk) seen() (int, []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked, d.taken
}

// answers sets what it does with the next requests.
func (d *desk) answers(fault func(http.ResponseWriter, *http.Request) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.fault != nil && d.fault(w, r) {
		return
	}
	body, err := io.ReadAll(r.Body)
	text, answer := d.read(r, body)
	if err != nil || text == "" || r.Method != http.MethodPost {
		http.Error(w, fmt.Sprintf("no such place: %s %v %s", r.URL, r.Header, body), http.StatusNotFound)
		return
	}
	d.taken = append(d.taken, text)
	_, _ = io.WriteString(w, answer)
}

// read returns what a request tells, empty when it is not as the service wants it,
// and the answer to it.
func (d *desk) read(r *http.Request, body []byte) (text, answer string) {
	var doc map[string]any
	isJSON := strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") && json.Unmarshal(body, &doc) == nil
	at := func(path string, want bool) string {
		if r.URL.Path != path || !want || isJSON == (d.kind == "ntfy") {
			return ""
		}
		if d.kind == "ntfy" {
			return r.Header.Get("Title") + "\n" + string(body)
		}
		return fmt.Sprint(doc)
	}
	switch d.kind {
	case "webhook":
		return at("/in/S3cr3tPath", r.URL.RawQuery == "key=S3cr3tKey"), ""
	case "discord":
		return at(hookPath, true), `{"id": "1"}`
	case "telegram":
		return at("/bot123:S3cr3tToken/sendMessage", doc["chat_id"] == "-100200"), `{"ok": true, "result": {"message_id": 7}}`
	case "slack hook":
		return at("/services/T00S3CR3T/B00S3CR3T/S3cr3tS3cr3tS3cr3tS3cr3t", doc["channel"] == nil), "ok"
	case "slack app":
		return at("/api/chat.postMessage", doc["channel"] == "C0000000001" &&
			r.Header.Get("Authorization") == "Bearer xoxb-T00S3CR3T-B00S3CR3T-S3cr3tS3cr3tS3cr3tS3cr3t"), `{"ok": true}`
	}
	user, password, _ := r.BasicAuth()
	return at("/S3cr3tTopic", user == "me" && password == "S3cr3tWord" && r.Header.Get("Priority") == "high"), `{"id": "x"}`
}

// hangUp sends a half answer with a status and closes the connection.
func hangUp(code int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"ok": `)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// echo refuses with all that was sent.
func echo(code int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		body, _ := io.ReadAll(r.Body)
		said := fmt.Sprintf("%s %s %s", r.URL, r.Header.Get("Authorization"), body)
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(map[string]any{"message": said, "description": said, "error": said})
		return true
	}
}

// TestServices has every service answer in every way, and holds what is made of it
// to one table: no address shows, whatever is answered.
func TestServices(t *testing.T) {
	const hint = 65 * time.Second
	page := "<html>" + strings.Repeat("x", 1000)
	wait := []string{"Retry-After", "65"}
	for name, test := range map[string]struct {
		fault func(http.ResponseWriter, *http.Request) bool
		kind  kind
		wait  time.Duration
	}{
		"400":                     {status(400, `{"ok": false, "description": "Bad Request", "message": "no", "error": "no"}`), refused, 0},
		"401":                     {status(401, `invalid_token`), gone, 0},
		"403":                     {status(403, page), gone, 0},
		"404":                     {status(404, `no_service`), gone, 0},
		"410":                     {status(410, `channel_is_archived`), gone, 0},
		"413":                     {status(413, ``), refused, 0},
		"408":                     {status(408, ``), again, 0},
		"too many":                {status(429, `{"code": 42901, "http": 429, "error": "limit reached"}`, wait...), again, hint},
		"too many, no word":       {status(429, ``), again, 5 * time.Second},
		"too many, till a date":   {status(429, ``, "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT", "Date", "Wed, 21 Oct 2026 07:26:55 GMT"), again, hint},
		"too many, till long ago": {status(429, ``, "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"), again, 5 * time.Second},
		"too many, till for ever": {status(429, ``, "Retry-After", "Wed, 21 Oct 2999 07:28:00 GMT"), again, time.Hour},
		"503, till a date":        {status(503, ``, "Retry-After", "Wednesday, 21-Oct-26 07:28:00 GMT", "Date", "Wed, 21 Oct 2026 07:26:55 GMT"), again, hint},
		"504":                     {status(504, ``), doubt, 0},
		"524":                     {status(524, page), doubt, 0},
		"too many, for very long": {status(429, ``, "Retry-After", "999999999"), again, time.Hour},
		"500":                     {status(500, `rollup_error`), doubt, 0},
		"502":                     {status(502, page), again, 0},
		"503":                     {status(503, ``, wait...), again, hint},
		"redirect":                {status(302, ``, "Location", "http://192.0.2.1/S3cr3t"), gone, 0},
		"echo":                    {echo(400), refused, 0},
		"echo of a failure":       {echo(500), doubt, 0},
		"no answer":               {reset, doubt, 0},
		"half an answer":          {hangUp(200), doubt, 0},
		"half a refusal":          {hangUp(404), gone, 0},
		"half a failure":          {hangUp(500), doubt, 0},
	} {
		for kind := range kinds {
			t.Run(name+"/"+kind, func(t *testing.T) {
				d, s := openDesk(t, kind)
				d.answers(test.fault)
				_, err := s.send(t.Context(), &message{Title: "a title", Text: "a text"}, "")
				got := failureOf(err)
				if err == nil || got.kind != test.kind || got.wait != test.wait || got.text == "" {
					t.Errorf("%+v, want kind %d and a wait of %s", got, test.kind, test.wait)
				}
				silent(t, kind, got.text)
				if asked, _ := d.seen(); asked != 1 {
					t.Errorf("asked %d times", asked)
				}
			})
		}
	}
}

// silent wants nothing of an address in a text.
func silent(t *testing.T, kind, text string) {
	t.Helper()
	login := "bWU6UzNjcjN0V29yZA==" // of ntfy's
	if strings.Contains(strings.ToLower(text), "s3cr3t") || strings.Contains(text, login) {
		t.Errorf("%s shows its address: %q", kind, text)
	}
}

// TestServicesTake sends to every service what it wants, and then again to a server
// that is slow, and to one that is gone.
func TestServicesTake(t *testing.T) {
	for kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			d, s := openDesk(t, kind)
			m := &message{Title: "supply – Zoë", Text: "played\nby 漢字", At: time.Now()}
			if _, err := s.send(t.Context(), m, ""); err != nil {
				t.Fatal(err)
			}
			_, taken := d.seen()
			for _, part := range []string{"supply – Zoë", "played", "by 漢字"} {
				if !strings.Contains(taken[0], part) {
					t.Errorf("no %q in %q", part, taken[0])
				}
			}
			if strings.HasPrefix(kind, "slack") && (strings.Count(taken[0], "text:") != 2 || !strings.Contains(taken[0], "played\nby")) {
				t.Errorf("not one box: %s", taken[0])
			}
			long := &message{Title: strings.Repeat("t", 1000), Text: strings.Repeat("ab\n", 10_000)}
			_, err := s.send(t.Context(), long, "")
			if _, taken = d.seen(); err != nil || len(taken) != 2 || len(taken[1]) > 60_000 {
				t.Errorf("a long text: %v", err)
			}

			slow, done := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer done()
			d.answers(func(_ http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client is gone
				<-r.Context().Done()
				return true
			})
			_, err = s.send(slow, m, "")
			if got := failureOf(err); got.kind != doubt || got.text != "it was sent, and then: no answer in time" {
				t.Errorf("a slow answer is %+v, %v", got, err)
			}
			d.Close()
			_, err = s.send(t.Context(), m, "")
			if got := failureOf(err); got.kind != again || !strings.HasPrefix(got.text, "cannot be reached: ") {
				t.Errorf("nobody there is %+v, %v", got, err)
			}
			silent(t, kind, fmt.Sprint(err))
		})
	}
}

// TestServicesInTheLog lets the courier meet every kind of failure, and reads what
// it says of them in the log, in the database and to the others.
func TestServicesInTheLog(t *testing.T) {
	for kind := range kinds {
		for name, fault := range map[string]func(http.ResponseWriter, *http.Request) bool{
			"refused": echo(400), "gone": echo(404), "failing": echo(500), "too many": echo(429), "no answer": reset, "half an answer": hangUp(200),
		} {
			d, sender := openDesk(t, kind)
			s := newStage(t, Events...)
			s.courier.sender = sender
			s.put("one")
			d.answers(fault)
			s.step()
			if said := s.log.Len() > 0; said != (name != "too many") { // a short wait is nobody's business
				t.Errorf("%s, %s: %q is said", kind, name, s.log)
			}
			readers, readErr := s.store.Readers(t.Context())
			notices, _, listErr := s.store.Notices(t.Context(), 0, 10)
			if err := errors.Join(readErr, listErr); err != nil {
				t.Fatal(err)
			}
			silent(t, kind, fmt.Sprint(s.log, readers, told(notices)))
		}
	}
}

func told(notices []store.Notice) (texts []string) {
	for _, n := range notices {
		texts = append(texts, n.Subject+n.Payload.Text)
	}
	return texts
}

// TestSlackApp has Slack's API say in a good answer that it is none.
func TestSlackApp(t *testing.T) {
	for word, want := range map[string]kind{"invalid_auth": gone, "token_revoked": gone, "channel_not_found": gone, "ratelimited": again, "internal_error": again, "msg_too_long": refused, "": refused} {
		d, s := openDesk(t, "slack app")
		d.answers(status(200, `{"ok": false, "error": "`+word+`"}`))
		if _, err := s.send(t.Context(), &message{Title: "x"}, ""); failureOf(err).kind != want || !strings.Contains(fmt.Sprint(err), word) {
			t.Errorf("%q is %v, want kind %d", word, err, want)
		}
	}
}

// TestServiceWords shows what a service says is wrong.
func TestServiceWords(t *testing.T) {
	for kind, body := range map[string]string{
		"slack hook": "channel_is_archived",
		"ntfy":       `{"code": 40301, "http": 403, "error": "channel_is_archived", "link": "https://ntfy.sh/docs"}`,
		"telegram":   `{"ok": false, "error_code": 403, "description": "channel_is_archived"}`,
		"webhook":    `{"message": "channel_is_archived"}`,
	} {
		d, s := openDesk(t, kind)
		d.answers(status(403, body))
		if _, err := s.send(t.Context(), &message{Title: "x"}, ""); fmt.Sprint(err) != "the answer is 403: channel_is_archived" {
			t.Errorf("%s says %v", kind, err)
		}
	}
}

// TestNtfyOptions reads the rest of an address of ntfy's.
func TestNtfyOptions(t *testing.T) {
	u, err := url.Parse("ntfy://ntfy.example/topic?tags=a,b&cache=no&click=https://example.org/&delay=1h")
	if err != nil {
		t.Fatal(err)
	}
	s, err := newNtfy(u)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"Priority": "default", "Tags": "a,b", "Cache": "no", "Click": "https://example.org/", "Delay": "1h", "Firebase": "", "Authorization": ""}
	for name, value := range want {
		if got := s.post.header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	if s.to.String() != "https://ntfy.example/topic" {
		t.Errorf("it is sent to %s", s.to)
	}
}
