package config

import (
	_ "embed"
	"slices"
)

// SchemaFile is the name under which the schema stands beside a schedule.
const SchemaFile = "schedule.schema.json"

//go:embed schedule.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 7) of a schedule file, for editors. Every
// schedule that Parse takes is valid by it; what only the whole of a file shows,
// such as a rule that never wins, it does not see.
func Schema() []byte { return slices.Clone(schema) }
