package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// telegram sends as a bot to one chat. It has its own few lines because the
// library that knows the other services takes a lost connection to Telegram for a
// message that arrived.
type telegram struct {
	post *post
	api  *url.URL // https://api.telegram.org/bot<token>
	chat string
}

var (
	telegramToken = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	telegramChat  = regexp.MustCompile(`^(-?[0-9]+|@[A-Za-z0-9_]+)$`)
)

// newTelegram reads telegram://TOKEN@telegram?chats=CHAT.
func newTelegram(u *url.URL) (*telegram, error) {
	token, chat := u.User.String(), u.Query().Get("chats")
	if unescaped, err := url.PathUnescape(token); err == nil {
		token = unescaped
	}
	if !telegramToken.MatchString(token) || !telegramChat.MatchString(chat) {
		return nil, errors.New("write telegram://TOKEN@telegram?chats=CHAT, with the bot's token and one chat's number or @name")
	}
	p := newPost(u.String())
	p.secrets = longestFirst(append(p.secrets, token))
	return &telegram{post: p, api: &url.URL{Scheme: "https", Host: "api.telegram.org", Path: "/bot" + token}, chat: chat}, nil
}

var _ sender = (*telegram)(nil)

func (t *telegram) edits() bool               { return true }
func (t *telegram) escape(text string) string { return apart(text) }

// mostTelegram is what a message may hold, in characters.
const mostTelegram = 4096

func (t *telegram) send(ctx context.Context, m *message, edit string) (string, error) {
	body := map[string]any{
		"chat_id": t.chat, "text": cut(strings.TrimSpace(m.Title+"\n\n"+m.text()), mostTelegram/2), // one of ours may be two of theirs
		"link_preview_options": map[string]bool{"is_disabled": true},
	}
	to := *t.api
	to.Path += "/sendMessage"
	if edit != "" {
		to.Path = t.api.Path + "/editMessageText"
		body["message_id"], _ = strconv.Atoi(edit) // it was made by Itoa
	}
	answer, _, err := t.post.do(ctx, http.MethodPost, &to, body)
	if e, ok := errors.AsType[*failure](err); ok && edit != "" && e.kind == refused {
		if strings.Contains(e.text, "not modified") {
			return edit, nil
		}
		e.kind = lost
	}
	if err != nil {
		return "", err
	}
	sent := struct {
		Result struct {
			ID int `json:"message_id"`
		} `json:"result"`
	}{}
	if json.Unmarshal(answer, &sent) != nil || sent.Result.ID == 0 {
		return edit, nil
	}
	return strconv.Itoa(sent.Result.ID), nil
}
