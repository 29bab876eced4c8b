package service

import (
	_ "embed"
	"path/filepath"
	"strings"
	"text/template"
)

// Unit is a smartsync that runs as a service. All paths are absolute.
type Unit struct {
	Program  string // the binary
	Schedule string // the schedule file that it runs
	// Account is whose rights it has: a user's name. On Windows, empty is the local
	// system. Elsewhere it is set, but for a service of the calling user's own.
	Account string
	Home    string // the account's home directory
	User    bool   // a service of the calling user's own
	// Reads are files and folders that it reads beside Program and Schedule, and
	// Writes folders that it writes. Under systemd it can write nothing else.
	Reads, Writes []string
	// State is a folder below /var/lib that systemd makes for the account; empty:
	// none.
	State string
	// Commands tells that a source's import is a command. It may need what
	// smartsync itself does not.
	Commands bool
	// LowPort tells that the dashboard listens on a port below 1024.
	LowPort bool
	// Origin is the comment that says who wrote the unit.
	Origin string
}

// marker is in the first line of each unit of smartsync's.
const marker = "# smartsync:"

//go:embed smartsync.service.tmpl
var unitText string

var unitTemplate = template.Must(template.New("unit").Funcs(template.FuncMap{"word": word, "program": pathWord, "maybe": maybe}).Parse(unitText))

// Text returns the systemd unit: it may do what it needs and nothing else.
func (u Unit) Text() string {
	var b strings.Builder
	if err := unitTemplate.Execute(&b, u); err != nil {
		panic(err) // the template is tested; nothing in u can fail it
	}
	return b.String()
}

// Marker is for the template.
func (u Unit) Marker() string { return marker }

// Homes tells what the unit sees of the home directories: "yes" is that
// they are closed to it, "read-only" that it needs something in them.
func (u Unit) Homes() string {
	for _, path := range u.paths() {
		if below(path, "/home", "/root", "/run/user") {
			return "read-only"
		}
	}
	return "yes"
}

// PrivateTemp tells whether the unit gets a /tmp of its own.
func (u Unit) PrivateTemp() bool {
	for _, path := range u.paths() {
		if below(path, "/tmp", "/var/tmp") {
			return false
		}
	}
	return true
}

func (u Unit) paths() []string {
	all := append([]string{u.Program, u.Schedule}, u.Reads...)
	if u.Home != "" {
		all = append(all, u.Home)
	}
	return append(all, u.Writes...)
}

// below tells whether path is one of the folders or lies in one.
func below(path string, folders ...string) bool {
	for _, folder := range folders {
		if rel, err := filepath.Rel(folder, path); err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}

// word quotes a path for a unit file: as one word, in which nothing is a variable,
// a specifier or an escape.
func word(s string) string {
	quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$", "\n", `\n`, "\t", `\t`).Replace(s)
	if quoted != s || strings.ContainsAny(s, " '#;") {
		return `"` + quoted + `"`
	}
	return s
}

// pathWord quotes a path where $ means nothing special: a program, a folder.
func pathWord(s string) string { return strings.ReplaceAll(word(s), "$$", "$") }

// maybe quotes several folders. One that is missing does not keep the unit from
// starting: smartsync itself says better what it lacks.
func maybe(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, pathWord("-"+s))
	}
	return strings.Join(out, " ")
}

// unword is the word's text: the opposite of word.
func unword(s string) string {
	inner, isQuoted := strings.CutPrefix(s, `"`)
	if !isQuoted {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, "%%", "%", "$$", "$", `\n`, "\n", `\t`, "\t").Replace(strings.TrimSuffix(inner, `"`))
}

// scheduleOf returns the schedule that a unit runs; empty: it does not tell.
func scheduleOf(unit string) string {
	_, rest, _ := strings.Cut(unit, "\nExecStart=")
	line, _, _ := strings.Cut(rest, "\n")
	_, schedule, _ := strings.Cut(line, " run -c ")
	return unword(schedule)
}
