package cli

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/smartsync/smartsync/internal/notify"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// plainSetting finds a top-level key with a plain value, in a schedule that may
// not even be YAML.
var plainSetting = regexp.MustCompile(`(?m)^(store|timezone): *["']?([^"'#\s$]+)["']? *(?:#.*)?\r?$`)

// statusRefused tells of a smartsync that runs while its schedule file is
// faulty: that is when people ask. Where none can be found the faults are all
// there is to say.
func (a *app) statusRefused(ctx context.Context, faults *rules.FaultError) error {
	text, err := os.ReadFile(a.schedule)
	if err != nil {
		return faults
	}
	path, err := filepath.Abs(a.schedule)
	if err != nil {
		return faults
	}
	settings := map[string]string{"store": "data/smartsync.db", "timezone": "UTC"}
	for _, m := range plainSetting.FindAllSubmatch(text, -1) {
		settings[string(m[1])] = string(m[2])
	}
	out := statusOutput{Schedule: path, Store: settings["store"]}
	if !filepath.IsAbs(out.Store) {
		out.Store = filepath.Join(filepath.Dir(path), out.Store)
	}
	zone, err := time.LoadLocation(settings["timezone"])
	if err != nil {
		zone = time.UTC
	}
	st, err := store.OpenExisting(ctx, out.Store)
	if err != nil {
		return faults
	}
	defer st.Close()
	if out.Daemon, err = readDaemon(ctx, st, zone); err != nil || out.Daemon == nil || out.Daemon.Schedule != path {
		return errors.Join(faults, err)
	}
	if out.Daemon.ReloadError == "" {
		out.Daemon.ReloadError = faults.Error()
	}
	states, err := st.States(ctx)
	if err != nil {
		return err
	}
	var subjects []subject
	for _, name := range slices.Sorted(maps.Keys(states)) {
		subjects = append(subjects, subject{name, states[name].Window, zone})
	}
	readers, err := st.Readers(ctx)
	if err != nil {
		return err
	}
	all := mapOf(readers, func(r store.Reader) notify.Receiver { return notify.Receiver{Name: r.Name, Events: notify.Events} })
	if out.Receivers, err = readReceivers(ctx, st, all, zone); err != nil {
		return err
	}
	if out.Sources, err = readSources(ctx, st, subjects, true); err != nil {
		return err
	}
	if a.output == "json" {
		return a.printJSON(out)
	}
	a.printStatus(out)
	return nil
}
