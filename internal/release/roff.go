package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// page collects a manual page.
type page struct{ strings.Builder }

// request writes a macro with its arguments, each one word without anything to
// escape.
func (p *page) request(name string, args ...string) {
	p.WriteString("." + name)
	for _, arg := range args {
		p.WriteString(` "` + arg + `"`)
	}
	p.WriteByte('\n')
}

func (p *page) section(title string) { p.request("SH", title) }

// line writes a line of text that is roff already.
func (p *page) line(roff string) {
	if strings.HasPrefix(roff, ".") || strings.HasPrefix(roff, "'") {
		roff = `\&` + roff
	}
	p.WriteString(roff + "\n")
}

// item writes a term, roff already, and what it means.
func (p *page) item(term, meaning string) {
	p.request("TP")
	p.line(term)
	p.line(escape(meaning))
}

// text writes the text of a help: paragraphs, and indented blocks that stay as they
// are.
func (p *page) text(help string) {
	first := true
	for block := range strings.SplitSeq(strings.Trim(help, "\n"), "\n\n") {
		if !first {
			p.request("PP")
		}
		first = false
		if indented(block) {
			p.block(block)
			continue
		}
		for line := range strings.SplitSeq(block, "\n") {
			p.line(escape(line))
		}
	}
}

func indented(block string) bool {
	return strings.HasPrefix(block, "  ") || strings.HasPrefix(block, "\t")
}

// block writes lines as they are, but for two of their leading spaces.
func (p *page) block(text string) {
	p.WriteString(".RS 4\n.nf\n")
	for line := range strings.SplitSeq(text, "\n") {
		p.line(escape(strings.TrimPrefix(line, "  ")))
	}
	p.WriteString(".fi\n.RE\n")
}

// synopsis writes how a command is called, and the ways with a subcommand.
func (p *page) synopsis(command *cobra.Command) {
	rest := strings.TrimPrefix(command.UseLine(), command.CommandPath())
	p.line(`\fB` + escape(command.CommandPath()) + `\fR` + escape(rest))
	if len(listed(command)) > 0 {
		p.request("br")
		p.line(`\fB` + escape(command.CommandPath()) + `\fR \fIcommand\fR [flags]`)
	}
}

// flags writes the flags of a command, with their defaults.
func (p *page) flags(set *pflag.FlagSet, command *cobra.Command) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		if f.Name == "help" {
			usage = "show how " + command.CommandPath() + " is used"
		}
		term := `\fB` + escape("--"+f.Name) + `\fR`
		if f.Shorthand != "" {
			term = `\fB` + escape("-"+f.Shorthand) + `\fR, ` + term
		}
		switch {
		case f.NoOptDefVal != "" && f.Value.Type() != "bool":
			term += `[=\fI` + escape(value) + `\fR]`
		case value != "":
			term += ` \fI` + escape(value) + `\fR`
		}
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" {
			usage += fmt.Sprintf(" (default %s)", d)
		}
		p.item(term, usage)
	})
}

// seeAlso writes the names of other pages.
func (p *page) seeAlso(names []string) {
	for i, name := range names {
		comma := ","
		if i == len(names)-1 {
			comma = ""
		}
		p.line(`\fB` + escape(name) + `\fR(1)` + comma)
	}
}

// escape makes text mean itself, in ASCII. Every hyphen is a minus sign: people copy
// them, and no line breaks at one.
func escape(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '-':
			b.WriteString(`\-`)
		case c == '\\':
			b.WriteString(`\(rs`)
		case c == '~':
			b.WriteString(`\(ti`)
		case c == '^':
			b.WriteString(`\(ha`)
		case c == '`':
			b.WriteString(`\(ga`)
		case c == '\'':
			b.WriteString(`\(aq`)
		case c == '\t':
			b.WriteString("    ")
		case c > '~':
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
