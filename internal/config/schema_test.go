package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/internal/config"
)

// schemaOf compiles the shipped schema, and holds it to draft 7 by that.
func schemaOf(t testing.TB) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if draft := document.(map[string]any)["$schema"]; draft != "http://json-schema.org/draft-07/schema#" {
		t.Fatalf("draft %q", draft)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schedule.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schedule.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// plainData is a YAML text as an editor's YAML 1.2 reads it.
func plainData(text []byte) (any, error) {
	var node yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&node); err != nil {
		return nil, err
	}
	if err := decoder.Decode(new(yaml.Node)); err == nil {
		return nil, errors.New("more than one document")
	}
	return dataOf(&node)
}

func dataOf(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		return dataOf(node.Content[0])
	case yaml.AliasNode:
		return dataOf(node.Alias)
	case yaml.SequenceNode:
		out := []any{}
		for _, item := range node.Content {
			value, err := dataOf(item)
			if err != nil {
				return nil, err
			}
			out = append(out, value)
		}
		return out, nil
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			key := node.Content[i]
			if _, again := out[key.Value]; again || key.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: a key that editors refuse", key.Line)
			}
			value, err := dataOf(node.Content[i+1])
			if err != nil {
				return nil, err
			}
			out[key.Value] = value
		}
		return out, nil
	}
	switch node.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(node.Value, "true"), nil
	case "!!int", "!!float":
		if json.Valid([]byte(node.Value)) {
			return json.Number(node.Value), nil
		}
	}
	if node.Style&yaml.TaggedStyle != 0 {
		return nil, fmt.Errorf("line %d: a tag that editors do not know", node.Line)
	}
	return node.Value, nil
}

// TestSchemaTakes wants every schedule that is shipped to be valid by the schema,
// and to point to it in its first line.
func TestSchemaTakes(t *testing.T) {
	schema := schemaOf(t)
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(paths) < 6 {
		t.Fatalf("examples: %q, %v", paths, err)
	}
	for _, path := range append(paths, "../../schedule.yaml", "../cli/template/schedule.yaml") {
		if strings.HasSuffix(path, ".test.yaml") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data, err := plainData(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := schema.Validate(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		first, _, _ := strings.Cut(string(text), "\n")
		target, ok := strings.CutPrefix(first, "# yaml-language-server: $schema=")
		if !ok {
			t.Errorf("%s does not name its schema in the first line", path)
			continue
		}
		if strings.Contains(path, "template") { // init writes the schema beside it
			if target != config.SchemaFile {
				t.Errorf("%s names %q, want %q", path, target, config.SchemaFile)
			}
			continue
		}
		named, err := os.ReadFile(filepath.Join(filepath.Dir(path), target))
		if err != nil || !bytes.Equal(named, config.Schema()) {
			t.Errorf("%s names %s, which is not the schema: %v", path, target, err)
		}
	}
}

// TestSchemaBad holds the schema to the bad schedules: it refuses each but those
// whose fault no schema can see, and those that are no YAML an editor refuses by
// itself.
func TestSchemaBad(t *testing.T) {
	schema := schemaOf(t)
	files, err := filepath.Glob("../../rules/testdata/bad/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d bad schedules: %v", len(files), err)
	}
	refused, listed := 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reason := unseen[name]
		data, err := plainData(text)
		if err == nil {
			err = schema.Validate(data)
		}
		switch {
		case err == nil && reason == "":
			t.Errorf("%s: the schema takes it: let it refuse it, or add the file to the list of unseen faults with the kind of its fault", name)
		case err != nil && reason != "":
			t.Errorf("%s: the schema refuses it, and it is in the list of unseen faults (%s): take it out\n%v", name, reason, err)
		case reason != "":
			listed++
		default:
			refused++
		}
	}
	if listed != len(unseen) {
		t.Errorf("%d of the %d unseen faults are files", listed, len(unseen))
	}
	t.Logf("%d refused, %d seen by smartsync alone", refused, listed)
}

// TestSchemaVariables puts a variable in place of each value of each example: one
// may stand wherever a value does.
func TestSchemaVariables(t *testing.T) {
	schema := schemaOf(t)
	paths, err := filepath.Glob("../../examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, path := range append(paths, "testdata/everything.yaml") {
		if strings.HasSuffix(path, ".test.yaml") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		for _, value := range valuesOf(&document) {
			kept := *value
			*value = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "x${NAME:-y}"}
			data, err := dataOf(&document)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(data); err != nil {
				t.Errorf("%s:%d: %q as a variable: %v", path, kept.Line, kept.Value, err)
			}
			*value = kept
			tried++
		}
	}
	if tried < 200 {
		t.Errorf("%d values", tried)
	}
}

