package config_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// limits are the bounds that no schema tells, each with the last values inside and
// the first ones outside.
var limits = map[string]struct {
	words           string
	inside, outside []string
}{
	"file.on_error":    {"1s to 7d", []string{"1s", "1h"}, []string{"999ms", "8d"}},
	"file.max_error":   {"1s to 7d, and not below on_error", []string{"5m", "7d"}, []string{"299s", "169h"}},
	"source.settle":    {"`0s` waits for nothing", []string{"0s", "30d"}, []string{"-1s"}},
	"source.timeout":   {"at least 1s", []string{"1s"}, []string{"999ms"}},
	"source.max_size":  {"at least 1KB", []string{"1KB", "1024"}, []string{"1023", "1023B"}},
	"source.on_error":  {"1s to 7d", []string{"1s", "1h"}, []string{"999ms", "8d"}},
	"source.max_error": {"1s to 7d, and not below on_error", []string{"5m", "7d"}, []string{"299s", "169h"}},
	"command.timeout":  {"at least 1s", []string{"1s"}, []string{"999ms"}},
	"log.max_size":     {"at least 1KB", []string{"1KB"}, []string{"1023"}},
	"log.max_age":      {"at least 1h", []string{"1h"}, []string{"59m"}},
	"window.name":      {"1 to 64 characters, not `default`", []string{"n", strings.Repeat("n", 64)}, []string{"''", "default", strings.Repeat("n", 65)}},
	"rule.interval":    {"1s to 7d", []string{"1s", "7d"}, []string{"999ms", "169h"}},
	"rule.budget":      {"1/day to 2880/day, or 1s to 24h", []string{"1/day", "2880/day", "1s", "24h"}, []string{"0.9/day", "2881/day", "999ms", "25h"}},
	"rule.min":         {"1s to 7d", []string{"1s", "7d"}, []string{"999ms", "169h"}},
	"rule.max":         {"1s to 7d, and not below min", []string{"30s", "7d"}, []string{"29s", "169h"}},
}

// kinds are the words for forms of values, by the schema of the form.
var kinds = func() map[string]string {
	out := map[string]string{}
	for word, form := range map[string]any{
		"duration": pattern(aDuration), "date": pattern(aDate), "percentage": pattern(aShare), "size": pattern(aSize), "clock time": pattern(aClock),
		"text": text, "glob": glob[0].value.(list)[0], "path": path[0].value.(list)[0], "": forms["level"][0].value.(list)[1],
		"template": template, "word or number": forms["reason"], "IANA name": forms["timezone"][0].value.(list)[0],
		"path of a file": forms["store"][0].value.(list)[0], "`true` or `false`": obj("type", "boolean"),
		"checks a day": forms["budget"][0].value.(list)[0], "address and port": forms["listen"][0].value.(list)[0],
		"host": forms["hosts"][0].value.(list)[0], "expression": forms["when"], "address": forms["notify.url"][0].value.(list)[0],
	} {
		out[canonical(form)] = word
	}
	out[canonical(forms["reason"])] = "text"
	out[canonical(weekday[0].value.(list)[1])] = ""           // upper case as well
	out[canonical(forms["wake"][0].value.(list)[1])] = ""     // the same
	out[canonical(forms["name"][0].value.(list)[0])] = "text" // its bounds are told
	out[canonical(forms["interval"][0].value.(list)[2])] = "expression"
	out[canonical(forms["until"][0].value.(list)[2])] = "name of a window"
	out[canonical(forms["url"][0].value.(list)[0])] = "path of a folder"
	out[canonical(forms["url"][0].value.(list)[1])] = "`sftp://` address"
	out[canonical(obj("type", "integer", "minimum", 1024))] = "" // a size
	return out
}()

func canonical(form any) string {
	var value any
	text, err := json.Marshal(form)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err == nil {
		text, err = json.Marshal(value)
	}
	if err != nil {
		panic(err)
	}
	return string(text)
}

