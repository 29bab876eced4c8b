package cli

import (
	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of schedule.yaml, for editors",
		Long: `Prints the JSON Schema (draft 7) of schedule.yaml: with it an editor completes its
keys, shows what they mean and marks what is wrong. An editor with the YAML
language server finds the schema by the first line of the schedule:

  # yaml-language-server: $schema=schedule.schema.json

"init" writes both. A schema does not see all that "validate" does.`,
		Example: "  smartsync schema > schedule.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(config.Schema())
			return err
		},
	}
}
