// Command release writes what a release holds beside the program: manual pages,
// completions, the systemd unit, the schedule that a package installs, licences and
// the description of the package. It runs at the root of the repository.
//
//	go run ./internal/release [-version 1.2.3] DIR
//
// The same commit and version give the same files everywhere.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// release is what all that is written speaks of.
type release struct {
	version string    // without a leading v
	date    time.Time // of the commit, UTC
	folder  string    // where everything is written
}

func main() {
	version := flag.String("version", "0.0.0", "the `number` of the release")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/release [-version 1.2.3] DIR")
		os.Exit(2)
	}
	if err := write(strings.TrimPrefix(*version, "v"), flag.Arg(0)); err != nil {
		fmt.Fprintf(os.Stderr, "release: error: %v\n", err)
		os.Exit(1)
	}
}

// write makes everything anew in a folder, which holds nothing else afterwards.
func write(version, folder string) error {
	date, err := commitDate()
	if err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	r := release{version, date, folder}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"the manual pages", r.manual},
		{"the completions", r.completions},
		{"the unit", r.unit},
		{"the packaged schedule", r.schedule},
		{"the documents", r.documents},
		{"the licences", r.licences},
		{"the package's description", r.description},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("write %s: %w", step.what, err)
		}
	}
	return nil
}

// put writes one file below the release's folder.
func (r release) put(name, text string) error {
	path := filepath.Join(r.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// commitDate is the moment that the release bears: SOURCE_DATE_EPOCH where it is
// set, else that of the commit.
func commitDate() (time.Time, error) {
	seconds := os.Getenv("SOURCE_DATE_EPOCH")
	if seconds == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("ask git for the commit's date (SOURCE_DATE_EPOCH gives another): %w", err)
		}
		seconds = strings.TrimSpace(string(out))
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("the release's date %q is no number of seconds", seconds)
	}
	return time.Unix(n, 0).UTC(), nil
}
