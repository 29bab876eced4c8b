package notify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// sendLimit bounds one request, its answer included.
	sendLimit = 20 * time.Second
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 64 << 10
	// longestWait bounds how long a service may ask to be left alone.
	longestWait = time.Hour
)

// post makes HTTP requests to one receiver.
type post struct {
	client  *http.Client
	header  http.Header // of every request
	secrets []string    // parts of the address that no text may hold
	plain   bool        // the text of an answer says what is wrong
}

func newPost(address string) *post {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 15 * time.Second
	transport.MaxResponseHeaderBytes = maxAnswer
	transport.DisableKeepAlives = true // a connection that died unseen would look like a lost answer
	return &post{
		client: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		header:  http.Header{"User-Agent": {"smartsync (https://github.com/smartsync/smartsync, 1)"}},
		secrets: secretsOf(address),
	}
}

// do is ask with a body of JSON.
func (p *post) do(ctx context.Context, method string, to *url.URL, body any) (answer []byte, header http.Header, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, nil, fail(refused, "the message cannot be written: %v", err)
	}
	return p.ask(ctx, method, to, data, http.Header{"Content-Type": {"application/json"}})
}

// ask sends data with a header of its own. An answer that is no success is a
// *failure, and so is none.
func (p *post) ask(ctx context.Context, method string, to *url.URL, data []byte, own http.Header) (answer []byte, header http.Header, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	var written atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(info httptrace.WroteRequestInfo) { written.Store(info.Err == nil) }})
	req, err := http.NewRequestWithContext(ctx, method, to.String(), bytes.NewReader(data))
	if err != nil {
		return nil, nil, fail(gone, "the address cannot be used")
	}
	req.GetBody = nil // it must not be sent a second time without our knowing
	maps.Copy(req.Header, p.header)
	maps.Copy(req.Header, own)
	res, err := p.client.Do(req)
	if err != nil {
		return nil, nil, p.broken(err, written.Load())
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil && res.StatusCode < 300 {
		return nil, nil, p.broken(err, true)
	}
	if res.StatusCode >= 300 {
		return nil, nil, p.verdict(res, answer)
	}
	return answer, res.Header, nil
}

// broken is a request that got no whole answer. When nothing of it was written the
// message surely did not arrive.
func (p *post) broken(err error, written bool) error {
	text := p.scrub(innermost(err))
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		text = "no answer in time"
	}
	if written {
		return fail(doubt, "it was sent, and then: %s", text)
	}
	return fail(again, "cannot be reached: %s", text)
}

// verdict is what an answer that is no success means.
func (p *post) verdict(res *http.Response, answer []byte) error {
	said := struct {
		Message    string  `json:"message"`
		Code       int     `json:"code"`
		RetryAfter float64 `json:"retry_after"` // seconds
		Parameters struct {
			RetryAfter float64 `json:"retry_after"` // where Telegram says it
		} `json:"parameters"`
		Description string `json:"description"` // Telegram's Message
		Error       string `json:"error"`       // ntfy's
	}{}
	_ = json.Unmarshal(answer, &said) // what it says is a courtesy
	text := fmt.Sprintf("the answer is %d", res.StatusCode)
	word := clean(cmp.Or(said.Message, said.Description, said.Error))
	if p.plain {
		word = clean(string(answer))
	}
	if word != "" {
		text += ": " + p.scrub(word)
	}
	f := &failure{text: text, kind: ofStatus(res.StatusCode), answered: res.StatusCode == http.StatusInternalServerError}
	switch status := res.StatusCode; {
	case status == http.StatusTooManyRequests:
		f.wait = waitOf(max(said.RetryAfter, said.Parameters.RetryAfter), res.Header)
		f.text = "it asks for fewer messages"
	case status >= 500:
		f.wait = retryAfter(res.Header)
	case status < 400:
		f.text = fmt.Sprintf("the answer is a redirect (%d), and those are not followed", status)
	case said.Code == unknownMessage:
		f.kind = lost
	}
	return f
}

// ofStatus is what an HTTP status that is no success means.
func ofStatus(status int) kind {
	switch {
	case unsure[status]:
		return doubt
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return again
	case status < 400:
		return gone
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return gone
	}
	return refused
}

// unsure are the answers after which the message may be there all the same: a
// server that failed in its midst, and gateways that heard nothing from behind.
var unsure = map[int]bool{http.StatusInternalServerError: true, http.StatusGatewayTimeout: true, 520: true, 524: true}

// unknownMessage is Discord's code for a message that was deleted.
const unknownMessage = 10008

// waitOf is how long a service that wants fewer messages asks to wait: at least a
// second, at most an hour.
func waitOf(body float64, header http.Header) time.Duration {
	wait := cmp.Or(seconds(body), retryAfter(header), headerSeconds(header, "X-RateLimit-Reset-After"))
	if wait == 0 {
		return 5 * time.Second
	}
	return max(wait, time.Second)
}

// retryAfter is how long a header says to wait: it holds seconds, or a date as HTTP
// writes it, which counts from the server's own clock where that is told. 0: nothing.
func retryAfter(header http.Header) time.Duration {
	at, err := http.ParseTime(header.Get("Retry-After"))
	if err != nil {
		return headerSeconds(header, "Retry-After")
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return seconds(at.Sub(now).Seconds())
}

func headerSeconds(header http.Header, name string) time.Duration {
	n, err := strconv.ParseFloat(header.Get(name), 64)
	if err != nil {
		return 0
	}
	return seconds(n)
}

// seconds is n seconds, not below 0 and not above longestWait.
func seconds(n float64) time.Duration {
	if !(n > 0) { // NaN as well
		return 0
	}
	return time.Duration(min(n, longestWait.Seconds()) * float64(time.Second))
}

// innermost is the text of an error without what wraps it: the outer ones of
// net/http hold the whole address.
func innermost(err error) string {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	return clean(err.Error())
}

// scrub returns text without any part of the address that is secret.
func (p *post) scrub(text string) string { return scrub(text, p.secrets) }

func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}

// secretsOf are an address and all parts of it that could open the door, longest
// first. The host is none.
func secretsOf(address string) []string {
	parts := []string{address}
	if u, err := url.Parse(address); err == nil {
		parts = append(parts, u.String(), u.RequestURI(), u.RawQuery, u.User.String())
		parts = append(parts, strings.FieldsFunc(u.Path+"/"+u.User.String()+"/"+u.RawQuery, func(r rune) bool { return strings.ContainsRune("/:&=@,", r) })...)
		password, _ := u.User.Password()
		parts = append(parts, u.User.Username(), password)
		for _, values := range u.Query() {
			parts = append(parts, values...)
		}
	}
	return longestFirst(parts)
}
