package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// builder turns a decoded File into a Config.
type builder struct {
	dir    string
	file   File
	config *Config
	whole  bool // the file was decoded without a fault
	faults []rules.Fault
	where  string
}

func (b *builder) fail(at rules.Place, format string, args ...any) {
	b.faults = append(b.faults, rules.Fault{Place: at, Where: b.where, Message: fmt.Sprintf(format, args...)})
}

func (b *builder) build() {
	c, f := b.config, &b.file
	c.Zone = b.zone(f.Timezone, time.UTC)
	c.Store = b.store(f.Store)
	c.Files = b.path(f.Files, "data/files")
	c.Log = b.log(&f.Log)
	c.Web = b.web(&f.Web)
	sets := b.sets()
	if len(f.Sources) == 0 && b.whole {
		b.fail(rules.Place{}, "no sources: name at least one, under the key sources")
	}
	for i := range f.Sources {
		b.where = fmt.Sprintf("source %q", f.Sources[i].Name.Value)
		c.Sources = append(c.Sources, b.source(&f.Sources[i], sets))
		b.where = ""
	}
	for i, s := range c.Sources {
		for _, other := range c.Sources[:i] {
			if strings.EqualFold(s.Name, other.Name) {
				b.fail(f.Sources[i].Place, "source %q differs from %q in case only, and both would share a folder", s.Name, other.Name)
			}
		}
	}
}

// sets compiles the named sets and the file's own windows once, for faults, and
// returns the specs by name; the file's own is "".
func (b *builder) sets() map[string]*rules.Spec {
	sets := map[string]*rules.Spec{"": &b.file.Spec}
	if len(b.file.Windows) > 0 || b.file.Default != nil {
		b.compile(&b.file.Spec, b.config.Zone, rules.Place{})
	}
	for i := range b.file.Schedules {
		set := &b.file.Schedules[i]
		b.where = fmt.Sprintf("schedule %q", set.Name.Value)
		set.Spec = inherit(set.Spec, &b.file.Spec)
		b.compile(&set.Spec, b.config.Zone, set.Name.Place)
		b.where = ""
		sets[set.Name.Value] = &set.Spec
	}
	return sets
}

// compile adds the spec's faults, and returns its schedule when it has none. at is
// where a spec that holds nothing belongs.
func (b *builder) compile(spec *rules.Spec, zone *time.Location, at rules.Place) *rules.Schedule {
	if len(spec.Windows) == 0 && spec.Default == nil {
		if b.whole {
			b.fail(at, "no windows and no default rule: nothing says when to check")
		}
		return nil
	}
	schedule, faults := rules.Compile(spec, zone, b.whole)
	for _, f := range faults {
		f.Where = strings.Trim(b.where+", "+f.Where, ", ")
		shared := func(known rules.Fault) bool { return known.Place == f.Place && known.Message == f.Message }
		if !slices.ContainsFunc(b.faults, shared) { // a set's faults are told once, not for each source
			b.faults = append(b.faults, f)
		}
	}
	return schedule
}

// inherit fills what a set or a source leaves out of its waits and its jitter.
func inherit(spec rules.Spec, from *rules.Spec) rules.Spec {
	for _, p := range [][2]*rules.Text{{&spec.Jitter, &from.Jitter}, {&spec.OnError, &from.OnError}, {&spec.MaxError, &from.MaxError}} {
		if !p[0].Set() {
			*p[0] = *p[1]
		}
	}
	return spec
}

func (b *builder) zone(text rules.Text, otherwise *time.Location) *time.Location {
	if !text.Set() {
		return otherwise
	}
	zone, err := time.LoadLocation(text.Value)
	if err != nil || text.Value == "" || text.Value == "Local" {
		b.fail(text.Place, "unknown timezone %q: write an IANA name such as Europe/Paris%s", text.Value, rules.Suggest(text.Value, commonZones))
		return otherwise
	}
	return zone
}

