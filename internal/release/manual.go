package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/cli"
)

// manual writes a page for each command, plain and compressed.
func (r release) manual() error {
	for _, command := range paged(cli.Root()) {
		name := pageName(command) + ".1"
		text := r.page(command)
		if err := r.put("man/"+name, text); err != nil {
			return err
		}
		if err := r.compress("man/"+name+".gz", text); err != nil {
			return err
		}
	}
	return nil
}

// paged lists the command and all below it that get a page: help needs none, and a
// page for each shell's completion would say nothing new.
func paged(command *cobra.Command) []*cobra.Command {
	pages := []*cobra.Command{command}
	if command.Name() == "completion" {
		return pages
	}
	for _, below := range listed(command) {
		pages = append(pages, paged(below)...)
	}
	return pages
}

// listed are the subcommands that help shows.
func listed(command *cobra.Command) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(command.Commands()), func(c *cobra.Command) bool {
		return !c.IsAvailableCommand() || c.Name() == "help"
	})
}

// pageName is the name of a command's page: smartsync-stats-player.
func pageName(command *cobra.Command) string {
	return strings.ReplaceAll(command.CommandPath(), " ", "-")
}

// page is the manual page of a command, in the man macros.
func (r release) page(command *cobra.Command) string {
	command.InitDefaultHelpFlag()
	p := &page{}
	p.request("TH", strings.ToUpper(pageName(command)), "1", r.date.Format("2006-01-02"), "smartsync "+r.version, "smartsync manual")
	// No hyphenation, and a ragged right edge.
	p.WriteString(".nh\n.ad l\n")
	p.section("NAME")
	p.line(escape(pageName(command)) + ` \- ` + escape(command.Short))
	p.section("SYNOPSIS")
	p.synopsis(command)
	p.section("DESCRIPTION")
	p.text(command.Long)
	if below := listed(command); len(below) > 0 {
		p.section("COMMANDS")
		for _, c := range below {
			p.item(`\fB`+escape(c.CommandPath())+`\fR`, c.Short)
		}
	}
	p.section("OPTIONS")
	p.flags(command.LocalFlags(), command)
	p.flags(command.InheritedFlags(), command)
	if command.Example != "" {
		p.section("EXAMPLES")
		p.text(command.Example)
	}
	p.section("EXIT STATUS")
	for line := range strings.Lines(exitCodes(command)) {
		code, meaning, _ := strings.Cut(strings.TrimSpace(line), "  ")
		p.item(`\fB`+code+`\fR`, meaning)
	}
	if !command.HasParent() {
		p.section("FILES")
		for _, f := range packagedFiles {
			p.item(`\fI`+escape(f.path)+`\fR`, f.what)
		}
	}
	p.section("SEE ALSO")
	p.seeAlso(related(command))
	return p.String()
}

// exitCodes is the part of a command's usage that lists them, a line each.
func exitCodes(command *cobra.Command) string {
	_, codes, _ := strings.Cut(command.UsageTemplate(), "Exit codes:\n")
	return strings.TrimRight(codes, "\n")
}

// related are the pages of a command's neighbours: above and below it, or else
// beside it.
func related(command *cobra.Command) []string {
	var names []string
	add := func(c *cobra.Command) {
		if c.Name() != "completion" {
			names = append(names, pageName(c))
		}
	}
	if command.HasParent() {
		add(command.Parent())
	}
	near := listed(command)
	if len(near) == 0 && command.Parent().HasParent() {
		near = listed(command.Parent())
	}
	for _, c := range near {
		if c != command {
			add(c)
		}
	}
	return names
}
