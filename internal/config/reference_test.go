package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/internal/config"
)

const referencePath = "../../docs/reference.md"

// TestReferenceFresh holds the page of all keys to the schema, and its facts and
// functions to those that expressions know. UPDATE_GOLDEN=1 writes it anew.
func TestReferenceFresh(t *testing.T) {
	var document yaml.Node // it keeps the order of keys, and JSON is YAML
	if err := yaml.Unmarshal(generatedSchema(t), &document); err != nil {
		t.Fatal(err)
	}
	r := &reference{t: t, schema: document.Content[0], used: map[string]bool{}}
	got := r.page()
	for key := range limits {
		if !r.used[key] {
			t.Errorf("the bounds of %q are of no key", key)
		}
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(referencePath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(referencePath)
	if err != nil || string(want) != got {
		t.Errorf("docs/reference.md is stale: UPDATE_GOLDEN=1 go test ./internal/config writes it anew (%v)", err)
	}
}

// TestReferenceBounds tries the bounds that the page tells: the last value inside
// is taken, the first one outside is refused.
func TestReferenceBounds(t *testing.T) {
	const rules = "windows: [{name: w, rules: [{when: misses > 3, interval: 1h}]}]\ndefault: {interval: 1h}\n"
	slots := map[string]string{
		"file":     "%s\nsources: {a: {url: x}}\n" + rules,
		"source":   "sources: {a: {url: sftp://h/p, %s}}\n" + rules,
		"command":  "sources: {a: {url: x, import: {command: a, %s}}}\n" + rules,
		"log":      "log: {%s}\nsources: {a: {url: x}}\n" + rules,
		"receiver": "notify: {a: {url: 'https://h/', %s}}\nsources: {a: {url: x}}\n" + rules,
		"window":   "sources: {a: {url: x}}\nwindows: [{%s, rules: [{when: misses > 3, interval: 1h}]}]\ndefault: {interval: 1h}\n",
		"rule":     "sources: {a: {url: x}}\nwindows: [{name: w, rules: [{when: misses > 3, %s}]}]\ndefault: {interval: 1h}\n",
	}
	for name, limit := range limits {
		of, key, _ := strings.Cut(name, ".")
		for i, value := range append(slices.Clone(limit.inside), limit.outside...) {
			pair := key + ": " + value
			if of == "rule" && key != "interval" {
				pair = "interval: forecast, " + pair
			}
			_, err := config.Parse("x.yaml", fmt.Appendf(nil, slots[of], pair), noVariables)
			if good := i < len(limit.inside); (err == nil) != good {
				t.Errorf("%s: %q: good is %t, and it says %v", name, value, good, err)
			}
		}
	}
}

// reference makes the page.
type reference struct {
	t      *testing.T
	schema *yaml.Node
	used   map[string]bool // keys whose bounds were told
	out    strings.Builder
}

// sections are the definitions in the page's order, with what stands above their
// tables.
var sections = []struct{ name, title, above string }{
	{"file", "The file", "Needed are `sources`, and `windows` or `default`: here, in each source, or in the set that it names.\nA change of `store`, `files`, `log` or `web` needs a restart; everything else is taken over while smartsync runs.\nAfter a refused login or a wrong host key the wait is `max_error` at once, not `on_error`."},
	{"source", "A source", "Under `sources`, each by a name of its own: " + sourceNames + ".\nA source takes a `schedule`, or `windows` and `default` of its own, or else the file's."},
	{"command", "An import command", "`import: {command: [python3, import.py]}`. What the program is told and what its exit status means: [schedule.md](schedule.md#a-program-as-the-importer)."},
	{"set", "A set of windows", "Under `schedules`, each by a name, for sources to share."},
	{"window", "A window", "In the list `windows`; the first that contains the moment rules. `from` and `to` stand together or not at all: then it is the whole day."},
	{"rule", "A rule", "In the list `rules` of a window, and as `default`, which takes no `when` and no forecast. Each has either `interval` or `until`."},
	{"log", "The log", "Under `log`."},
	{"web", "The dashboard", "Under `web`. How it is used: [dashboard.md](dashboard.md)."},
	{"receiver", "A receiver of messages", "Under `notify`, each by a name of its own: " + sourceNames + "; 32 at most. How it is used: [notify.md](notify.md)."},
	{"templates", "Templates of messages", "Under `templates` of a receiver. The fields that each knows: [notify.md](notify.md#templates)."},
}

const sourceNames = "1 to 64 letters, digits, `-` and `_`"

const head = `# schedule.yaml: every key

<!-- Made of the schema by a test of internal/config: UPDATE_GOLDEN=1 go test ./internal/config writes it anew. -->

What may stand in a schedule file, and in which form. How windows and rules work together, with examples: [schedule.md](schedule.md);
whole schedules: [recipes.md](recipes.md). An unknown key is an error, and so is one that stands twice. Where no default is told, a key that is
left out means nothing of its kind.

| form | is written as |
|---|---|
| duration | numbers with ` + "`ms`, `s`, `m`, `h`, `d` or `w`: `90s`, `5m`, `1h30m`, `2d`" + ` |
| clock time | ` + "`\"19:30\"`, of the wall clock in the schedule's zone" + ` |
| date | ` + "`2026-12-24`" + ` |
| size | ` + "`512KB`, `10MB`, `1GB`, of 1024 each; a number alone is bytes" + ` |
| percentage | ` + "`10%`" + ` |
| glob | ` + "`*.txt`: `*` is any characters, `?` is one, `[ab]` one of these; no `/`" + ` |
| path | a file or folder; a relative one starts in the schedule's own folder, ` + "`~/` in the user's home" + ` |
| or a list | one value, or several: ` + "`[fri, sat]`" + ` |

Every value may hold ` + "`${NAME}` or `${NAME:-default}`" + `, from the environment or from a ` + "`.env`" + ` file beside the schedule; the environment wins, and
` + "`$${` stands for a literal `${`" + `. A name that is not set and has no default is an error.
`

const foot = `
## Errors

A fault is told with its address, ` + "`schedule.yaml:32:16: window \"prime time\", rule 2: …`" + `, all faults of a file at once: by ` + "`smartsync validate`" + `, and by every
command that reads the schedule, which then ends with exit code 3. A running smartsync refuses the edit and goes on by the schedule that it has.
What the common ones mean: [troubleshooting.md](troubleshooting.md#the-schedule).
`

func (r *reference) page() string {
	r.out.WriteString(head)
	for _, s := range sections {
		definition := r.schema
		if s.name != "file" {
			definition = at(at(r.schema, "definitions"), s.name)
		}
		fmt.Fprintf(&r.out, "\n## %s\n\n%s\n\n| key | value | default | meaning |\n|---|---|---|---|\n", s.title, s.above)
		properties := at(definition, "properties")
		for i := 0; i < len(properties.Content); i += 2 {
			r.row(s.name, definition, properties.Content[i].Value, properties.Content[i+1])
		}
	}
	r.facts()
	r.functions()
	r.out.WriteString(foot)
	return r.out.String()
}

// unsaid are defaults that are no value, as they end a description.
var unsaid = []string{"everything", "nothing", "all of it", "all of them", "always", "every day", "none", "no password", "the file's", "the file's windows",
	"the agent's keys and those in ~/.ssh", "64MB, or 1MB for etlegacy"}

func (r *reference) row(of string, definition *yaml.Node, key string, form *yaml.Node) {
	about, ends := strings.TrimPrefix(strings.TrimSuffix(at(form, "description").Value, "."), "By name: "), ""
	byDefault := ""
	if node := at(form, "default"); node != nil {
		byDefault = "`" + node.Value + "`"
	}
	for _, words := range unsaid {
		if cut, found := strings.CutSuffix(about, "; "+words); found {
			about, ends = cut, words
		}
	}
	if ends != "" {
		byDefault = ends
	}
	if required := at(definition, "required"); required != nil {
		if slices.ContainsFunc(required.Content, func(n *yaml.Node) bool { return n.Value == key }) {
			byDefault = "needed"
		}
	}
	value := r.kind(of+"."+key, form)
	bounded := strings.Replace(of, "set", "file", 1) + "." + key
	if limit, ok := limits[bounded]; ok {
		r.used[bounded] = true
		value += ", " + limit.words
	}
	fmt.Fprintf(&r.out, "| `%s` | %s | %s | %s |\n", key, value, byDefault, strings.ReplaceAll(capital(about), "|", `\|`))
}

// capital is sentence without the stop.
func capital(about string) string { return strings.TrimSuffix(sentence(about), ".") }

// at returns the value of a key, or nil.
func at(node *yaml.Node, key string) *yaml.Node {
	for i := 0; node != nil && i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// asJSON is a form as the schema writes it, without white space.
func asJSON(t *testing.T, node *yaml.Node) string {
	t.Helper()
	var value any
	if err := node.Decode(&value); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
