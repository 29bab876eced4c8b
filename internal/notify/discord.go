package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// What Discord takes, in characters.
const (
	maxTitle       = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxUsername    = 80
	maxEmbed       = 6000 // all of it
)

// discord sends to a webhook of Discord's.
type discord struct {
	post     *post
	url      *url.URL // without a query
	thread   string   // thread_id; may be empty
	username string
	rest     time.Time // before which Discord wants no further message
}

var webhookPath = regexp.MustCompile(`^(?:/.*)?/api/(?:v[0-9]+/)?webhooks/[0-9]+/[A-Za-z0-9_-]+/?$`)

func newDiscord(u *url.URL, username string) (*discord, error) {
	if !webhookPath.MatchString(u.Path) {
		return nil, errors.New("this is no Discord webhook: copy it from the channel's settings, Integrations, Webhooks")
	}
	if err := CheckUsername(username); err != nil {
		return nil, err
	}
	bare := *u
	bare.RawQuery, bare.Fragment, bare.Path = "", "", strings.TrimSuffix(u.Path, "/")
	return &discord{post: newPost(u.String()), url: &bare, thread: u.Query().Get("thread_id"), username: cut(clean(username), maxUsername)}, nil
}

// CheckUsername returns what is wrong with the name that messages are to come from;
// an empty one is the webhook's own.
func CheckUsername(name string) error {
	if low := strings.ToLower(name); strings.Contains(low, "discord") || strings.Contains(low, "clyde") {
		return errors.New("a username must not hold discord or clyde: Discord forbids it")
	}
	return nil
}

var _ sender = (*discord)(nil)

func (d *discord) edits() bool               { return true }
func (d *discord) escape(text string) string { return escaped(text) }

// embed is a message as Discord shows it in a box.
type embed struct {
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	Color       int          `json:"color,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Footer      *embedFooter `json:"footer,omitempty"`
	Fields      []embedField `json:"fields,omitempty"`
}

type embedFooter struct {
	Text string `json:"text"`
}

type embedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// envelope is the body of a request. Nothing in it mentions anybody.
type envelope struct {
	Username string  `json:"username,omitempty"`
	Embeds   []embed `json:"embeds"`
	Mentions struct {
		Parse []string `json:"parse"`
	} `json:"allowed_mentions"`
}

// send posts m, or changes the message edit.
func (d *discord) send(ctx context.Context, m *message, edit string) (string, error) {
	if wait := time.Until(d.rest); wait > 0 {
		return "", &failure{kind: again, wait: wait, text: "it asks for fewer messages"}
	}
	body := envelope{Username: d.username, Embeds: []embed{embedOf(m)}}
	body.Mentions.Parse = []string{}
	to, method, query := *d.url, http.MethodPost, url.Values{"wait": {"true"}}
	if edit != "" {
		method, body.Username = http.MethodPatch, ""
		to.Path += "/messages/" + edit
		query.Del("wait")
	}
	if d.thread != "" {
		query.Set("thread_id", d.thread)
	}
	to.RawQuery = query.Encode()
	answer, header, err := d.post.do(ctx, method, &to, body)
	if err != nil {
		return "", err
	}
	if header.Get("X-RateLimit-Remaining") == "0" {
		d.rest = time.Now().Add(headerSeconds(header, "X-RateLimit-Reset-After"))
	}
	sent := struct {
		ID string `json:"id"`
	}{}
	if err := json.Unmarshal(answer, &sent); err != nil || !snowflake.MatchString(sent.ID) {
		return edit, nil // it was taken: it just cannot be changed later
	}
	return sent.ID, nil
}

var snowflake = regexp.MustCompile(`^[0-9]{1,24}$`)

// embedOf trims m to what Discord takes.
func embedOf(m *message) embed {
	left := maxEmbed
	take := func(text string, most int) string {
		text = cut(text, min(most, left))
		left -= utf8.RuneCountInString(text)
		return text
	}
	e := embed{Color: m.Colour, Title: take(m.Title, maxTitle)}
	if !m.At.IsZero() {
		e.Timestamp = m.At.UTC().Format(time.RFC3339)
	}
	if footer := take(m.Footer, maxFooter); footer != "" {
		e.Footer = &embedFooter{footer}
	}
	e.Description = take(m.Text, maxDescription)
	for _, f := range m.Fields[:min(len(m.Fields), maxFields)] {
		// What is no text counts for nothing: a field of it alone would be refused.
		name, value := strings.ToValidUTF8(f.Name, ""), strings.ToValidUTF8(f.Value, "")
		if left < 8 || strings.TrimSpace(value) == "" {
			continue
		}
		e.Fields = append(e.Fields, embedField{Name: take(cmp.Or(name, "…"), min(maxFieldName, left/2)), Value: take(value, maxFieldValue)})
	}
	if e.Title == "" && e.Description == "" && len(e.Fields) == 0 {
		e.Description = "…" // an empty one is refused
	}
	return e
}

// longestFirst returns the parts that are long enough to be secrets.
func longestFirst(parts []string) []string {
	parts = slices.DeleteFunc(parts, func(p string) bool { return len(p) < 4 || p == "webhooks" })
	slices.SortFunc(parts, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return slices.Compact(parts)
}
