package config

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// sourceName is what names a source, and its folder.
var sourceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (b *builder) source(spec *SourceSpec, sets map[string]*rules.Spec) Source {
	s := Source{
		Name: spec.Name.Value, Match: b.globs(spec.Match), Ignore: b.globs(spec.Ignore),
		Import: spec.Import.Word, Passphrase: spec.Passphrase.Value, Password: spec.Password.Value,
		CommandTimeout: b.duration(spec.Import.Timeout, "timeout", time.Minute, time.Second),
		Settle:         b.duration(spec.Settle, "settle", 2*time.Second, 0),
		Timeout:        b.duration(spec.Timeout, "timeout", 30*time.Second, time.Second),
		MaxSize:        b.size(spec.MaxSize, 0),
		Zone:           b.zone(spec.Timezone, b.config.Zone),
	}
	if spec.Name.Set() && !sourceName.MatchString(s.Name) {
		b.fail(spec.Name.Place, "a source's name is 1 to 64 letters, digits, - and _")
	}
	if s.Import == "" {
		s.Import = ImportNone
	}
	for _, word := range spec.Import.Command {
		s.Command = append(s.Command, word.Value)
	}
	s.URL = b.url(spec)
	if spec.Key.Set() {
		s.Key = b.path(spec.Key, "")
	}
	if spec.KnownHosts.Set() {
		s.KnownHosts = b.path(spec.KnownHosts, "")
	}
	b.windows(spec, &s, sets)
	return s
}

// windows gives the source its schedule: its own windows, a named set, or the
// file's.
func (b *builder) windows(spec *SourceSpec, s *Source, sets map[string]*rules.Spec) {
	own := len(spec.Windows) > 0 || spec.Default != nil
	base, known := sets[spec.Schedule.Value]
	switch {
	case own && spec.Schedule.Set():
		b.fail(spec.Schedule.Place, "a source takes a schedule or windows of its own, not both")
		return
	case own:
		base = &spec.Spec
	case spec.Schedule.Set() && spec.Schedule.Value == "" || !known:
		var names []string
		for name := range sets {
			names = append(names, name)
		}
		b.fail(spec.Schedule.Place, "unknown schedule %q%s", spec.Schedule.Value, rules.Suggest(spec.Schedule.Value, names))
		return
	}
	merged := inherit(spec.Spec, base)
	merged.Windows, merged.Default = base.Windows, base.Default
	merged = inherit(merged, &b.file.Spec)
	at := spec.Place
	if !own {
		if spec.Schedule.Set() && len(base.Windows) == 0 && base.Default == nil {
			return // the set's own fault
		}
		at, b.where = rules.Place{}, "" // the file's own windows are missing
	}
	s.Schedule = b.compile(&merged, s.Zone, at)
	s.ScheduleText = scheduleText(&merged, s.Zone)
}

// scpAddress is user@host:path, as scp takes it.
var scpAddress = regexp.MustCompile(`^[^/\\:@]+@[^/\\:@]+:`)

func (b *builder) url(spec *SourceSpec) string {
	text := spec.URL
	if !text.Set() {
		b.fail(spec.Place, "no url: name a directory, or sftp://user@host/path")
		return ""
	}
	if scpAddress.MatchString(text.Value) {
		b.fail(text.Place, "this is no directory and no address: write sftp://user@host/path")
		return ""
	}
	if !strings.Contains(text.Value, "://") {
		b.localOnly(spec)
		return b.path(text, "")
	}
	u, err := url.Parse(text.Value)
	switch {
	case err != nil:
		b.fail(text.Place, "not an address: write sftp://user@host:22/path")
	case u.Scheme != "sftp":
		b.fail(text.Place, "unknown kind of address %q: write a directory, or sftp://user@host:22/path", u.Scheme+"://")
	case u.Hostname() == "":
		b.fail(text.Place, "the address names no host: write sftp://user@host:22/path")
	case u.Path == "" || u.RawQuery != "" || u.Fragment != "":
		b.fail(text.Place, "the address must end in a path, as sftp://host/home/et/gamestats or sftp://host/~/gamestats")
	default:
		if _, has := u.User.Password(); has {
			b.fail(text.Place, "no password in an address: write password: ${SSH_PASSWORD}")
		}
	}
	return text.Value
}

// localOnly refuses what a directory cannot use.
func (b *builder) localOnly(spec *SourceSpec) {
	for key, text := range map[string]rules.Text{"key": spec.Key, "passphrase": spec.Passphrase, "known_hosts": spec.KnownHosts, "password": spec.Password} {
		if text.Set() {
			b.fail(text.Place, "%s is for sftp:// addresses, and this source is a directory", key)
		}
	}
}
