package notify

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// webhook posts messages as JSON to an address of the operator's choice.
type webhook struct {
	post *post
	url  *url.URL
}

var _ sender = (*webhook)(nil)

func (w *webhook) edits() bool               { return false }
func (w *webhook) escape(text string) string { return clean(text) }

// posted is what a webhook gets.
type posted struct {
	Title string    `json:"title"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

func (w *webhook) send(ctx context.Context, m *message, _ string) (string, error) {
	_, _, err := w.post.do(ctx, http.MethodPost, w.url, posted{m.Title, m.text(), m.At.UTC()})
	return "", err
}
