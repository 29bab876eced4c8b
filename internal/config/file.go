// Package config reads the whole of a schedule file: one strict decode, every
// fault in one pass, each with its address.
package config

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// File is a schedule file, as it is written.
type File struct {
	Timezone   rules.Text     `yaml:"timezone"`  // IANA name of the zone of clock times, logs and the command line; UTC
	Sources    []SourceSpec   `yaml:"sources"`   // by name: where files come from
	Store      rules.Text     `yaml:"store"`     // file of the SQLite database; data/smartsync.db
	Files      rules.Text     `yaml:"files"`     // folder of fetched files, one folder a source; data/files
	Log        LogSpec        `yaml:"log"`       // where the log goes
	Web        WebSpec        `yaml:"web"`       // dashboard, API and metrics; without this key there are none
	Notify     []ReceiverSpec `yaml:"notify"`    // by name: who is told of rounds, evenings and failures
	Schedules  []SetSpec      `yaml:"schedules"` // by name: sets of windows that sources share
	rules.Spec `yaml:",inline"`
}

// SourceSpec is one source, as it is written.
type SourceSpec struct {
	rules.Place `yaml:",place"`
	Name        rules.Text   `yaml:",key"`
	URL         rules.Text   `yaml:"url"`         // a folder, or sftp://user@host:port/path, where sftp://host/~/path is below the login's home and the host may be an alias of ~/.ssh/config
	Match       []rules.Text `yaml:"match"`       // globs on the file name, one of which must fit; everything
	Ignore      []rules.Text `yaml:"ignore"`      // globs on the file name, none of which may fit; nothing
	Import      ImportSpec   `yaml:"import"`      // what becomes of a fetched file: etlegacy reads ET: Legacy stats, none keeps it, a command is run on it; none
	Key         rules.Text   `yaml:"key"`         // private key file, for sftp only; the agent's keys and those in ~/.ssh
	Passphrase  rules.Text   `yaml:"passphrase"`  // passphrase of the private key, for sftp only
	KnownHosts  rules.Text   `yaml:"known_hosts"` // file of host keys, for sftp only; ~/.ssh/known_hosts
	Password    rules.Text   `yaml:"password"`    // password that is tried after the keys, for sftp only; no password
	Settle      rules.Text   `yaml:"settle"`      // how long a file must be unchanged before it is taken; 2s
	Timeout     rules.Text   `yaml:"timeout"`     // the longest that a step on the network may take; 30s
	MaxSize     rules.Text   `yaml:"max_size"`    // larger files are passed over; 64MB, or 1MB for etlegacy
	Timezone    rules.Text   `yaml:"timezone"`    // zone of this source's clock times and of the stamps in its file names; the file's
	Schedule    rules.Text   `yaml:"schedule"`    // name of a set of windows under schedules; the file's windows
	rules.Spec  `yaml:",inline"`
}

// SetSpec is a named set of windows, as it is written.
type SetSpec struct {
	rules.Place `yaml:",place"`
	Name        rules.Text `yaml:",key"`
	rules.Spec  `yaml:",inline"`
}

// LogSpec is where the log goes, as it is written.
type LogSpec struct {
	File    rules.Text `yaml:"file"`     // file of the log, or off; logs/smart_sync.log
	Level   rules.Text `yaml:"level"`    // the least that is logged: debug, info, warn or error; info
	MaxSize rules.Text `yaml:"max_size"` // the file is rotated at this size; 10MB
	MaxAge  rules.Text `yaml:"max_age"`  // rotated files are deleted after this time; 30d
}

// ImportSpec is what becomes of a fetched file: one word, or a command.
type ImportSpec struct {
	rules.Place
	Word    string
	Command []rules.Text
	Timeout rules.Text
}

// commandSpec is a program that is run on each file, as it is written.
type commandSpec struct {
	Command []rules.Text `yaml:"command"` // program and arguments: the file's path is added at the end, or replaces {}
	Timeout rules.Text   `yaml:"timeout"` // the longest that the command may take; 1m
}

// DecodeNode reads either form.
func (s *ImportSpec) DecodeNode(d *rules.Decoder, node *yaml.Node) {
	s.Place = rules.Place{Line: node.Line, Column: node.Column}
	if node.Kind == yaml.MappingNode {
		var long commandSpec
		d.Decode(node, &long)
		s.Word, s.Command, s.Timeout = ImportCommand, long.Command, long.Timeout
		if len(long.Command) == 0 {
			d.Fail(node, "import needs a command: [program, argument…]")
		}
		return
	}
	if node.Kind == yaml.SequenceNode {
		d.Fail(node, "a list is no import: write etlegacy, none or {command: [program, argument…]}")
		return
	}
	var word rules.Text
	d.Decode(node, &word)
	switch s.Word = word.Value; s.Word {
	case ImportETLegacy, ImportNone:
	default:
		if word.Set() {
			d.Fail(node, "unknown import %q: write etlegacy, none or {command: [program, argument…]}%s",
				word.Value, rules.Suggest(word.Value, []string{ImportETLegacy, ImportNone}))
		}
	}
}

// Describe names the source by its name.
func (s SourceSpec) Describe(*yaml.Node, int) string { return fmt.Sprintf("source %q", s.Name.Value) }

// Describe names the set by its name.
func (s SetSpec) Describe(*yaml.Node, int) string { return fmt.Sprintf("schedule %q", s.Name.Value) }
