package config_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// generatedSchema makes the schema of the types that schedules are read into, and
// of their comments.
func generatedSchema(t *testing.T) []byte {
	t.Helper()
	g := &generator{t: t, comments: map[string]string{}, definitions: map[string]object{}}
	g.read("file.go", "web.go", "notify.go", "../../rules/spec.go")
	root := g.mapping("file", reflect.TypeFor[config.File]())
	g.definitions["variable"] = obj("type", "string", "pattern", aVariable, "description", "A value from the environment or the .env file: ${NAME} or ${NAME:-default}.")
	g.mapping("command", reflect.TypeFor[commandForm]())
	var definitions object
	for _, name := range []string{"source", "set", "log", "web", "receiver", "templates", "import", "command", "window", "rule", "default", "variable"} {
		definitions = append(definitions, member{name, g.definitions[name]})
	}
	head := obj("$schema", "http://json-schema.org/draft-07/schema#", "title", "smartsync: schedule.yaml")
	text, err := json.MarshalIndent(slices.Concat(head, root, obj("definitions", definitions)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if len(g.used) != len(forms) {
		for key := range forms {
			if !g.used[key] {
				t.Errorf("the form of %q is of no key", key)
			}
		}
	}
	return append(text, '\n')
}

// TestSchemaFresh holds the schema that is shipped to the types that schedules are
// read into, and to their comments. UPDATE_GOLDEN=1 writes it anew.
func TestSchemaFresh(t *testing.T) {
	text := generatedSchema(t)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(config.SchemaFile, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text, config.Schema()) {
		t.Errorf("%s is stale: UPDATE_GOLDEN=1 go test ./internal/config writes it anew", config.SchemaFile)
	}
}

// commandForm has the keys of an import command; the type that reads them is the
// importer's own. Its comments are those of commandSpec.
type commandForm struct {
	Command []rules.Text `yaml:"command"`
	Timeout rules.Text   `yaml:"timeout"`
}

// generator makes a schema of the types.
type generator struct {
	t           *testing.T
	comments    map[string]string // by type, and by type.field
	definitions map[string]object
	used        map[string]bool // keys whose form was asked for
	within      string          // before the key of a form that is a definition's own
}

// read takes the comments of the types in Go files.
func (g *generator) read(paths ...string) {
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			g.t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			decl, ok := node.(*ast.GenDecl)
			if !ok || decl.Tok != token.TYPE {
				return true
			}
			spec := decl.Specs[0].(*ast.TypeSpec)
			g.comments[spec.Name.Name] = strings.Join(strings.Fields(decl.Doc.Text()), " ")
			if of, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range of.Fields.List {
					for _, name := range field.Names {
						g.comments[spec.Name.Name+"."+name.Name] = strings.TrimSpace(field.Comment.Text())
					}
				}
			}
			return false
		})
	}
}

// mapping returns the schema of a struct's keys and values.
func (g *generator) mapping(name string, t reflect.Type) object {
	var properties object
	g.properties(t, &properties)
	if name == "source" || name == "set" {
		inherit(properties)
	}
	about := g.about(t)
	out := obj("description", about, "type", "object", "additionalProperties", false)
	out = append(out, bounds[name]...)
	out = append(out, member{"properties", properties})
	g.definitions[name] = out
	return out
}

// inherit takes the defaults from keys that are the file's where a source or a set
// leaves them out.
func inherit(properties object) {
	for i, p := range properties {
		if !slices.Contains([]string{"jitter", "on_error", "max_error"}, p.key) {
			continue
		}
		of := slices.DeleteFunc(p.value.(object), func(m member) bool { return m.key == "default" })
		of[0].value = strings.TrimSuffix(of[0].value.(string), ".") + "; the file's."
		properties[i].value = of
	}
}

// about is the comment of a type, as a sentence.
func (g *generator) about(t reflect.Type) string {
	name := t.Name()
	if t == reflect.TypeFor[commandForm]() {
		name = "commandSpec"
	}
	about := g.comments[name]
	if about == "" {
		g.t.Errorf("%s has no comment", name)
	}
	about = strings.TrimPrefix(strings.TrimPrefix(about, name+" "), "is ")
	return sentence(strings.TrimSuffix(strings.TrimSuffix(about, "."), ", as it is written"))
}

// sentence begins with a capital, unless its first word is one that is written in
// a schedule.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if strings.HasPrefix(text, "mon …") {
		return text + "."
	}
	runes := []rune(text)
	return string(unicode.ToUpper(runes[0])) + string(runes[1:]) + "."
}

