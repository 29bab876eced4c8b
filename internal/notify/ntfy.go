package notify

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"

	library "github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
)

// ntfy publishes to a topic. A library reads the address; the request is our own,
// because the library does not tell a wish for fewer messages, or a wrong password,
// from a lost answer.
type ntfy struct {
	post *post
	to   *url.URL
}

func newNtfy(u *url.URL) (*ntfy, error) {
	address := u.String()
	read := &library.Service{}
	if err := read.Initialize(u, nil); err != nil {
		return nil, incomplete(u)
	}
	config := read.Config
	to, err := url.Parse(config.GetAPIURL())
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, incomplete(u)
	}
	s := &ntfy{post: newPost(address), to: to}
	if config.DisableTLSVerification {
		s.post.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	}
	for name, value := range map[string]string{
		"Priority": strings.ToLower(config.Priority.String()), "Tags": strings.Join(config.Tags, ","), "Delay": config.Delay,
		"Actions": strings.Join(config.Actions, ";"), "Click": config.Click, "Attach": config.Attach, "Icon": config.Icon,
		"Filename": config.Filename, "Email": config.Email, "Cache": unless(config.Cache), "Firebase": unless(config.Firebase),
	} {
		if value != "" {
			s.post.header.Set(name, value)
		}
	}
	if config.Username != "" || config.Password != "" {
		login := &http.Request{Header: s.post.header}
		login.SetBasicAuth(config.Username, config.Password)
		_, encoded, _ := strings.Cut(s.post.header.Get("Authorization"), " ")
		s.post.secrets = longestFirst(append(s.post.secrets, encoded))
	}
	return s, nil
}

// unless is what a header says of a thing that is not wished for.
func unless(wished bool) string {
	if wished {
		return ""
	}
	return "no"
}

var _ sender = (*ntfy)(nil)

func (s *ntfy) edits() bool               { return false }
func (s *ntfy) escape(text string) string { return clean(text) }

// mostNtfy is less than what makes a message an attachment, in bytes.
const mostNtfy = 4000

func (s *ntfy) send(ctx context.Context, m *message, _ string) (string, error) {
	header := http.Header{"Title": {clean(m.Title)}, "Content-Type": {"text/plain; charset=utf-8"}}
	_, _, err := s.post.ask(ctx, http.MethodPost, s.to, []byte(cutBytes(m.text(), mostNtfy)), header)
	return "", err
}
