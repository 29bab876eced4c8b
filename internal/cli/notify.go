package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/engine"
	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/notify"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

// judge asks the room that sends messages whether it could.
var judge = config.Judge{Address: notify.Check, Username: notify.CheckUsername, Template: notify.CheckTemplate}

func (a *app) notifyCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "notify",
		Short: "Try the messages to Discord and other services",
		Long: `Messages tell people of rounds, evenings and failures; smartsync run sends them.
The schedule says under notify who is told of what.`,
	}
	command.AddCommand(a.notifyTestCommand())
	return command
}

func (a *app) notifyTestCommand() *cobra.Command {
	var event string
	command := &cobra.Command{
		Use:   "test [NAME…]",
		Short: "Send a test message to the named receivers, or to all",
		Long: `Sends one message to each named receiver, or to all, and tells whether it arrived.
With --event it is one of that event with made-up players, in the receiver's own
template where it has one.`,
		Example: "  smartsync notify test\n  smartsync notify test discord --event match\n  smartsync notify test --output json",
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.notifyTest(cmd.Context(), names, event)
		},
		ValidArgsFunction: a.receiverNames,
	}
	command.Flags().StringVar(&event, "event", "", "show a message of this `event`: round, match, session, error, schedule or quiet")
	_ = command.RegisterFlagCompletionFunc("event", cobra.FixedCompletions(config.Events, cobra.ShellCompDirectiveNoFileComp))
	a.outputFlag(command)
	return command
}

// receiverNames completes the names of receivers that are not given yet.
func (a *app) receiverNames(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	c, err := config.Load(a.schedule)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := mapOf(c.Notify, func(r config.Receiver) string { return r.Name })
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(given, name) }), cobra.ShellCompDirectiveNoFileComp
}

func (a *app) notifyTest(ctx context.Context, names []string, event string) error {
	if event != "" && !slices.Contains(config.Events, event) {
		return usage("unknown event %q: write round, match, session, error, schedule or quiet", event)
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	setting := settingOf(c)
	if len(setting.Receivers) == 0 {
		return &failure{exitFailed, "docs/notify.md tells how to write one", fmt.Errorf("%s has no receivers of messages under notify", shownPath(c, c.Path))}
	}
	for _, name := range names {
		if !slices.ContainsFunc(setting.Receivers, func(r notify.Receiver) bool { return r.Name == name }) {
			known := mapOf(setting.Receivers, func(r notify.Receiver) string { return r.Name })
			return usage("no receiver %q under notify%s", name, rules.Suggest(name, known))
		}
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	var tries []tryOutput
	failed, code, hint := 0, exitFailed, ""
	for _, r := range setting.Receivers {
		if len(names) > 0 && !slices.Contains(names, r.Name) {
			continue
		}
		err := notify.Try(ctx, setting, r, event, time.Now())
		if tries = append(tries, tryOutput{r.Name, err == nil, errorText(err)}); err != nil {
			if failed++; notify.Temporary(err) {
				code = exitTemporary
			}
			hint = cmp.Or(hint, notify.Hint(err))
		}
		if a.output != "json" {
			fmt.Fprintf(a.stdout, "%s: %s\n", r.Name, cmp.Or(plain(errorText(err)), "the message arrived"))
		}
	}
	if a.output == "json" {
		if err := a.printJSON(tries); err != nil {
			return err
		}
	}
	switch {
	case ctx.Err() != nil:
		return interrupted(ctx, ctx.Err())
	case failed == 0:
		return nil
	case failed < len(tries):
		code = exitSome
	}
	return &failure{code, hint, errors.New(count(failed, "message") + " did not arrive")}
}

// tryOutput is how a receiver fared as JSON.
type tryOutput struct {
	Receiver string `json:"receiver"`
	OK       bool   `json:"ok"`
	Error    string `json:"error"` // empty: the message arrived
}

// settingOf is what the notifier works with.
func settingOf(c *config.Config) notify.Setting {
	s := notify.Setting{Zone: c.Zone, Zones: map[string]*time.Location{}}
	for _, source := range c.Sources {
		s.Zones[source.Name] = source.Zone
	}
	for _, r := range c.Notify {
		s.Receivers = append(s.Receivers, notify.Receiver{
			Name: r.Name, URL: r.URL, Events: r.Events, Sources: r.Sources,
			Username: r.Username, Nights: r.QuietAfter, Templates: r.Templates,
		})
	}
	return s
}

// announcing is a checker that lets the notifier know how checks went.
type announcing struct {
	engine.Checker
	notifier *notify.Notifier
}

// Check visits the source once. A check that was called off says nothing of the
// source.
func (n announcing) Check(ctx context.Context, source string) (engine.Result, error) {
	result, err := n.Checker.Check(ctx, source)
	if ctx.Err() == nil {
		n.notifier.Checked(source, err)
	}
	return result, err
}

// announce makes the notifier, and the store write down what it is to tell. What
// fails of it stops nothing else.
func announce(ctx context.Context, c *config.Config, st *store.Store, journal *journal) *notify.Notifier {
	n := notify.New(st, journal.Logger)
	st.Announce(len(c.Notify) > 0)
	tell(ctx, n, settingOf(c), journal)
	return n
}

// tell puts a setting in force.
func tell(ctx context.Context, n *notify.Notifier, s notify.Setting, journal *journal) {
	if err := n.Use(ctx, s); err != nil && ctx.Err() == nil {
		journal.Warn(fmt.Sprintf("⚠️ Messages: %v", err))
	}
}