func (g *generator) properties(t reflect.Type, into *object) {
	for f := range t.Fields() {
		tag, tagged := f.Tag.Lookup("yaml")
		key, option, _ := strings.Cut(tag, ",")
		switch {
		case option == "inline":
			g.properties(f.Type, into)
		case tagged && option == "":
			*into = append(*into, member{key, g.value(t, f, key)})
		}
	}
}

// Values of a comment: what it names as an example, and what stands at its end as
// the default.
var (
	exampleIn = regexp.MustCompile(`\bas ([0-9*]\S*?),?(?: |;|$)`)
	defaultIn = regexp.MustCompile(`; (\S+)$`)
)

// value returns the schema of a field's values.
func (g *generator) value(of reflect.Type, f reflect.StructField, key string) object {
	typeName := of.Name()
	if of == reflect.TypeFor[commandForm]() {
		typeName = "commandSpec"
	}
	comment := g.comments[typeName+"."+f.Name]
	if comment == "" {
		g.t.Errorf("%s.%s has no comment: it is what editors show", typeName, f.Name)
	}
	about := comment
	var more object
	if of == reflect.TypeFor[config.ReceiverSpec]() || of == reflect.TypeFor[config.TemplatesSpec]() {
		g.within = "notify."
	}
	form := g.form(f.Type, key)
	g.within = ""
	if m := defaultIn.FindStringSubmatch(comment); m != nil && f.Type == reflect.TypeFor[rules.Text]() && key != "when" {
		about = strings.TrimSuffix(comment, m[0])
		more = obj("default", m[1])
	}
	if m := exampleIn.FindAllStringSubmatch(comment, -1); m != nil {
		var examples list
		for _, example := range m {
			examples = append(examples, example[1])
		}
		more = append(more, member{"examples", examples})
	}
	return slices.Concat(obj("description", sentence(about)), more, form)
}

// form returns what a type takes, and makes the definitions that it needs.
func (g *generator) form(t reflect.Type, key string) object {
	ref := func(name string) object {
		if g.definitions[name] == nil {
			g.mapping(name, t)
		}
		return obj("allOf", list{obj("$ref", "#/definitions/"+name)}) // beside $ref nothing counts
	}
	switch t {
	case reflect.TypeFor[rules.Text](), reflect.TypeFor[rules.Flag]():
		return g.scalar(key)
	case reflect.TypeFor[[]rules.Text]():
		one := g.scalar(key)
		many := obj("type", "array", "items", one)
		if key == "command" {
			many = append(many, member{"minItems", 1})
		}
		return obj("oneOf", list{one, many})
	case reflect.TypeFor[[]config.SourceSpec]():
		t = t.Elem()
		source := ref("source")
		return obj("type", "object", "minProperties", 1, "propertyNames", obj("pattern", "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"), "additionalProperties", source)
	case reflect.TypeFor[[]config.SetSpec]():
		t = t.Elem()
		return obj("type", "object", "additionalProperties", ref("set"))
	case reflect.TypeFor[[]rules.WindowSpec]():
		t = t.Elem()
		return obj("type", "array", "items", ref("window"))
	case reflect.TypeFor[[]rules.RuleSpec]():
		t = t.Elem()
		return obj("type", "array", "items", ref("rule"))
	case reflect.TypeFor[*rules.RuleSpec]():
		t = t.Elem()
		ref("rule")
		g.definitions["default"] = obj("allOf", list{obj("$ref", "#/definitions/rule"),
			obj("not", required("when")), where("interval", obj("not", obj("const", "forecast")))})
		return obj("allOf", list{obj("$ref", "#/definitions/default")})
	case reflect.TypeFor[config.LogSpec]():
		return ref("log")
	case reflect.TypeFor[[]config.ReceiverSpec]():
		t = t.Elem()
		receiver := ref("receiver")
		return obj("type", "object", "propertyNames", obj("pattern", "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"), "additionalProperties", receiver)
	case reflect.TypeFor[config.TemplatesSpec]():
		return ref("templates")
	case reflect.TypeFor[config.WebSpec]():
		return ref("web")
	case reflect.TypeFor[config.ImportSpec]():
		g.definitions["import"] = obj("description", g.about(t), "oneOf",
			list{enum(config.ImportETLegacy, config.ImportNone), variable, obj("$ref", "#/definitions/command")})
		return obj("allOf", list{obj("$ref", "#/definitions/import")})
	}
	g.t.Fatalf("no form for %s of %s", key, t)
	return nil
}

func (g *generator) scalar(key string) object {
	key = g.within + key
	form, ok := forms[key]
	if !ok {
		g.t.Fatalf("the key %q has no form: add it to the schema's forms", key)
	}
	if g.used == nil {
		g.used = map[string]bool{}
	}
	g.used[key] = true
	return form
}
