package notify

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailServer is a mail server: it offers TLS, wants a login, and takes mails.
type mailServer struct {
	net.Listener
	certificate tls.Certificate
	roots       *x509.CertPool

	offers  string            // lines of its greeting, with \n between
	answers map[string]string // to commands, in place of the usual ones; hang and drop are what they say
	ending  context.Context

	mu    sync.Mutex
	heard []string // commands in the open, and with "tls " before them
	mails []string
}

// newMailServer serves until the test ends; answers may be nil.
func newMailServer(t *testing.T, offers string, answers map[string]string) *mailServer {
	t.Helper()
	borrowed := httptest.NewTLSServer(nil) // for its certificate
	defer borrowed.Close()
	m := &mailServer{certificate: borrowed.TLS.Certificates[0], roots: x509.NewCertPool(), offers: offers, answers: answers, ending: t.Context()}
	m.roots.AddCert(borrowed.Certificate())
	var err error
	if m.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := m.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { m.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = m.Close()
		serving.Wait()
	})
	return m
}

// serve speaks SMTP on one connection.
func (m *mailServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(m.ending, func() { _ = conn.Close() })()
	in, mark := bufio.NewReader(conn), ""
	say := func(text string) {
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			if i < len(lines)-1 {
				line = line[:3] + "-" + line[4:]
			}
			_, _ = fmt.Fprintf(conn, "%s\r\n", line)
		}
	}
	command := "GREETING"
	for line := ""; ; {
		answer, set := m.answers[command]
		if _, who, ok := strings.Cut(line, "RCPT TO:<"); ok && !set {
			answer, set = m.answers["RCPT "+who[:1]]
		}
		if !set {
			answer = map[string]string{
				"GREETING": "220 mail.example", "EHLO": "250 mail.example" + strings.ReplaceAll("\n"+m.offers, "\n", "\n250 "), "STARTTLS": "220 go on",
				"AUTH": m.login(line), "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye",
			}[command]
		}
		switch answer {
		case "":
			answer = "502 what?"
		case "hang":
			_, _ = io.Copy(io.Discard, conn) // until the client, or the test, has enough
			return
		case "drop":
			return
		}
		say(strings.TrimSuffix(answer, "\n250 "))
		switch {
		case command == "QUIT":
			return
		case command == "STARTTLS" && answer[0] == '2':
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{m.certificate}})
			in, mark = bufio.NewReader(conn), "tls "
		case command == "DATA" && answer[0] == '3':
			if !m.take(in) {
				return
			}
			command = "."
			continue
		}
		text, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(text, "\r\n")
		m.mu.Lock()
		m.heard = append(m.heard, mark+line)
		m.mu.Unlock()
		command, _, _ = strings.Cut(strings.ToUpper(line), " ")
	}
}

// take reads a mail.
func (m *mailServer) take(in *bufio.Reader) bool {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		switch {
		case err != nil || !strings.HasSuffix(line, "\r\n") || len(line) > 1000:
			return false
		case line == ".\r\n":
			m.mu.Lock()
			defer m.mu.Unlock()
			m.mails = append(m.mails, text.String())
			return true
		}
		text.WriteString(strings.TrimPrefix(line, "."))
	}
}

// got returns the mails, and the commands line by line.
func (m *mailServer) got() (mails []string, heard string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails, strings.Join(m.heard, "\n")
}

func (m *mailServer) login(line string) string {
	_, sent, _ := strings.Cut(line, "AUTH PLAIN ")
	if text, _ := base64.StdEncoding.DecodeString(sent); string(text) == "\x00me\x00S3cr3tWord" {
		return "235 welcome"
	}
	return "535 5.7.8 wrong: " + line
}

// sender returns a receiver's, which trusts the server's certificate.
func (m *mailServer) sender(t *testing.T, user, rest string) *mail {
	t.Helper()
	s, err := newSender(Receiver{URL: fmt.Sprintf("smtp://%s%s/?from=smart@example.org&fromname=Zo%%C3%%AB&to=a@example.org,b@example.org%s", user, m.Addr(), rest)})
	if err != nil {
		t.Fatal(err)
	}
	s.(*mail).tls.RootCAs = m.roots
	return s.(*mail)
}

// encoded is a password as it is sent.
func encoded(password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00me\x00" + password))
}

const everything = "8BITMIME\nSTARTTLS\nAUTH PLAIN LOGIN"