// valuesOf returns the single values below a node, without the keys.
func valuesOf(node *yaml.Node) []*yaml.Node {
	if node.Kind == yaml.ScalarNode {
		return []*yaml.Node{node}
	}
	var out []*yaml.Node
	for i, child := range node.Content {
		if node.Kind != yaml.MappingNode || i%2 == 1 {
			out = append(out, valuesOf(child)...)
		}
	}
	return out
}

// TestSchemaAgrees tries forms of single values on both readers of a schedule:
// the schema and smartsync.
func TestSchemaAgrees(t *testing.T) {
	schema := schemaOf(t)
	const (
		atTop    = "%s\nsources: {a: {url: x}}\nwindows: [{name: w, rules: [{interval: 5m}]}]\n"
		inSource = "sources: {a: {url: sftp://h/p, %s}}\nwindows: [{name: w, rules: [{interval: 5m}]}]\n"
		inWindow = "sources: {a: {url: x}}\nwindows: [{name: w, %s, rules: [{interval: 5m}]}]\ndefault: {interval: 1h}\n"
		inRule   = "sources: {a: {url: x}}\nwindows: [{name: w, rules: [{when: misses > 3, %s}]}]\ndefault: {interval: 1h}\n"
	)
	for _, c := range []struct {
		form, slot string
		good       []string
		bad        []string
	}{
		{atTop, "timezone: %s", []string{"UTC", "Europe/Paris", "America/Port-au-Prince", "Etc/GMT+5"}, []string{"", "''", "[]", "5"}},
		{atTop, "store: %s", []string{"a.db", "5", "~/x/y.db"}, []string{"postgres://h/d", "''"}},
		{atTop, "on_error: %s", []string{"1s", "90s", "1h30m", "2d", ".5h", "1.5m"}, []string{"5", "5 m", "m", "5y", "five", "-5m", "true"}},
		{atTop, "jitter: %s", []string{"0%", "10%", "99.5%", "100%"}, []string{"10", "0.1", "101%", "-1%", "100.5%", "ten%"}},
		{atTop, "log: {level: %s}", []string{"debug", "INFO", "Warn"}, []string{"loud", "1", "true"}},
		{atTop, "log: {file: %s}", []string{"off", "a.log"}, []string{"''", "[a]"}},
		{atTop, "log: {max_size: %s}", []string{"10MB", "1 gb", "512KiB", "2048", "2048B"}, []string{"10XB", "10.5MB", "1000", "big"}},
		{inSource, "match: %s", []string{"'*.txt'", "[a, b]", "[]", "7"}, []string{"a/b", "[a, '']", "{a: b}"}},
		{inSource, "import: %s", []string{"none", "etlegacy", "{command: [a, 1]}", "{command: a, timeout: 5s}"}, []string{"csv", "[none]", "{}", "{command: []}", "{command: a, time: 5s}"}},
		{inSource, "url2: %s", nil, []string{"x"}},
		{inWindow, "from: '01:00', to: %s", []string{"'24:00'", "2:30", "'00:00'"}, []string{"'24:01'", "25:00", "noon", "3"}},
		{inWindow, "days: %s", []string{"fri", "[Fri, SAT]"}, []string{"friday", "[5]", "'fri, sat'"}},
		{inWindow, "dates: %s", []string{"2026-12-24", "[2026-12-24, '2026-12-31']"}, []string{"24.12.2026", "2026-13-01"}},
		{inWindow, "wake: %s", []string{"true", "False", "'true'"}, []string{"yes", "1"}},
		{inRule, "interval: %s", []string{"1s", "forecast", "'duration(\"5m\")'", "since_found"}, []string{"5", "5 m", "''", "-1m", "[5m]"}},
		{inRule, "interval: forecast, budget: %s", []string{"36/day", "1.5/day", "20s"}, []string{"36", "36/week", "a lot"}},
		{inRule, "interval: 5m, budget: %s", nil, []string{"36/day"}},
		{inRule, "until: %s", []string{"19:30", "'24:00'", "w"}, []string{"25:00", "''"}},
		{inRule, "until: '19:30', interval: %s", nil, []string{"5m"}},
	} {
		for i, value := range append(append([]string{}, c.good...), c.bad...) {
			text := fmt.Sprintf(c.form, fmt.Sprintf(c.slot, value))
			data, err := plainData([]byte(text))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			bySchema := schema.Validate(data)
			_, err = config.Parse("x.yaml", []byte(text), noVariables)
			if good := i < len(c.good); (err == nil) != good || (bySchema == nil) != good {
				t.Errorf("%s: good is %t\nsmartsync: %v\nschema: %v", text, good, err, bySchema)
			}
		}
	}
}
