package sync

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// The importers: what becomes of a fetched file.
const (
	ETLegacy = "etlegacy" // read as ET: Legacy stats, rows into the store
	None     = "none"     // kept, and nothing else
	Command  = "command"  // given to a command of the schedule
)

// The defaults of Options.
const (
	DefaultSettle         = 2 * time.Second
	DefaultTimeout        = 30 * time.Second
	DefaultCommandTimeout = time.Minute
	DefaultMaxSize        = 64 << 20 // bytes
	DefaultMaxStats       = 1 << 20  // bytes, with the importer ETLegacy
	DefaultParallel       = 16
	DefaultRemoteParallel = 64 // over sftp, where a file costs round trips
)

// Options are one source's settings.
type Options struct {
	Name string // the source's; used in messages and as the ledger's source
	// URL is an absolute local directory, sftp://user@host:22/path (absolute) or
	// sftp://host/~/path (below the login's home). A host may be an alias of
	// ~/.ssh/config. A password in the URL is refused.
	URL string
	// Match and Ignore are globs on the file name: path.Match syntax, and {a,b}.
	// No Match is everything, no Ignore is nothing.
	Match, Ignore []string
	// Importer is ETLegacy, None or Command; empty is None.
	Importer string
	// Command is run for each file with Importer Command: the file's absolute path
	// replaces the arguments "{}", or is appended when there is none. It runs in
	// Dir and its process group is killed after CommandTimeout.
	Command        []string
	CommandTimeout time.Duration
	// Withhold are values, passwords say: Command does not get the environment
	// variables that hold one of them.
	Withhold []string
	Dir      string // the schedule's folder; relative paths below are relative to it
	// Key, KnownHosts, Password and Passphrase are for sftp only. Key is a private
	// key's file, Passphrase its passphrase. Empty KnownHosts is
	// ~/.ssh/known_hosts. ~ is the home directory.
	Key, KnownHosts string
	Password        string
	Passphrase      string
	// Pin is the command line that pins an unknown host key, for the hint; empty is
	// smartsync probe's.
	Pin      string
	OnlyKey  bool           // offer neither the agent's keys nor those of ~/.ssh
	Files    string         // absolute folder that keeps this source's files; made when missing
	Zone     *time.Location // of the stamps in file names; nil is UTC
	Settle   time.Duration  // how long a file must be unchanged; 0 is DefaultSettle
	Timeout  time.Duration  // of each network step; 0 is DefaultTimeout
	MaxSize  int64          // bytes, larger files are skipped; 0 is DefaultMaxSize or DefaultMaxStats
	Parallel int            // files in flight; 0 is DefaultParallel or DefaultRemoteParallel
	// Progress, when set, is told of a check's progress: files done of total, and
	// bytes fetched. It is called from one goroutine at a time and must be quick.
	Progress Progress
}

// Progress hears of files done of total, and of bytes so far.
type Progress func(done, total int, bytes int64)

// withDefaults returns o with its zeros filled in.
func (o Options) withDefaults() Options {
	if o.Pin == "" {
		o.Pin = "smartsync probe --accept-host-key " + o.Name
	}
	if o.Importer == "" {
		o.Importer = None
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Settle <= 0 {
		o.Settle = DefaultSettle
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.CommandTimeout <= 0 {
		o.CommandTimeout = DefaultCommandTimeout
	}
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
		if o.Importer == ETLegacy {
			o.MaxSize = DefaultMaxStats
		}
	}
	if o.Parallel <= 0 {
		o.Parallel = DefaultParallel
		if o.remote() {
			o.Parallel = DefaultRemoteParallel
		}
	}
	if o.Progress == nil {
		o.Progress = func(int, int, int64) {}
	}
	return o
}

// check returns what is wrong with o; nil when nothing is.
func (o Options) check() error {
	switch {
	case o.Name == "":
		return errors.New("a source needs a name")
	case o.URL == "":
		return errors.New("a source needs a url")
	case !filepath.IsAbs(o.Files):
		return fmt.Errorf("the files folder %q must be absolute", o.Files)
	case o.Importer == Command && len(o.Command) == 0:
		return errors.New("the importer command needs a command")
	case o.Importer != ETLegacy && o.Importer != None && o.Importer != Command:
		return fmt.Errorf("unknown importer %q (known: etlegacy, none, command)", o.Importer)
	}
	return nil
}

// remote reports whether the source is on another machine.
func (o Options) remote() bool { return strings.Contains(o.URL, "://") }
