package notify

import (
	"crypto/rand"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"time"
)

// mostMail bounds the text of a mail, in bytes.
const mostMail = 64 << 10

// write writes m as a mail of plain text. Lines end as the writer makes them.
func (s *mail) write(to io.Writer, m *message) error {
	_, domain, _ := strings.Cut(s.FromAddress, "@")
	at := m.At
	if at.IsZero() {
		at = time.Now()
	}
	for _, header := range [][2]string{
		{"From", (&netmail.Address{Name: clean(s.FromName), Address: s.FromAddress}).String()},
		{"To", strings.Join(s.ToAddresses, ", ")},
		{"Subject", mime.QEncoding.Encode("utf-8", clean(m.Title))},
		{"Date", at.Format(time.RFC1123Z)},
		{"Message-ID", "<" + rand.Text() + "@" + domain + ">"},
		{"MIME-Version", "1.0"},
		{"Content-Type", `text/plain; charset="utf-8"`},
		{"Content-Transfer-Encoding", "quoted-printable"},
		{"Auto-Submitted", "auto-generated"},
	} {
		if _, err := fmt.Fprintf(to, "%s: %s\n", header[0], header[1]); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(to, "\n"); err != nil {
		return err
	}
	body := quotedprintable.NewWriter(to)
	if _, err := io.WriteString(body, cutBytes(m.text(), mostMail)+"\n"); err != nil {
		return err
	}
	return body.Close()
}
