package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// ring is h, with a word on told after each request.
func ring(h http.Handler, told chan<- struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		select {
		case told <- struct{}{}:
		default:
		}
	})
}

func stopping(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func TestCheck(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://discord.com/api/webhooks/1/abc-_D":                            true,
		"https://canary.discord.com/api/v10/webhooks/1/abc":                    true,
		"https://discord.com/api/webhooks/1/abc?thread_id=5":                   true,
		"https://discord.com/api/webhooks/S3cr3t":                              false,
		"http://discord.com/api/webhooks/1/S3cr3t":                             false,
		"https://discord.com/channels/1/2":                                     false,
		"https://ptb.discordapp.com/api/v10/webhooks/1/abc":                    true,
		"https://discord.gg/S3cr3t":                                            false,
		"https://notdiscord.com/hook":                                          true,
		"discord.com/api/webhooks/1/S3cr3t":                                    false,
		"http://127.0.0.1:8080/hook":                                           true,
		"https://example.org/hook?key=S3cr3t":                                  true,
		"https:///S3cr3t":                                                      false,
		"telegram://123:abc_DEF-9@telegram?chats=-100":                         true,
		"telegram://123:S3cr3t@telegram":                                       false,
		"slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook":  true,
		"slack://S3cr3t":                                                       false,
		"ntfy://ntfy.sh/S3cr3t":                                                true,
		"smtp://u:p@mail.example:587/?from=a@example.org&to=b@example.org":     true,
		"smtp://u:S3cr3t@mail.example:port/":                                   false,
		"smtp://u:S3cr3t@mail.example/?to=b@example.org":                       false,
		"smtp://u:S3cr3t@mail.example/?from=a@example.org&to=S3cr3t":           false,
		"smtp://u:S3cr3t@mail.example/?from=a@example.org%0d%0aBcc:x&to=b@c.d": false,
		"smtp://u:p@mail.example/?from=a@example.org&to=b+tag@c.d,e@f.gh":      true,
		"gopher://S3cr3t":                                                      false,
		"S3cr3t\x7f":                                                           false,
		"":                                                                     false,
	} {
		err := Check(address)
		if (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "S3cr3t") {
			t.Errorf("%q shows: %v", address, err)
		}
	}
}

func TestWebhook(t *testing.T) {
	var got posted
	answer := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(answer)
	}))
	defer server.Close()
	r := Receiver{Name: "own", URL: server.URL + "/in?key=S3cr3t"}
	if err := Try(t.Context(), Setting{}, r, "match", sample("match").At); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Title, "supply") || !strings.Contains(got.Text, "Ada") {
		t.Errorf("posted is %+v", got)
	}
	answer = http.StatusForbidden
	if err := Try(t.Context(), Setting{}, r, "", got.At); err == nil || Temporary(err) || strings.Contains(err.Error(), "S3cr3t") {
		t.Errorf("a refusal is %v", err)
	}
	server.Close()
	if err := Try(t.Context(), Setting{}, r, "", got.At); !Temporary(err) || strings.Contains(err.Error(), "S3cr3t") {
		t.Errorf("a dead endpoint is %v", err)
	}
}

func TestTelegram(t *testing.T) {
	var path string
	var got map[string]any
	answer := `{"ok": true, "result": {"message_id": 42}}`
	code := 200
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	u, _ := url.Parse("telegram://123:S3cr3t@telegram?chats=@team")
	s, err := newTelegram(u)
	if err != nil {
		t.Fatal(err)
	}
	api, _ := url.Parse(server.URL + "/bot123:S3cr3t")
	s.api = api
	m := &message{Title: "supply", Text: "*not bold*"}
	id, err := s.send(t.Context(), m, "")
	if err != nil || id != "42" || path != "/bot123:S3cr3t/sendMessage" || got["chat_id"] != "@team" || got["text"] != "supply\n\n*not bold*" || got["parse_mode"] != nil {
		t.Errorf("sent %v to %s: %q, %v", got, path, id, err)
	}
	if id, err := s.send(t.Context(), m, "42"); err != nil || id != "42" || path != "/bot123:S3cr3t/editMessageText" || got["message_id"] != 42.0 {
		t.Errorf("changed %v at %s: %q, %v", got, path, id, err)
	}
	code, answer = 429, `{"ok": false, "description": "Too Many Requests", "parameters": {"retry_after": 7}}`
	if _, err := s.send(t.Context(), m, ""); failureOf(err).wait.Seconds() != 7 {
		t.Errorf("a limit is %v", err)
	}
	code, answer = 400, `{"ok": false, "description": "Bad Request: message to edit not found"}`
	if _, err := s.send(t.Context(), m, "42"); err == nil || failureOf(err).kind != lost {
		t.Errorf("a lost message is %v", err)
	}
}

// failureOf is the failure that err is; the zero one when it is none.
func failureOf(err error) failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return *f
	}
	return failure{}
}
