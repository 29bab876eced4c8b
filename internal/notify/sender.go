package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// sender delivers messages to one service.
type sender interface {
	// send delivers m, in place of the earlier message with the id edit when that is
	// not empty, and returns what the service calls it; empty where it does not say.
	// A failure is a *failure.
	send(ctx context.Context, m *message, edit string) (id string, err error)
	// edits tells whether send may change earlier messages.
	edits() bool
	// escape is how foreign text is written in a message.
	escape(text string) string
}

// kind is what a failure means for what comes next.
type kind int

const (
	again   kind = iota // it did not arrive: try again later
	doubt               // it may have arrived
	refused             // this message is not taken: no use in trying it again
	gone                // the receiver takes nothing any more
	lost                // the message to be changed is not there any more
	partly              // it arrived, but not for everybody
)

// failure is why a message was not delivered. Its text holds nothing of the
// receiver's address.
type failure struct {
	kind kind
	wait time.Duration // before which trying again is no use; 0: unknown
	text string

	answered bool // of doubt: the answer is that the server failed
}

func (f *failure) Error() string { return f.text }

func fail(k kind, format string, args ...any) error {
	return &failure{kind: k, text: fmt.Sprintf(format, args...)}
}

// Check returns what is wrong with a receiver's address, without showing it; nil
// when messages can be sent there.
func Check(address string) error {
	_, err := newSender(Receiver{URL: address})
	return err
}

// newSender returns the sender for a receiver's address.
func newSender(r Receiver) (sender, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, errors.New("the address cannot be read")
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		switch {
		case u.Host == "":
			return nil, errors.New("the address names no host")
		case u.Scheme == "http" && !loopback(u.Hostname()):
			return nil, errors.New("the address must begin with https://")
		case strings.Contains(u.Path, "/api/webhooks/") || ofDiscord(u.Hostname()):
			return newDiscord(u, r.Username)
		}
		return &webhook{post: newPost(r.URL), url: u}, nil
	case "telegram":
		return newTelegram(u)
	case "slack":
		return newSlack(u)
	case "ntfy":
		return newNtfy(u)
	case "smtp":
		return newMail(u)
	}
	if u.Scheme == "" && strings.Contains(r.URL, "/") {
		return nil, errors.New("the address must begin with https://, or with telegram://, slack://, ntfy:// or smtp://")
	}
	return nil, errors.New("write a Discord webhook, telegram://, slack://, ntfy://, smtp:// or an https:// address that takes JSON")
}

// ofDiscord tells a host of Discord's: nothing but webhooks is sent there.
func ofDiscord(host string) bool {
	host = strings.ToLower(host)
	for _, name := range []string{"discord.com", "discordapp.com"} {
		if host == name || strings.HasSuffix(host, "."+name) {
			return true
		}
	}
	return host == "discord.gg"
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }
