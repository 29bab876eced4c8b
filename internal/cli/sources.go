package cli

import (
	"encoding/json"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/sync"
)

// options are a source's settings as the sync room takes them.
func options(c *config.Config, s config.Source) sync.Options {
	settle := s.Settle
	if settle == 0 {
		settle = 1 // ns: "at once"; 0 would be the default
	}
	return sync.Options{
		Name: s.Name, URL: s.URL, Match: s.Match, Ignore: s.Ignore,
		Importer: s.Import, Command: s.Command, CommandTimeout: s.CommandTimeout,
		Dir: filepath.Dir(c.Path), Key: s.Key, KnownHosts: s.KnownHosts, Password: s.Password, Passphrase: s.Passphrase,
		Files: filepath.Join(c.Files, s.Name), Zone: s.Zone,
		Settle: settle, Timeout: s.Timeout, MaxSize: s.MaxSize,
		Withhold: secrets(c), Pin: pinCommand(c, s.Name),
	}
}

// secrets are the passwords and passphrases of all sources, the addresses that
// messages go to, and the dashboard's token: no command that takes files in finds
// one in its environment.
func secrets(c *config.Config) []string {
	out := mapOf(c.Notify, func(r config.Receiver) string { return r.URL })
	if c.Web.Token != "" {
		out = append(out, c.Web.Token)
	}
	for _, s := range c.Sources {
		for _, secret := range []string{s.Password, s.Passphrase} {
			if secret != "" {
				out = append(out, secret)
			}
		}
	}
	return out
}

// pinCommand is the command line that pins an unknown host key of the source.
func pinCommand(c *config.Config, source string) string {
	file := ""
	if usual, err := filepath.Abs(usualSchedule); err != nil || usual != c.Path {
		if file = c.Path; strings.ContainsAny(file, ` "'$\`) {
			file = strconv.Quote(file)
		}
		file = "-c " + file + " "
	}
	return "smartsync probe " + file + "--accept-host-key " + source
}

// settings is a text that changes when anything but the source's windows does.
func settings(c *config.Config, s config.Source) string {
	s.Schedule, s.ScheduleText = nil, ""
	zone := s.Zone.String()
	s.Zone = nil
	text, _ := json.Marshal(s)
	if s.Import == config.ImportCommand {
		withheld, _ := json.Marshal(secrets(c))
		text = append(text, withheld...)
	}
	return zone + string(text)
}

// open is an opened sync.Source with the settings it was opened for.
type open struct {
	*sync.Source
	settings string
}

// openSources makes a sync.Source of each of c's sources. One of kept with the
// same settings is taken over as it is, with its connection.
func openSources(c *config.Config, sources []config.Source, st *store.Store, log *slog.Logger, progress *bar, kept map[string]open) (map[string]open, error) {
	out := make(map[string]open, len(sources))
	for _, s := range sources {
		text := settings(c, s)
		if old, ok := kept[s.Name]; ok && old.settings == text {
			out[s.Name] = old
			continue
		}
		o := options(c, s)
		if progress != nil {
			o.Progress = progress.of(s.Name)
		}
		source, err := sync.New(o, st, log.With("source", s.Name))
		if err != nil {
			for name, opened := range out {
				if kept[name].Source != opened.Source {
					_ = opened.Close() // nothing was connected yet
				}
			}
			return nil, err
		}
		out[s.Name] = open{source, text}
	}
	return out, nil
}
