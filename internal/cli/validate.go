package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// validation is the result of validate as JSON.
type validation struct {
	File   string        `json:"file"`
	OK     bool          `json:"ok"`
	Faults []faultOutput `json:"faults"`
}

type faultOutput struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Where   string `json:"where"`
	Message string `json:"message"`
}

func (a *app) validateCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "validate [FILE]",
		Short: "Tell every fault of a schedule, or ok",
		Long: `Reads a schedule file and tells every fault in it, each with its line and
column, or "ok" with a summary. Nothing is connected to and nothing is changed.`,
		Example: "  smartsync validate\n  smartsync validate new-schedule.yaml --output json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.schedule = args[0]
			}
			c, err := a.load()
			if a.output == "json" {
				return a.validateJSON(err)
			}
			if err != nil {
				return err
			}
			return a.summary(c)
		},
	}
	a.outputFlag(command)
	return command
}

func (a *app) validateJSON(err error) error {
	result := validation{File: a.schedule, OK: err == nil, Faults: []faultOutput{}}
	faults, ok := errors.AsType[*rules.FaultError](err)
	if err != nil && !ok {
		return err
	}
	if ok {
		for _, f := range faults.Faults {
			result.Faults = append(result.Faults, faultOutput{f.Line, f.Column, f.Where, f.Message})
		}
	}
	if err := a.printJSON(result); err != nil || result.OK {
		return err
	}
	return &failure{code: exitInvalid}
}

// summary prints ok, and what the schedule comes to.
func (a *app) summary(c *config.Config) error {
	fmt.Fprintf(a.stdout, "ok: %s, %s, timezone %s\n", a.schedule, count(len(c.Sources), "source"), c.Zone)
	for _, s := range c.Sources {
		day := plot(s, nil).Simulate(time.Now().In(s.Schedule.Zone()), 1)[0]
		fmt.Fprintf(a.stdout, "  %s: %s, %s, %s on a quiet day like today (every 5 minutes: %d)\n", s.Name, s.URL,
			count(len(s.Schedule.Windows()), "window"), count(len(day.Steps), "check"), day.FixedChecks(5*time.Minute))
	}
	return nil
}

// printJSON prints a result as indented JSON.
func (a *app) printJSON(result any) error {
	encoder := json.NewEncoder(a.stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(result)
}