// kind tells the form of a key's value in words.
func (r *reference) kind(key string, form *yaml.Node) string {
	bare := *form
	bare.Content = nil
	for i := 0; i < len(form.Content); i += 2 {
		if !slices.Contains([]string{"description", "default", "examples"}, form.Content[i].Value) {
			bare.Content = append(bare.Content, form.Content[i], form.Content[i+1])
		}
	}
	if word, ok := kinds[asJSON(r.t, &bare)]; ok {
		return word
	}
	if all := at(&bare, "allOf"); all != nil {
		return linked(at(all.Content[0], "$ref").Value)
	}
	if ref := at(&bare, "$ref"); ref != nil {
		if name := ref.Value; name != "#/definitions/variable" {
			return linked(name)
		}
		return ""
	}
	if words := at(&bare, "enum"); words != nil {
		return codes(words.Content)
	}
	if word := at(&bare, "const"); word != nil {
		return "`" + word.Value + "`"
	}
	if items := at(&bare, "items"); items != nil {
		return "list of: " + r.kind(key, items)
	}
	if named := at(&bare, "additionalProperties"); named != nil && named.Kind == yaml.MappingNode {
		return "by name: " + r.kind(key, named)
	}
	if least, most := at(&bare, "minimum"), at(&bare, "maximum"); least != nil && most != nil {
		return fmt.Sprintf("number, %s to %s", least.Value, most.Value)
	}
	if least := at(&bare, "minLength"); least != nil && least.Value != "1" {
		return fmt.Sprintf("text of %s characters or more", least.Value)
	}
	if one := at(&bare, "oneOf"); one != nil && at(one.Content[1], "items") != nil {
		return r.kind(key, one.Content[0]) + ", or a list"
	}
	if any := at(&bare, "anyOf"); any != nil {
		var words []string
		for _, form := range any.Content {
			if word := r.kind(key, form); word != "" && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
		return strings.Join(words, ", or ")
	}
	r.t.Errorf("%s: no words for %s", key, asJSON(r.t, &bare))
	return ""
}

func codes(nodes []*yaml.Node) string {
	var words []string
	for _, n := range nodes {
		words = append(words, "`"+n.Value+"`")
	}
	return strings.Join(words, " ")
}

// linked is a link to a definition's section.
func linked(ref string) string {
	name := strings.TrimPrefix(ref, "#/definitions/")
	switch name {
	case "import":
		return "`etlegacy`, `none`, or a [command](#an-import-command)"
	case "default":
		return "[rule](#a-rule)"
	}
	for _, s := range sections {
		if s.name == name {
			return fmt.Sprintf("[%s](#%s)", name, strings.ReplaceAll(strings.ToLower(s.title), " ", "-"))
		}
	}
	return name
}

// factWords say what the facts are.
var factWords = map[string]string{
	"found":        "new files that this check brought",
	"found_files":  "the list of them, the first 1000: each has `name` (text), `size` (bytes) and `modified` (moment)",
	"imported":     "how many of them were imported",
	"rejected":     "how many of them could not be imported",
	"misses":       "consecutive misses since the last find **or since this window opened**, this check included",
	"misses_total": "the same across windows",
	"errors":       "consecutive failed checks",
	"since_found":  "how long ago the last check that found something was; ten years when there was none",
	"in_window":    "how long ago this window opened; at most eight days",
	"now":          "the moment of the check, in the schedule's zone",
	"hour":         "its hour, 0 to 23",
	"minute":       "its minute, 0 to 59",
	"weekday":      "its day: `\"mon\"` … `\"sun\"`",
	"window":       "the window's name",
	"source":       "the source's name",
	"chance":       "`chance(\"30m\")`: how likely a file arrives within that time, 0 to 1, by the forecast",
	"eta":          "how long until the next file is expected, by the forecast",
}

// functionWords say what the functions are, in the order of the page.
var functionWords = []struct{ names, about string }{
	{"duration", "`duration(\"90m\")`: a duration, to compare with"},
	{"all any none one count", "`any(found_files, .size > 1000000)`: whether all, any, none or exactly one fits; how many do"},
	{"filter find", "`filter(found_files, .name contains \"supply\")`: those that fit; the first that does"},
	{"len", "how many a list holds, how many characters a text has"},
	{"abs min max floor ceil round int float", "numbers"},
	{"lower upper trim hasPrefix hasSuffix indexOf", "texts"},
}

func (r *reference) facts() {
	r.out.WriteString("\n## Facts\n\nWhat a condition, and an interval that is an expression, may use.\n\n| fact | is a | meaning |\n|---|---|---|\n")
	told := 0
	for f := range reflect.TypeFor[rules.Facts]().Fields() {
		name := f.Tag.Get("expr")
		about, ok := factWords[name]
		if !ok {
			r.t.Errorf("the fact %q has no words", name)
		}
		told++
		fmt.Fprintf(&r.out, "| `%s` | %s | %s |\n", name, factKind(f.Type), about)
	}
	if told != len(factWords) {
		r.t.Errorf("%d facts, and words for %d", told, len(factWords))
	}
}

func factKind(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "duration"
	case t == reflect.TypeFor[time.Time]():
		return "moment"
	case t.Kind() == reflect.Int:
		return "whole number"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Func:
		return "function: number"
	}
	return "list of files"
}

func (r *reference) functions() {
	known := wordsOf(r, "builtins")
	known = append(known, "duration")
	r.out.WriteString("\n## Functions\n\n| function | meaning |\n|---|---|\n")
	var told []string
	for _, f := range functionWords {
		names := strings.Fields(f.names)
		told = append(told, names...)
		fmt.Fprintf(&r.out, "| `%s` | %s |\n", strings.Join(names, "` `"), f.about)
	}
	slices.Sort(told)
	if slices.Sort(known); !slices.Equal(told, known) {
		r.t.Errorf("functions are %q, and words are of %q", known, told)
	}
	var methods []string
	for _, m := range wordsOf(r, "momentMethods") {
		methods = append(methods, "`"+m+"()`")
	}
	slices.Sort(methods)
	fmt.Fprintf(&r.out, "\nOperators are those of [expr](https://expr-lang.org/docs/language-definition): `and or not == != < <= > >= + - * / %% in contains startsWith endsWith "+
		"matches ? :`,\nand ranges such as `hour in 20..23`. A moment or duration may be asked for %s.\n", strings.Join(methods, " "))
	r.out.WriteString("An expression is at most 4096 characters and 500 parts. Nothing in it can read the clock, the machine or the network, and texts cannot be joined.\n")
}

// wordsOf returns the texts of a list, or of a mapping's keys, of the expressions'
// own source.
func wordsOf(r *reference, name string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "../../rules/expression.go", nil, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != name {
			return true
		}
		ast.Inspect(spec, func(node ast.Node) bool {
			if word, ok := node.(*ast.BasicLit); ok && word.Kind == token.STRING {
				if text, err := strconv.Unquote(word.Value); err == nil {
					out = append(out, text)
				}
			}
			return true
		})
		return false
	})
	return out
}