// TestMail reads a mail as a mail program does.
func TestMail(t *testing.T) {
	server := newMailServer(t, everything, nil)
	m := &message{Title: "supply – 漢字", Text: ".hidden dot\n" + strings.Repeat("long ", 500) + "\n.\nlast", At: time.Date(2025, 10, 3, 20, 50, 0, 0, paris)}
	if _, err := server.sender(t, "me:S3cr3tWord@", "&requirestarttls=yes").send(t.Context(), m, ""); err != nil {
		t.Fatal(err)
	}
	mails, heard := server.got()
	read, err := netmail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatalf("%v:\n%s", err, mails[0])
	}
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	if text := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || text != m.Text+"\n" {
		t.Errorf("the text is %q, %v", text, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	if err != nil || subject != m.Title {
		t.Errorf("the subject is %q, %v", subject, err)
	}
	from, err := read.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != "Zoë" || from[0].Address != "smart@example.org" {
		t.Errorf("it is from %v, %v", from, err)
	}
	if to, err := read.Header.AddressList("To"); err != nil || len(to) != 2 {
		t.Errorf("it is to %v, %v", to, err)
	}
	if at, err := read.Header.Date(); err != nil || !at.Equal(m.At) {
		t.Errorf("it is of %s, %v", at, err)
	}
	if strings.Count(heard, "tls RCPT") != 2 || !strings.Contains(heard, "tls AUTH") || len(mails) != 1 {
		t.Errorf("%d mails after\n%s", len(mails), heard)
	}
}

// TestMailFailures has the server fail in every part of the conversation: it is
// known what may have arrived, and nothing secret shows.
func TestMailFailures(t *testing.T) {
	echo := "me S3cr3tWord " + encoded("S3cr3tWord")
	for name, test := range map[string]struct {
		user, rest, offers string
		answers            map[string]string
		kind               kind
		text               string // that the failure holds
	}{
		"busy":               {"", "", "", map[string]string{"GREETING": "421 later"}, again, "the answer is 421: later"},
		"no service":         {"", "", "", map[string]string{"GREETING": "554 no"}, again, "the answer is 554: no"},
		"no SMTP":            {"", "", "", map[string]string{"GREETING": "HTTP/1.1 400 Bad Request"}, again, ""},
		"drops at once":      {"", "", "", map[string]string{"GREETING": "drop"}, again, "EOF"},
		"wrong password":     {"me:S3cr3tWrong@", "", everything, nil, gone, "the answer is 535"},
		"login fails":        {"me:S3cr3tWord@", "", everything, map[string]string{"AUTH": "454 later " + echo}, again, "the answer is 454"},
		"no logins":          {"me:S3cr3tWord@", "", "", map[string]string{"AUTH": "502 " + echo}, gone, "the answer is 502"},
		"no TLS":             {"", "&requirestarttls=yes", "", nil, gone, "it offers no TLS"},
		"no TLS, explicit":   {"", "&encryption=ExplicitTLS", "", nil, gone, "it offers no TLS"},
		"TLS fails":          {"", "", everything, map[string]string{"STARTTLS": "454 later"}, again, "the answer is 454"},
		"TLS hangs":          {"", "&timeout=200ms", everything, map[string]string{"STARTTLS": "hang"}, again, "no answer in time"},
		"sender refused":     {"me:S3cr3tWord@", "", everything, map[string]string{"MAIL": "550 " + echo}, refused, "the answer is 550"},
		"recipient refused":  {"", "", "", map[string]string{"RCPT": "550 nobody"}, refused, "the answer is 550: nobody"},
		"recipient is full":  {"", "", "", map[string]string{"RCPT": "452 full"}, again, "the answer is 452"},
		"too many":           {"", "", "", map[string]string{"MAIL": "450 4.7.1 slower"}, again, "the answer is 450"},
		"drops a recipient":  {"", "", "", map[string]string{"RCPT": "drop"}, again, "EOF"},
		"mail refused":       {"me:S3cr3tWord@", "", everything, map[string]string{".": "554 spam " + echo}, refused, "the answer is 554"},
		"mail wanted later":  {"", "", "", map[string]string{".": "451 greylisted"}, again, "the answer is 451"},
		"drops the mail":     {"", "", "", map[string]string{".": "drop"}, doubt, "it was sent, and then: EOF"},
		"hangs on greeting":  {"", "&timeout=200ms", "", map[string]string{"GREETING": "hang"}, again, "no answer in time"},
		"hangs on a command": {"", "&timeout=200ms", "", map[string]string{"MAIL": "hang"}, again, "no answer in time"},
		"hangs on the mail":  {"", "&timeout=200ms", "", map[string]string{".": "hang"}, doubt, "it was sent, and then: no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newMailServer(t, test.offers, test.answers)
			_, err := server.sender(t, test.user, test.rest).send(t.Context(), &message{Title: "x"}, "")
			if got := failureOf(err); err == nil || got.kind != test.kind || !strings.Contains(got.text, test.text) {
				t.Errorf("%+v, want kind %d and %q", got, test.kind, test.text)
			}
			silent(t, "smtp", fmt.Sprint(err))
			for _, password := range []string{"S3cr3tWord", "S3cr3tWrong"} {
				if strings.Contains(fmt.Sprint(err), encoded(password)) {
					t.Errorf("it shows the login: %v", err)
				}
			}
		})
	}
	server := newMailServer(t, "", map[string]string{"QUIT": "hang"})
	if _, err := server.sender(t, "", "&timeout=200ms").send(t.Context(), &message{Title: "x"}, ""); err != nil {
		t.Errorf("a mail that is taken: %v", err)
	}
	_ = server.Close()
	_, err := server.sender(t, "", "").send(t.Context(), &message{Title: "x"}, "")
	if got := failureOf(err); got.kind != again || !strings.HasPrefix(got.text, "cannot be reached: ") {
		t.Errorf("no mail server: %+v, %v", got, err)
	}
}

