package cli

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/sync"
)

// probeOutput is one source's part of the result of probe as JSON.
type probeOutput struct {
	Source      string `json:"source"`
	URL         string `json:"url"`
	Error       string `json:"error,omitempty"`
	Address     string `json:"address"`
	Server      string `json:"server"`
	KeyType     string `json:"host_key_type"`
	Fingerprint string `json:"host_key_fingerprint"`
	Known       bool   `json:"host_key_known"`
	Pinned      bool   `json:"host_key_pinned"`
	User        string `json:"user"`
	Method      string `json:"method"`
	Exposed     string `json:"exposed_key,omitempty"`
	Listed      int    `json:"listed"`
	New         int    `json:"new"`
	Bytes       int64  `json:"bytes"`
	Skipped     int    `json:"skipped"`

	Skips []faultedOutput `json:"skips"` // as of sync
}

func (a *app) probeCommand() *cobra.Command {
	var accept bool
	command := &cobra.Command{
		Use:   "probe [SOURCE…]",
		Short: "Try the connection: host key, login, new files; change nothing",
		Long: `Connects to the named sources, or all, shows the server's host key and how the
login went, and lists what is new. Nothing is fetched and nothing is changed.

With --accept-host-key the key of a server that is not known yet is added to
known_hosts: compare the fingerprint with the server's own first. A key that
changed is never accepted.`,
		Example:           "  smartsync probe\n  smartsync probe game --accept-host-key",
		ValidArgsFunction: a.sourceNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.probe(cmd.Context(), args, accept)
		},
	}
	command.Flags().BoolVar(&accept, "accept-host-key", false, "pin the host key of a server that is not known yet")
	a.outputFlag(command)
	return command
}

func (a *app) probe(ctx context.Context, names []string, accept bool) error {
	c, chosen, err := a.loadSources(names)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	st, release, err := a.ledger(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	sources, err := openSources(c, chosen, st, slog.New(slog.DiscardHandler), nil, nil)
	if err != nil {
		return err
	}
	var outcomes []outcome
	var results []probeOutput
	for _, s := range chosen {
		p, err := sources[s.Name].Probe(ctx, accept)
		_ = sources[s.Name].Close() // it only read
		outcomes = append(outcomes, outcome{source: s, err: err})
		results = append(results, probeOutput{s.Name, s.URL, errorText(err), p.Address, p.Server, p.KeyType, p.Fingerprint, p.Known, p.Pinned, p.User, p.Method, p.Exposed, p.Plan.Listed, len(p.Plan.New), p.Plan.Bytes, p.Plan.Skipped, faultsOf(p.Plan.Skips)})
		if a.output != "json" {
			a.printProbe(s, p, err)
		}
	}
	if a.output == "json" {
		if err := a.printJSON(results); err != nil {
			return err
		}
	}
	return a.failures(ctx, outcomes)
}

func (a *app) printProbe(s config.Source, p sync.Probe, err error) {
	fmt.Fprintf(a.stdout, "%s: %s\n", s.Name, s.URL)
	line := func(label, format string, args ...any) {
		fmt.Fprintf(a.stdout, "  %-9s %s\n", label, fmt.Sprintf(format, args...))
	}
	if p.Address != "" {
		line("server", "%s", strings.TrimSpace(p.Address+" "+plain(p.Server)))
	}
	if p.Fingerprint != "" {
		known := "not known"
		switch {
		case p.Pinned:
			known = "now pinned in " + p.KnownHosts
		case p.Known:
			known = "known from " + p.KnownHosts
		}
		line("host key", "%s %s, %s", p.KeyType, p.Fingerprint, known)
	}
	if p.Method != "" {
		line("login", "%s, by %s", p.User, p.Method)
	}
	if p.Exposed != "" {
		line("warning", "others may read the key %q: chmod 600 it", p.Exposed)
	}
	if err != nil {
		return
	}
	line("files", "%d listed, %s", p.Plan.Listed, news(len(p.Plan.New), p.Plan.Bytes))
	for _, f := range p.Plan.Skips[:min(len(p.Plan.Skips), listed)] {
		line("skipped", "%s: %s", shownName(f.Name), f.Reason)
	}
	if more := len(p.Plan.Skips) - listed; more > 0 {
		line("", "and %d more", more)
	}
}