// commonZones are what a misspelt zone is compared with: Go has no list of the
// zones it holds.
var commonZones = []string{"Europe/Paris", "Europe/London", "Europe/Berlin", "Europe/Warsaw", "Europe/Madrid", "Europe/Rome",
	"Europe/Amsterdam", "Europe/Helsinki", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
	"Asia/Tokyo", "Asia/Singapore", "Australia/Sydney", "UTC"}

func (b *builder) path(text rules.Text, otherwise string) string {
	value := otherwise
	if text.Set() {
		value = text.Value
	}
	if value == "" || strings.ContainsRune(value, 0) {
		b.fail(text.Place, "the path is empty, or holds a character that no path may")
		return ""
	}
	if rest, ok := strings.CutPrefix(value, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			b.fail(text.Place, "~ has no meaning here: %v", err)
		}
		value = filepath.Join(home, rest)
	}
	if !filepath.IsAbs(value) {
		value = filepath.Join(b.dir, filepath.FromSlash(value))
	}
	return filepath.Clean(value)
}

func (b *builder) store(text rules.Text) string {
	if scheme, _, ok := strings.Cut(text.Value, "://"); ok {
		b.fail(text.Place, "a database at %q is not supported: name a SQLite file such as data/smartsync.db", scheme+"://")
		return ""
	}
	return b.path(text, "data/smartsync.db")
}

func (b *builder) log(spec *LogSpec) Log {
	log := Log{Level: "info", MaxSize: 10 << 20, MaxAge: 30 * 24 * time.Hour}
	if spec.File.Value != "off" {
		log.File = b.path(spec.File, "logs/smart_sync.log")
	}
	if spec.Level.Set() {
		if log.Level = strings.ToLower(spec.Level.Value); !slices.Contains([]string{"debug", "info", "warn", "error"}, log.Level) {
			b.fail(spec.Level.Place, "unknown level %q: write debug, info, warn or error", spec.Level.Value)
		}
	}
	log.MaxSize = b.size(spec.MaxSize, log.MaxSize)
	log.MaxAge = b.duration(spec.MaxAge, "max_age", log.MaxAge, time.Hour)
	return log
}

func (b *builder) duration(text rules.Text, key string, otherwise, least time.Duration) time.Duration {
	if !text.Set() {
		return otherwise
	}
	d, err := rules.ParseDuration(text.Value)
	switch {
	case err != nil:
		b.fail(text.Place, "%s %q %v", key, text.Value, err)
	case d < least:
		b.fail(text.Place, "%s %q is too short: at least %s", key, text.Value, rules.FormatDuration(least))
	}
	return d
}

var sizeForm = regexp.MustCompile(`(?i)^([0-9]{1,9}) ?([KMG]i?)?B?$`)

// size reads a number of bytes with a unit of KB, MB or GB, of 1024 each.
func (b *builder) size(text rules.Text, otherwise int64) int64 {
	if !text.Set() {
		return otherwise
	}
	m := sizeForm.FindStringSubmatch(text.Value)
	if m == nil {
		b.fail(text.Place, "%q is no size: write 512KB, 10MB or 1GB", text.Value)
		return otherwise
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	for _, unit := range "KMG" {
		if m[2] == "" {
			break
		}
		n <<= 10
		if strings.EqualFold(m[2][:1], string(unit)) {
			break
		}
	}
	if n < 1024 {
		b.fail(text.Place, "size %q is too small: at least 1KB", text.Value)
	}
	return n
}

// globs checks glob patterns on file names.
func (b *builder) globs(texts []rules.Text) []string {
	var out []string
	for _, text := range texts {
		if _, err := path.Match(text.Value, ""); err != nil || text.Value == "" {
			b.fail(text.Place, "%q is no pattern: write a glob such as *.txt", text.Value)
		}
		if strings.Contains(text.Value, "/") {
			b.fail(text.Place, "%q holds a /: patterns are matched with file names", text.Value)
		}
		out = append(out, text.Value)
	}
	return out
}

// scheduleText is a stable text of a spec and its zone, without places.
func scheduleText(spec *rules.Spec, zone *time.Location) string {
	text, _ := json.Marshal(spec)
	return zone.String() + string(text)
}
