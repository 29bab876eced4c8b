package notify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

const hookPath = "/api/webhooks/123456789012345678/S3cr3t-Token_x"

// discordServer behaves as Discord's webhook API does: what it refuses there it
// refuses here. faults are answers for the next requests, in their order; nil is
// none.
type discordServer struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	next     int
	messages map[string]envelope // by id
	order    []string            // ids as they were made
	edits    int
	asked    int
	faults   []func(w http.ResponseWriter, r *http.Request) (handled bool)
}

func newDiscordServer(t *testing.T) *discordServer {
	d := &discordServer{t: t, messages: map[string]envelope{}}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

func (d *discordServer) hook() string { return d.URL + hookPath }

// fault lets the next requests go wrong.
func (d *discordServer) fault(f ...func(http.ResponseWriter, *http.Request) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, f...)
}

// titles are those of all messages, oldest first.
func (d *discordServer) titles() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var titles []string
	for _, id := range d.order {
		titles = append(titles, d.messages[id].Embeds[0].Title)
	}
	return strings.Join(titles, " | ")
}

func (d *discordServer) last() envelope {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.messages[d.order[len(d.order)-1]]
}

func (d *discordServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	body, err := io.ReadAll(r.Body)
	if err != nil {
		d.t.Error(err)
	}
	refuse := func(status, code int, text string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"message": %q, "code": %d}`, text, code)
	}
	if len(d.faults) > 0 {
		fault := d.faults[0]
		if d.faults = d.faults[1:]; fault != nil && fault(w, r) {
			return
		}
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		refuse(400, 50109, "The request body contains invalid JSON.")
		return
	}
	if e.Mentions.Parse == nil || len(e.Mentions.Parse) > 0 {
		d.t.Errorf("mentions are not disabled: %s", body)
	}
	if text := fits(e); text != "" {
		refuse(400, 50035, text)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, hookPath)
	id, isMessage := strings.CutPrefix(rest, "/messages/")
	switch {
	case !ok:
		refuse(404, 10015, "Unknown Webhook")
	case r.Method == http.MethodPost && rest == "":
		d.next++
		id = fmt.Sprint(1000000000000000000 + d.next)
		d.messages[id], d.order = e, append(d.order, id)
		if r.URL.Query().Get("wait") != "true" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		fmt.Fprintf(w, `{"id": %q, "type": 0}`, id)
	case r.Method == http.MethodPatch && isMessage:
		if _, ok := d.messages[id]; !ok {
			refuse(404, unknownMessage, "Unknown Message")
			return
		}
		d.messages[id] = e
		d.edits++
		fmt.Fprintf(w, `{"id": %q}`, id)
	default:
		refuse(405, 0, "405: Method Not Allowed")
	}
}

// fits is what Discord would complain about; empty: nothing.
func fits(e envelope) string {
	n := utf8.RuneCountInString
	if len(e.Embeds) == 0 || len(e.Embeds) > 10 || n(e.Username) > 80 {
		return "embeds or username"
	}
	total := 0
	for _, em := range e.Embeds {
		if n(em.Title) > 256 || n(em.Description) > 4096 || len(em.Fields) > 25 || em.Title+em.Description == "" && len(em.Fields) == 0 {
			return "embed"
		}
		total += n(em.Title) + n(em.Description)
		for _, f := range em.Fields {
			if n(f.Name) > 256 || n(f.Value) > 1024 || f.Name == "" || f.Value == "" {
				return "embed field"
			}
			total += n(f.Name) + n(f.Value)
		}
		if em.Footer != nil {
			if n(em.Footer.Text) > 2048 {
				return "footer"
			}
			total += n(em.Footer.Text)
		}
	}
	if total > 6000 {
		return "embeds are too long"
	}
	return ""
}

// status answers with a status, headers and a body.
func status(code int, body string, headers ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
		return true
	}
}

// reset takes the request and hangs up without a word.
func reset(w http.ResponseWriter, _ *http.Request) bool {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
	return true
}
