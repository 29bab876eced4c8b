package notify

import (
	"errors"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/smartsync/smartsync/store"
)

// maxTemplate bounds a template, and what one may write, in bytes.
const maxTemplate = 16 << 10

// CheckTemplate returns what is wrong with the template of an event: nil when it
// can be read and shows a message of that event. The error names no place but the
// template's own line.
func CheckTemplate(event, text string) error {
	_, err := execute(text, sample(event))
	return err
}

// execute shows d by a template.
func execute(text string, d *Data) (string, error) {
	if len(text) > maxTemplate {
		return "", errors.New("the template is longer than 16 KiB")
	}
	t, err := template.New("t").Option("missingkey=error").Parse(text)
	if err == nil {
		var out bounded
		if err = t.Execute(&out, d); err == nil && strings.TrimSpace(out.String()) == "" {
			err = errors.New("the template shows nothing")
		}
		if err == nil {
			return out.String(), nil
		}
	}
	return "", errors.New(plainError(err))
}

// bounded is a text that does not grow beyond maxTemplate.
type bounded struct{ strings.Builder }

// Write refuses what is too much.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxTemplate {
		return 0, errors.New("the template shows more than 16 KiB")
	}
	return b.Builder.Write(p)
}

var (
	templatePlace = regexp.MustCompile(`^template: t:(\d+)(?::\d+)?: (?:executing "t" at (<.*?>): )?`)
	noField       = regexp.MustCompile(`can't evaluate field (\w+) in type [\w.*]+`)
	goType        = regexp.MustCompile(`\*?notify\.(\w+)`)
)

// plainError is a template's error without the names of the program's types.
func plainError(err error) string {
	text := templatePlace.ReplaceAllString(err.Error(), "line $1 of the template: $2 ")
	text = noField.ReplaceAllString(text, `there is no field "$1"`)
	return strings.Join(strings.Fields(goType.ReplaceAllString(text, "$1")), " ")
}

// sample is a message of an event with every field set that it ever sets, made up.
func sample(event string) *Data {
	at := time.Date(2025, 10, 3, 20, 27, 45, 0, time.UTC)
	d := &Data{Event: event, Source: "game", At: at}
	players := []Player{
		{Name: "Ada", Rounds: 2, Kills: 25, Deaths: 12, Damage: 4120, Revives: 3, DPM: 343},
		{Name: "Linus", Rounds: 2, Kills: 19, Deaths: 15, Damage: 3380, Revives: 11, DPM: 281},
	}
	first := Round{Number: 1, Attackers: "Allies", Defender: "Axis", Result: "objective done", Time: "7:18", Limit: "12:00"}
	switch event {
	case store.EventRound:
		d.Map, d.Rounds, d.Players = "supply", []Round{first}, players
	case store.EventMatch:
		d.Map, d.Score, d.Players, d.Winners = "supply", "2 : 0", players, []string{"Ada"}
		d.Rounds = []Round{first, {Number: 2, Attackers: "Axis", Defender: "Allies", Result: "held", Time: "7:18", Limit: "7:18"}}
	case store.EventSession:
		d.Start, d.Players = at.Add(-2*time.Hour), players
		d.Maps = []Map{{Name: "adlernest", Rounds: 2, Score: "1 : 1"}, {Name: "supply", Rounds: 2, Score: "2 : 0"}}
	case store.EventError, store.EventSchedule:
		d.Text = "connect to game.example:22: no answer in time"
	case store.EventQuiet:
		d.Nights, d.Last = 3, at
	}
	return d
}
