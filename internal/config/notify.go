package config

import (
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// Events are what a receiver may be told.
var Events = []string{"round", "match", "session", "error", "schedule", "quiet"}

// ReceiverSpec is one place that messages go to, as it is written.
type ReceiverSpec struct {
	rules.Place `yaml:",place"`
	Name        rules.Text    `yaml:",key"`
	URL         rules.Text    `yaml:"url"`         // a Discord webhook, telegram://, slack://, ntfy://, smtp://, or an https:// address that takes JSON
	Events      []rules.Text  `yaml:"events"`      // what is told: round, match, session, error, schedule, quiet; all of it
	Sources     []rules.Text  `yaml:"sources"`     // the sources that are told of; all of them
	Username    rules.Text    `yaml:"username"`    // who a Discord message comes from, in place of the webhook's own name
	QuietAfter  rules.Text    `yaml:"quiet_after"` // how many game nights without a file are quiet; 3
	Templates   TemplatesSpec `yaml:"templates"`   // messages in words of your own
}

// TemplatesSpec is a set of templates of messages, as it is written.
type TemplatesSpec struct {
	Round    rules.Text `yaml:"round"`    // template of a round's message: its first line is the title
	Match    rules.Text `yaml:"match"`    // template of a match's message
	Session  rules.Text `yaml:"session"`  // template of an evening's message
	Error    rules.Text `yaml:"error"`    // template for a source that fails or is well again
	Schedule rules.Text `yaml:"schedule"` // template for an edit of the schedule that was refused or is good again
	Quiet    rules.Text `yaml:"quiet"`    // template for a source without a file on several game nights
}

// Describe names the receiver by its name.
func (s ReceiverSpec) Describe(*yaml.Node, int) string { return fmt.Sprintf("notify %q", s.Name.Value) }

// Receiver is one place that messages go to.
type Receiver struct {
	Name       string
	URL        string // a secret
	Events     []string
	Sources    []string // none: all
	Username   string
	QuietAfter int               // game nights
	Templates  map[string]string // by event
}

// Judge asks the room that sends messages about what this one cannot read. Its
// answers hold nothing of an address.
type Judge struct {
	Address  func(url string) error         // nil: messages can be sent there
	Username func(name string) error        // nil: messages may come from it
	Template func(event, text string) error // nil: it shows a message of the event
}

// mostReceivers bounds the receivers: each costs a connection for every message.
const mostReceivers = 32

func (b *builder) receivers(judge *Judge) []Receiver {
	var out []Receiver
	if len(b.file.Notify) > mostReceivers {
		b.fail(b.file.Notify[mostReceivers].Place, "more than %d receivers of messages", mostReceivers)
		return nil
	}
	for i := range b.file.Notify {
		spec := &b.file.Notify[i]
		b.where = fmt.Sprintf("notify %q", spec.Name.Value)
		out = append(out, b.receiver(spec, judge))
		b.where = ""
	}
	return out
}

func (b *builder) receiver(spec *ReceiverSpec, judge *Judge) Receiver {
	r := Receiver{Name: spec.Name.Value, URL: spec.URL.Value, Username: spec.Username.Value, QuietAfter: 3, Templates: map[string]string{}}
	if spec.Name.Set() && !sourceName.MatchString(r.Name) {
		b.fail(spec.Name.Place, "a receiver's name is 1 to 64 letters, digits, - and _")
	}
	switch {
	case !spec.URL.Set():
		b.fail(spec.Place, "no url: messages need a place to go to, as url: ${DISCORD_WEBHOOK}")
	case judge.Address != nil:
		if err := judge.Address(r.URL); err != nil {
			b.fail(spec.URL.Place, "%v", err)
		}
	}
	if spec.Username.Set() && judge.Username != nil {
		if err := judge.Username(r.Username); err != nil {
			b.fail(spec.Username.Place, "%v", err)
		}
	}
	r.Events = b.words(spec.Events, "event", Events)
	if len(spec.Events) == 0 {
		r.Events = slices.Clone(Events)
	}
	var names []string
	for _, s := range b.file.Sources {
		names = append(names, s.Name.Value)
	}
	r.Sources = b.words(spec.Sources, "source", names)
	if spec.QuietAfter.Set() {
		if n, err := strconv.Atoi(spec.QuietAfter.Value); err != nil || n < 1 || n > 30 {
			b.fail(spec.QuietAfter.Place, "quiet_after is a number of nights from 1 to 30")
		} else {
			r.QuietAfter = n
		}
	}
	t := &spec.Templates
	for _, of := range []struct {
		event string
		text  rules.Text
	}{{"round", t.Round}, {"match", t.Match}, {"session", t.Session}, {"error", t.Error}, {"schedule", t.Schedule}, {"quiet", t.Quiet}} {
		if !of.text.Set() {
			continue
		}
		r.Templates[of.event] = of.text.Value
		if judge.Template == nil {
			continue
		}
		if err := judge.Template(of.event, of.text.Value); err != nil {
			b.fail(of.text.Place, "template of %s: %v", of.event, err)
		}
	}
	return r
}

// words are the texts' values, which must be among those that are known.
func (b *builder) words(texts []rules.Text, what string, known []string) []string {
	var out []string
	for _, text := range texts {
		if !slices.Contains(known, text.Value) {
			b.fail(text.Place, "unknown %s %q%s", what, text.Value, rules.Suggest(text.Value, known))
		}
		out = append(out, text.Value)
	}
	return out
}
