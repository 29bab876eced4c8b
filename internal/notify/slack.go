package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	library "github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
)

// slack posts to a webhook of Slack's, or as an app of its. A library reads the
// address and makes the message; the request is our own, because the library does
// not tell a webhook that is gone, or a wish for fewer messages, from a lost answer.
type slack struct {
	post   *post
	config library.Config
	to     *url.URL
}

// slackAPI is where an app posts.
const slackAPI = "https://slack.com/api/chat.postMessage"

func newSlack(u *url.URL) (*slack, error) {
	config, err := library.CreateConfigFromURL(u)
	if err != nil {
		return nil, incomplete(u)
	}
	s := &slack{post: newPost(u.String()), config: *config}
	address := slackAPI
	if config.Token.IsAPIToken() {
		s.post.header.Set("Authorization", config.Token.Authorization())
	} else {
		address = config.Token.WebhookURL()
		s.post.plain = true
	}
	if s.to, err = url.Parse(address); err != nil {
		return nil, incomplete(u)
	}
	token := strings.FieldsFunc(config.Token.String(), func(r rune) bool { return r == ':' || r == '-' })
	s.post.secrets = longestFirst(slices.Concat(s.post.secrets, token[1:]))
	return s, nil
}

var _ sender = (*slack)(nil)

func (s *slack) edits() bool               { return false }
func (s *slack) escape(text string) string { return slackSigns.Replace(apart(text)) }

// slackSigns are those by which Slack knows a mention, such as <!channel>, and a link.
var slackSigns = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// payload is m as the library makes it, but for the text: it would put each line
// into a box of its own.
func (s *slack) payload(m *message) any {
	config := s.config
	config.Title = m.Title
	text := cutBytes(m.text(), mostSlack)
	payload := library.CreateJSONPayload(&config, strings.ReplaceAll(text, "\n", " "))
	if p, ok := payload.(library.MessagePayload); ok && len(p.Attachments) > 0 {
		p.Attachments[0].Text = text // the slice is the payload's
	}
	return payload
}

// mostSlack bounds the text of a message, in bytes.
const mostSlack = 4000

func (s *slack) send(ctx context.Context, m *message, _ string) (string, error) {
	answer, _, err := s.post.do(ctx, http.MethodPost, s.to, s.payload(m))
	if err != nil || s.post.plain {
		return "", err
	}
	said := library.APIResponse{}
	if json.Unmarshal(answer, &said) != nil || said.Ok {
		return "", nil
	}
	f := &failure{kind: refused, text: "the answer is " + s.post.scrub(clean(said.Error))}
	switch said.Error {
	case "ratelimited", "rate_limited", "internal_error", "fatal_error", "request_timeout", "service_unavailable":
		f.kind = again
	case "not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "missing_scope", "no_permission",
		"channel_not_found", "not_in_channel", "is_archived":
		f.kind = gone
	}
	return "", f
}
