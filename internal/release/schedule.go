package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/smartsync/smartsync/internal/cli"
)

// The places of the service that a package installs.
const (
	packagedSchedule = "/etc/smartsync/schedule.yaml"
	packagedState    = "/var/lib/smartsync"
	packagedSchema   = "/usr/share/smartsync/schedule.schema.json"
)

// change is a text that stands exactly once in a file, and what takes its place.
type change struct{ from, to string }

// scheduleChanges make the schedule of the service out of the one that init writes.
// The account that runs it owns its state folder, where it also keeps its SSH key
// and pins host keys; of /etc it only reads.
var scheduleChanges = []change{
	{"$schema=schedule.schema.json", "$schema=" + packagedSchema},
	{"smartsync validate        tells", "smartsync validate " + packagedSchedule + "   tells"},
	{"smartsync simulate --day  shows the checks it plans\n", "smartsync simulate --day -c " + packagedSchedule + "   shows the checks it plans\n" +
		"# What is written as ${NAME} comes from " + filepath.Dir(packagedSchedule) + "/.env.\n"},
	{"\n    key: ${SSH_KEY_PATH}          # private key; without it the agent's and ~/.ssh's are tried\n",
		"\n    key: ${SSH_KEY_PATH}          # private key, readable by the account smartsync\n" +
			"    known_hosts: " + packagedState + "/.ssh/known_hosts\n"},
	{"store: data/smartsync.db          # SQLite database; relative to this file\n",
		"store: " + packagedState + "/smartsync.db   # SQLite database\n"},
	{"files: data/files                 # fetched files, one folder a source\n",
		"files: " + packagedState + "/files          # fetched files, one folder a source\n" +
			"log: {file: off}                  # the journal has it: journalctl -u smartsync\n"},
}

// envChanges leave out what nobody can guess, so that validate asks for it.
var envChanges = []change{
	{"SSH_HOST=game.example.org\n", "#SSH_HOST=game.example.org\n"},
	{"SSH_USER=et\n", "#SSH_USER=et\n"},
	{"SSH_KEY_PATH=~/.ssh/id_ed25519\n", "SSH_KEY_PATH=" + packagedState + "/.ssh/id_ed25519\n"},
}

// schedule writes the schedule of the service, its .env and the schema for editors.
func (r release) schedule() (err error) {
	folder, err := os.MkdirTemp("", "smartsync-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if code := cli.Main([]string{"init", folder}, io.Discard, io.Discard); code != 0 {
		return fmt.Errorf("smartsync init ended with exit code %d", code)
	}
	for _, file := range []struct {
		from, to string
		changes  []change
	}{
		{"schedule.yaml", "etc/schedule.yaml", scheduleChanges},
		{".env", "etc/env", envChanges},
		{"schedule.schema.json", "schedule.schema.json", nil},
	} {
		text, err := os.ReadFile(filepath.Join(folder, file.from))
		if err != nil {
			return err
		}
		changed, err := apply(string(text), file.changes)
		if err != nil {
			return fmt.Errorf("%s of smartsync init: %w", file.from, err)
		}
		if err := r.put(file.to, changed); err != nil {
			return err
		}
	}
	return nil
}

// apply makes the changes; it fails for a text that is not there exactly once.
func apply(text string, changes []change) (string, error) {
	for _, c := range changes {
		if n := strings.Count(text, c.from); n != 1 {
			return "", fmt.Errorf("%q is there %d times, not once", c.from, n)
		}
		text = strings.Replace(text, c.from, c.to, 1)
	}
	return text, nil
}
