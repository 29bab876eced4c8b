package config

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/smartsync/smartsync/rules"
)

// The words that `import:` takes; ImportCommand stands for {command: […]}.
const (
	ImportETLegacy = "etlegacy"
	ImportNone     = "none"
	ImportCommand  = "command"
)

// Config is a schedule file that was found to be right. Its paths are absolute.
type Config struct {
	Path    string   // the schedule file
	Hash    [32]byte // SHA-256 of its text
	Zone    *time.Location
	Sources []Source // in the file's order; at least one
	Store   string
	Files   string
	Log     Log
	Web     Web
	Notify  []Receiver // in the file's order; none: nobody is told
}

// Source is one place that files come from.
type Source struct {
	Name           string
	URL            string // an absolute directory, or sftp://…
	Match, Ignore  []string
	Import         string // ImportETLegacy, ImportNone or ImportCommand
	Command        []string
	CommandTimeout time.Duration
	Key            string // absolute path, or empty
	Passphrase     string
	KnownHosts     string // absolute path, or empty
	Password       string
	Settle         time.Duration
	Timeout        time.Duration
	MaxSize        int64 // bytes; 0 is the importer's own bound
	Zone           *time.Location
	Schedule       *rules.Schedule
	ScheduleText   string // what the schedule was compiled of, to tell whether it changed
}

// Log is where the log goes.
type Log struct {
	File    string // empty: none
	Level   string
	MaxSize int64 // bytes
	MaxAge  time.Duration
}

// maxFile bounds a schedule file, in bytes.
const maxFile = 1 << 20

// Load reads the schedule file at path. Faults come as a *rules.FaultError;
// other errors say why the file cannot be read. judge, one at most, is asked about
// what it tells of.
func Load(path string, judge ...Judge) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxFile>>20)
	}
	text, err := os.ReadFile(absolute)
	if err != nil {
		return nil, err
	}
	env, err := Environment(filepath.Dir(absolute))
	if err != nil {
		return nil, err
	}
	return Parse(path, text, env, judge...)
}

// Parse reads a schedule file's text. path names it in faults, and its folder is
// where relative paths start. judge is as Load's.
func Parse(path string, text []byte, env Lookup, judge ...Judge) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	b := &builder{dir: filepath.Dir(absolute), config: &Config{Path: absolute, Hash: sha256.Sum256(text)}}
	x := &expander{lookup: env, secrets: map[string]string{}, places: map[rules.Place]string{}}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if root := b.read(text); root != nil {
		x.walk(root)
		decoder := &rules.Decoder{Source: text, Faults: slices.Concat(b.faults, x.faults)}
		decoder.Decode(root, &b.file)
		b.whole, b.faults = len(decoder.Faults) == 0, decoder.Faults
		b.build()
		b.config.Notify = b.receivers(&append(judge, Judge{})[0])
		b.faults = slices.DeleteFunc(b.faults, func(f rules.Fault) bool {
			return decoder.Broken[f.Place] && !slices.Contains(decoder.Faults, f)
		})
	}
	if len(b.faults) > 0 {
		return nil, faultError(path, text, b.faults, x)
	}
	return b.config, nil
}
