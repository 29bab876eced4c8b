package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/smartsync/smartsync/internal/cli"
)

// macros are the requests that pages may have.
var macros = regexp.MustCompile(`^\.(TH|SH|PP|TP|RS|RE|nf|fi|br|nh|ad)( |$)`)

func TestPagesHoldEachCommandAndFlag(t *testing.T) {
	r := release{version: "1.2.3", date: time.Unix(1790000000, 0).UTC()}
	pages := paged(cli.Root())
	if len(pages) < 20 {
		t.Fatalf("only %d pages", len(pages))
	}
	for _, command := range pages {
		t.Run(pageName(command), func(t *testing.T) {
			text := r.page(command)
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !macros.MatchString(strings.TrimSpace(line)) {
					t.Errorf("%q would be taken for a request", line)
				}
				if strings.ContainsFunc(line, func(c rune) bool { return c > '~' || c == '\t' }) {
					t.Errorf("%q is not plain ASCII", line)
				}
			}
			for _, set := range []*pflag.FlagSet{command.LocalFlags(), command.InheritedFlags()} {
				set.VisitAll(func(f *pflag.Flag) {
					if !strings.Contains(text, `\fB`+escape("--"+f.Name)+`\fR`) {
						t.Errorf("no flag --%s", f.Name)
					}
				})
			}
			for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SEE ALSO"} {
				if !strings.Contains(text, "\n.SH \""+section+"\"\n") {
					t.Errorf("no section %s", section)
				}
			}
			if !strings.Contains(text, "\n\\fB7\\fR\nsome sources failed\n") {
				t.Error("the exit codes are not there")
			}
		})
	}
}

func TestPageInFull(t *testing.T) {
	parent := &cobra.Command{Use: "tool"}
	parent.PersistentFlags().StringP("config", "c", "a.yaml", "the `file`")
	parent.SetUsageTemplate("Exit codes:\n  0  ok\n")
	command := &cobra.Command{
		Use: "do THING", Short: "Do it", Run: func(*cobra.Command, []string) {},
		Long: "Does 'it'.\n.hidden files too.\n\n  tool do \\x\n    --now", Example: "  tool do ~x",
	}
	command.Flags().Bool("now", false, "at once")
	parent.AddCommand(command, &cobra.Command{Use: "undo", Run: func(*cobra.Command, []string) {}})
	got := release{version: "1", date: time.Unix(0, 0).UTC()}.page(command)
	want := `.TH "TOOL-DO" "1" "1970-01-01" "smartsync 1" "smartsync manual"
.nh
.ad l
.SH "NAME"
tool\-do \- Do it
.SH "SYNOPSIS"
\fBtool do\fR THING [flags]
.SH "DESCRIPTION"
Does \(aqit\(aq.
\&.hidden files too.
.PP
.RS 4
.nf
tool do \(rsx
  \-\-now
.fi
.RE
.SH "OPTIONS"
.TP
\fB\-h\fR, \fB\-\-help\fR
show how tool do is used
.TP
\fB\-\-now\fR
at once
.TP
\fB\-c\fR, \fB\-\-config\fR \fIfile\fR
the file (default a.yaml)
.SH "EXAMPLES"
.RS 4
.nf
tool do \(tix
.fi
.RE
.SH "EXIT STATUS"
.TP
\fB0\fR
ok
.SH "SEE ALSO"
\fBtool\fR(1)
`
	if got != want {
		t.Errorf("got:\n%s", got)
	}
}
