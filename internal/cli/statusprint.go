package cli

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/smartsync/smartsync/internal/service"
	"github.com/smartsync/smartsync/rules"
	"github.com/smartsync/smartsync/store"
)

func (a *app) printStatus(out statusOutput) {
	now := time.Now()
	d := out.Daemon
	if d == nil {
		fmt.Fprintf(a.stdout, "smartsync does not run: %s starts it\n", starter(out.Schedule))
	} else {
		fmt.Fprintf(a.stdout, "smartsync runs: pid %d, since %s\n", d.PID, d.Started.Format(time.DateTime))
		if d.ReloadError != "" {
			when := "not taken over yet"
			if d.ReloadFailed != nil {
				when = "refused " + ago(*d.ReloadFailed, now)
			}
			fmt.Fprintf(a.stdout, "the newest edit of the schedule was %s, the one before is in force:\n%s\n", when, plainLines(d.ReloadError))
		}
	}
	for _, r := range out.Receivers {
		if r.Trouble != "" {
			fmt.Fprintln(a.stdout, r.line(now))
		}
	}
	for _, s := range out.Sources {
		fmt.Fprintf(a.stdout, "\n%s\n", s.Source)
		table := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
		for _, line := range s.lines(now) {
			fmt.Fprintf(table, "  %s\t%s\n", line[0], line[1])
		}
		_ = table.Flush() // as any other print
	}
}

// starter is the command that starts smartsync on a schedule.
func starter(schedule string) string {
	m := service.Manager{Name: service.Name}
	if state, err := m.Status(); err == nil && state != service.NotInstalled && m.Schedule() == schedule {
		return "sudo smartsync service start"
	}
	return "smartsync run"
}

// lines are a source's labels and what stands beside them.
func (s sourceOutput) lines(now time.Time) [][2]string {
	lines := [][2]string{{"window", s.Window}, {"last check", "never"}}
	if s.LastCheck != nil {
		lines[1][1] = fmt.Sprintf("%s (%s): %s", s.LastCheck.Format(time.DateTime), ago(*s.LastCheck, now), s.result())
	}
	if s.LastFound != nil {
		lines = append(lines, [2]string{"last find", fmt.Sprintf("%s (%s)", s.LastFound.Format(time.DateTime), ago(*s.LastFound, now))})
	}
	if s.Paused != nil {
		lines = append(lines, [2]string{"next check", fmt.Sprintf("paused until %s: smartsync resume %s ends it", s.Paused.endFrom(now), s.Source)})
	}
	if s.Next != nil {
		text := "due now"
		if wait := s.Next.Sub(now).Round(time.Second); wait > 0 {
			text = "in " + rules.FormatDuration(wait)
		}
		text = fmt.Sprintf("%s (%s): %s", s.Next.Format(time.DateTime), text, plain(s.Reason))
		if s.Line > 0 {
			text += fmt.Sprintf(", line %d", s.Line)
		}
		lines = append(lines, [2]string{"next check", text})
	}
	lines = append(lines, [2]string{"files", countsText(s.Files)})
	for _, f := range s.Rejected {
		lines = append(lines, [2]string{"rejected", rejectedText(f.File, f.Line, f.Reason, f.Detail)})
	}
	if more := s.Files[string(store.Rejected)] - len(s.Rejected); more > 0 {
		lines = append(lines, [2]string{"", fmt.Sprintf("and %d more: smartsync files --status rejected", more)})
	}
	return lines
}

// result says how the last check ended.
func (s sourceOutput) result() string {
	switch {
	case s.LastError != "" && s.Errors > 1:
		return fmt.Sprintf("failed, %d in a row: %s", s.Errors, plain(s.LastError))
	case s.LastError != "":
		return "failed: " + plain(s.LastError)
	case s.Found > 0:
		return fmt.Sprintf("ok, %d new", s.Found)
	case s.Misses == 0:
		return "ok, nothing new"
	case s.Misses == 1:
		return "ok, nothing new, 1 miss"
	default:
		return fmt.Sprintf("ok, nothing new, %d misses", s.Misses)
	}
}

// countsText says how many files have which status, in the order of a file's life.
func countsText(counts map[string]int) string {
	text := ""
	for _, status := range []store.Status{store.Imported, store.Kept, store.Ignored, store.Duplicate, store.Rejected, store.Seen} {
		if n := counts[string(status)]; n > 0 {
			text += fmt.Sprintf("%s%d %s", map[bool]string{true: ", "}[text != ""], n, status)
		}
	}
	if text == "" {
		return "none"
	}
	return text
}

func rejectedText(file string, line int, reason, detail string) string {
	text := shownName(file)
	if line > 0 {
		text += fmt.Sprintf(", line %d", line)
	}
	if text += ": " + reason; detail != "" {
		text += fmt.Sprintf(" (%q)", lastLine(detail))
	}
	return text
}
