package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/smartsync/smartsync/internal/cli"
	"github.com/smartsync/smartsync/internal/service"
)

// maintainer answers for the packages.
const maintainer = "smartsync authors <smartsync@users.noreply.github.com>"

// packagedFiles are where a package puts what people look for.
var packagedFiles = []struct{ path, what string }{
	{"schedule.yaml", "the schedule, in the current folder; -c names another"},
	{".env", "values that the schedule takes as ${NAME}, beside it"},
	{packagedSchedule, "the schedule of the service that a package installs, and .env beside it"},
	{packagedState, "that service's database, its fetched files and its SSH keys"},
	{"/usr/share/doc/smartsync", "documents and tested examples"},
}

// completions writes the shells' completions, under the names that they look for.
func (r release) completions() error {
	root := cli.Root()
	for _, shell := range []struct {
		name     string
		generate func(*bytes.Buffer) error
	}{
		{"smartsync.bash", func(b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) }},
		{"_smartsync", func(b *bytes.Buffer) error { return root.GenZshCompletion(b) }},
		{"smartsync.fish", func(b *bytes.Buffer) error { return root.GenFishCompletion(b, true) }},
	} {
		var b bytes.Buffer
		if err := shell.generate(&b); err != nil {
			return err
		}
		if err := r.put("completions/"+shell.name, b.String()); err != nil {
			return err
		}
	}
	return nil
}

// unit writes the systemd unit that packages install.
func (r release) unit() error {
	u := service.Unit{
		Program: "/usr/bin/smartsync", Schedule: packagedSchedule,
		Account: "smartsync", Home: packagedState, State: "smartsync",
		Origin: "from the package; systemctl edit smartsync changes it",
	}
	return r.put("smartsync.service", u.Text())
}

// documents writes the changelogs and the licence as Debian wants them.
func (r release) documents() error {
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	if err := r.compress("doc/changelog.gz", string(changes)); err != nil {
		return err
	}
	// Debian orders a version's pre-releases with a tilde.
	entry := fmt.Sprintf("smartsync (%s) unstable; urgency=medium\n\n  * What changed: /usr/share/doc/smartsync/changelog.gz\n\n -- %s  %s\n",
		strings.Replace(r.version, "-", "~", 1)+"-1", maintainer, r.date.Format(time.RFC1123Z))
	if err := r.compress("doc/changelog.Debian.gz", entry); err != nil {
		return err
	}
	licence, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	text, err := copyright(string(licence))
	if err != nil {
		return err
	}
	return r.put("doc/copyright", text)
}

// copyright is the project's licence in the form of Debian's copyright files.
func copyright(licence string) (string, error) {
	_, rest, ok := strings.Cut(licence, "\n\nCopyright (c) ")
	holder, terms, found := strings.Cut(rest, "\n\n")
	if !ok || !found {
		return "", fmt.Errorf("LICENSE does not begin with a title and a line \"Copyright (c) …\"")
	}
	var b strings.Builder
	b.WriteString("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: smartsync\n" +
		"Comment: The licences of the libraries that are linked in are in licences.gz.\n\nFiles: *\n" +
		"Copyright: " + holder + "\nLicense: Expat\n")
	for line := range strings.SplitSeq(strings.TrimSpace(terms), "\n") {
		if line == "" {
			line = "."
		}
		b.WriteString(" " + line + "\n")
	}
	return b.String(), nil
}

// compress writes a file that gzip -9 -n could have written.
func (r release) compress(name, text string) error {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return r.put(name, b.String())
}