// TestMailSomeRefused has the server refuse some of the recipients: the others get
// the mail, once, and what is said names nobody.
func TestMailSomeRefused(t *testing.T) {
	for name, test := range map[string]struct {
		answers map[string]string
		mails   int
		kind    kind
		text    string
	}{
		"one":                            {map[string]string{"RCPT a": "550 no a@example.org"}, 1, partly, "1 of 2 recipients did not get it: number 1 of to: the answer is 550: no …"},
		"one is full":                    {map[string]string{"RCPT b": "452 full"}, 1, partly, "1 of 2 recipients did not get it: number 2 of to: the answer is 452: full"},
		"all":                            {map[string]string{"RCPT a": "550 no", "RCPT b": "551 no"}, 0, refused, "the answer is 550"},
		"all, one for now":               {map[string]string{"RCPT a": "550 no", "RCPT b": "450 later"}, 0, again, "the answer is 450"},
		"it hangs up":                    {map[string]string{"RCPT b": "421 bye"}, 0, again, "the answer is 421"},
		"the mail is refused after that": {map[string]string{"RCPT a": "550 no", ".": "554 spam"}, 1, refused, "the answer is 554"},
	} {
		server := newMailServer(t, "", test.answers)
		_, err := server.sender(t, "", "").send(t.Context(), &message{Title: "x"}, "")
		mails, _ := server.got()
		if got := failureOf(err); got.kind != test.kind || !strings.Contains(got.text, test.text) || len(mails) != test.mails {
			t.Errorf("%s: %d mails, %+v", name, len(mails), got)
		}
	}
}

// TestPartlyIsNotInTheWay sends two mails of which one recipient wants none: both go
// out once, and the log says so once.
func TestPartlyIsNotInTheWay(t *testing.T) {
	s := newStage(t, Events...)
	server := newMailServer(t, "", map[string]string{"RCPT a": "550 no a@example.org"})
	s.courier.sender = server.sender(t, "", "")
	s.put("one")
	s.put("two")
	s.all()
	if mails, _ := server.got(); len(mails) != 2 || !strings.Contains(mails[1], "two") {
		t.Errorf("%d mails", len(mails))
	}
	if log := s.log.String(); strings.Count(log, "1 of 2 recipients") != 1 || strings.Contains(log, "example.org") {
		t.Errorf("the log is\n%s", log)
	}
	if r := s.courier.reader; r.Missed+r.Doubts > 0 || r.Trouble != "" {
		t.Errorf("%+v", r)
	}
}

// TestMailPassword sends a password over TLS with a certificate that is trusted, and
// to nobody else.
func TestMailPassword(t *testing.T) {
	for name, test := range map[string]struct {
		offers string
		change func(*mail)
		kind   kind
		text   string
	}{
		"elsewhere without TLS": {"AUTH PLAIN", func(s *mail) { s.Host = "mail.example" }, gone, "without that no password is sent"},
		"TLS switched off":      {everything, func(s *mail) { s.Host, s.UseStartTLS = "mail.example", false }, gone, "without that no password is sent"},
		"a strange certificate": {everything, func(s *mail) { s.tls.RootCAs = x509.NewCertPool() }, again, "certificate"},
		"another's certificate": {everything, func(s *mail) { s.tls.ServerName = "mail.elsewhere.test" }, again, "certificate"},
	} {
		server := newMailServer(t, test.offers, nil)
		for _, auth := range []string{"plain", "OAuth2"} {
			s := server.sender(t, "me:S3cr3tWord@", "&auth="+auth)
			test.change(s)
			conn, err := net.Dial("tcp", server.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			at, err := s.converse(conn, &message{Title: "x"})
			_ = conn.Close()
			if got := failureOf(s.verdict(t.Context(), at, err)); err == nil || got.kind != test.kind || !strings.Contains(got.text, test.text) {
				t.Errorf("%s: %+v, want kind %d and %q", name, got, test.kind, test.text)
			}
		}
		if mails, heard := server.got(); strings.Contains(heard, "AUTH") || len(mails) > 0 {
			t.Errorf("%s: the server heard\n%s", name, heard)
		}
	}
}

// TestMailStops ends a mail that hangs, as a program that stops does.
func TestMailStops(t *testing.T) {
	server := newMailServer(t, "", map[string]string{"MAIL": "hang"})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := server.sender(t, "", "").send(ctx, &message{Title: "x"}, ""); failureOf(err).kind != again || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}
