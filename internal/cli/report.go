package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/smartsync/smartsync/sync"
)

// shownFaults is how many files of a kind are named below a source's line.
const shownFaults = 20

// printReports prints what came of each source that was reached: a line, and the
// files that did not go well below it.
func (a *app) printReports(outcomes []outcome, line func(sync.Report) string) {
	for _, o := range outcomes {
		r := o.report
		if o.err != nil && r.Listed == 0 {
			continue
		}
		fmt.Fprintf(a.stdout, "%s: %s\n", o.source.Name, line(r))
		for _, f := range r.Rejected[:min(len(r.Rejected), shownFaults)] {
			fmt.Fprintf(a.stdout, "  rejected %s\n", rejectedText(f.Name, f.Line, f.Reason, f.Detail))
		}
		if more := len(r.Rejected) - shownFaults; more > 0 {
			fmt.Fprintf(a.stdout, "  rejected %d more: smartsync files --status rejected lists them\n", more)
		}
		for _, f := range r.Failed[:min(len(r.Failed), shownFaults)] {
			fmt.Fprintf(a.stdout, "  failed %s: %s\n", shownName(f.Name), plain(f.Reason))
		}
		if more := len(r.Failed) - shownFaults; more > 0 {
			fmt.Fprintf(a.stdout, "  failed %d more: the next check tries them again\n", more)
		}
		for _, f := range r.Skips {
			fmt.Fprintf(a.stdout, "  skipped %s: %s\n", shownName(f.Name), f.Reason)
		}
	}
}

// reportLine says what a check, or a folder, brought.
func reportLine(r sync.Report) string {
	text := count(r.Listed, "file") + " listed, " + news(len(r.Found), r.Bytes) + tally(r)
	if taken := r.Ended.Sub(r.Started); taken >= 100*time.Millisecond {
		text += fmt.Sprintf(" in %.1f s", taken.Seconds())
	}
	return text
}

// retryLine says what came of rejected files that were tried again.
func retryLine(r sync.Report) string {
	if r.Listed == 0 {
		return "no rejected files"
	}
	return count(r.Listed, "rejected file") + " tried again: " + strings.TrimPrefix(tally(r), ", ")
}

// news says how many new files there are.
func news(files int, bytes int64) string {
	if files == 0 {
		return "nothing new"
	}
	return fmt.Sprintf("%d new (%s)", files, size(bytes))
}

// tally says what became of a report's files, the zeros left out.
func tally(r sync.Report) string {
	text := ""
	for _, part := range []struct {
		n    int
		word string
	}{{r.Imported, "imported"}, {r.Kept, "kept"}, {r.Ignored, "ignored"}, {r.Duplicates, "duplicate"}, {len(r.Rejected), "rejected"},
		{len(r.Failed), "failed"}, {r.Pending, "still being written"}, {r.Skipped, "skipped"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	return text
}

// printPlans prints what a check of each source that was reached would bring.
func (a *app) printPlans(outcomes []outcome) {
	for _, o := range outcomes {
		if o.err != nil {
			continue
		}
		p := o.plan
		text := fmt.Sprintf("%s: %s listed, %d known, %s", o.source.Name, count(p.Listed, "file"), p.Known, news(len(p.New), p.Bytes))
		if p.Skipped > 0 {
			text += fmt.Sprintf(", %d skipped", p.Skipped)
		}
		fmt.Fprintln(a.stdout, text)
		table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		for _, f := range p.New {
			fmt.Fprintf(table, "  would fetch\t%s\t%s\t%s\n", f.Modified.In(o.source.Zone).Format(time.DateTime), size(f.Size), shownName(f.Name))
		}
		_ = table.Flush() // as any other print
		for _, f := range p.Skips {
			fmt.Fprintf(a.stdout, "  would skip %s: %s\n", shownName(f.Name), f.Reason)
		}
	}
}
