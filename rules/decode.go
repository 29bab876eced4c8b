package rules

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Flag is true or false in a schedule file.
type Flag struct {
	Place
	Value bool
}

// MarshalJSON writes the value without its place.
func (f Flag) MarshalJSON() ([]byte, error) { return json.Marshal(f.Value) }

// Describer is a part of a schedule file that names itself in errors.
type Describer interface {
	// Describe names the part that node holds, the index-th (from 0) of its list:
	// `window "prime time"`, `rule 2`.
	Describe(node *yaml.Node, index int) string
}

// NodeDecoder is a part of a schedule file that may be written in more than one
// form, and reads itself.
type NodeDecoder interface {
	DecodeNode(d *Decoder, node *yaml.Node)
}

// maxNodes bounds how many values a file may hold once its aliases are followed.
const maxNodes = 200_000

// Decoder reads a YAML tree into Go values and collects every fault: unknown
// and duplicate keys, values of the wrong kind. Fields are named by their yaml
// tag; `,inline` spreads a struct into its parent, `,key` on a Text takes the
// key of a mapping that is read into a list, `,place` takes the part's place.
type Decoder struct {
	Source []byte // the file's text, to address spots inside of values
	Faults []Fault
	// Broken holds the places of the parts that something in them is wrong with:
	// what they lack is no fault of its own.
	Broken map[Place]bool
	where  []string
	lines  []string // of Source
	nodes  int
	slips  int // faults and unset values so far
}

// Unset is the tag of a value that could not be had, and whose fault is already
// known: it is read as if it were not there.
const Unset = "!unset"

// Expanded is the tag of a value that came, at least in part, from the
// environment: no error quotes a part of it.
const Expanded = "!expanded"

// Decode reads node into the value that into points to.
func (d *Decoder) Decode(node *yaml.Node, into any) {
	d.value(node, reflect.ValueOf(into).Elem())
}

// Fail adds a fault at node.
func (d *Decoder) Fail(node *yaml.Node, format string, args ...any) {
	d.slips++
	d.Faults = append(d.Faults, Fault{Place{node.Line, node.Column}, strings.Join(d.where, ", "), fmt.Sprintf(format, args...)})
}

var textType, flagType = reflect.TypeFor[Text](), reflect.TypeFor[Flag]()

func (d *Decoder) value(node *yaml.Node, v reflect.Value) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if d.nodes++; d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.Fail(node, "the file holds more than %d values", maxNodes)
		}
		return
	}
	if node.Style&yaml.TaggedStyle != 0 {
		d.Fail(node, "a tag, the word after !, has no meaning here: leave it out")
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if own, ok := v.Addr().Interface().(NodeDecoder); ok {
		own.DecodeNode(d, node)
		return
	}
	switch {
	case v.Type() == textType:
		v.Set(reflect.ValueOf(d.text(node)))
	case v.Type() == flagType:
		v.Set(reflect.ValueOf(d.flag(node)))
	case v.Kind() == reflect.Slice && hasKey(v.Type().Elem()):
		d.keyed(node, v)
	case v.Kind() == reflect.Slice:
		d.list(node, v)
	case v.Kind() == reflect.Struct:
		d.mapping(node, v)
	default:
		panic("rules: no decoding for " + v.Type().String())
	}
}

func (d *Decoder) text(node *yaml.Node) Text {
	switch {
	case node.Tag == Unset:
		d.slips++
		return Text{}
	case node.Kind != yaml.ScalarNode:
		d.Fail(node, "expected a single value, found %s", kindOf(node))
		return Text{}
	case node.ShortTag() == "!!null":
		d.Fail(node, "the value is missing")
		return Text{}
	}
	if d.lines == nil {
		d.lines = Lines(d.Source)
	}
	return textOf(node, d.lines)
}

func (d *Decoder) flag(node *yaml.Node) Flag {
	if node.Tag == Unset {
		d.slips++
		return Flag{}
	}
	value := strings.ToLower(node.Value)
	if node.Kind != yaml.ScalarNode || value != "true" && value != "false" {
		d.Fail(node, "expected true or false, found %s", kindOf(node))
		return Flag{}
	}
	return Flag{Place{node.Line, node.Column}, value == "true"}
}

func (d *Decoder) list(node *yaml.Node, v reflect.Value) {
	items := node.Content
	if node.Kind == yaml.ScalarNode && v.Type().Elem() == textType {
		items = []*yaml.Node{node} // one value may stand without its list
	} else if node.Kind != yaml.SequenceNode {
		d.Fail(node, "expected a list, found %s", kindOf(node))
		return
	}
	for i, item := range items {
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		d.element(item, v.Index(i), i)
	}
}

func (d *Decoder) element(node *yaml.Node, v reflect.Value, index int) {
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if named, ok := v.Interface().(Describer); ok {
		d.where = append(d.where, named.Describe(node, index))
		defer func() { d.where = d.where[:len(d.where)-1] }()
	}
	d.value(node, v)
}

// keyed reads a mapping into a list whose elements take the keys.
func (d *Decoder) keyed(node *yaml.Node, v reflect.Value) {
	if node.Kind != yaml.MappingNode {
		d.Fail(node, "expected names, each with its keys and values, found %s", kindOf(node))
		return
	}
	d.pairs(node, func(i int, key, value *yaml.Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		for _, f := range fieldsOf(item.Type()) {
			if f.key {
				item.FieldByIndex(f.index).Set(reflect.ValueOf(d.text(key)))
			}
		}
		if named, ok := item.Interface().(Describer); ok {
			d.where = append(d.where, named.Describe(value, i))
			defer func() { d.where = d.where[:len(d.where)-1] }()
		}
		d.value(value, item)
		v.Set(reflect.Append(v, item))
	})
}

// pairs visits a mapping's keys and values, once each key.
func (d *Decoder) pairs(node *yaml.Node, visit func(i int, key, value *yaml.Node)) {
	first := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.Fail(key, "a key must be a single word")
			continue
		}
		if line, again := first[key.Value]; again {
			d.Fail(key, "key %q is here twice, first in line %d", key.Value, line)
			continue
		}
		first[key.Value] = key.Line
		visit(i/2, key, value)
	}
}

func (d *Decoder) mapping(node *yaml.Node, v reflect.Value) {
	place, before := Place{node.Line, node.Column}, d.slips
	defer func() {
		if d.slips > before {
			if d.Broken == nil {
				d.Broken = map[Place]bool{}
			}
			d.Broken[place] = true
		}
	}()
	fields := fieldsOf(v.Type())
	var names []string
	for _, f := range fields {
		if f.place {
			v.FieldByIndex(f.index).Set(reflect.ValueOf(place))
		} else if !f.key {
			names = append(names, f.name)
		}
	}
	if node.Kind != yaml.MappingNode {
		d.Fail(node, "expected keys and values, found %s", kindOf(node))
		return
	}
	d.pairs(node, func(_ int, key, value *yaml.Node) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key.Value && !f.key && !f.place })
		switch {
		case i >= 0:
			d.value(value, v.FieldByIndex(fields[i].index))
		case key.Value == "<<":
			d.Fail(key, "merge keys are not supported: repeat the keys, or use an alias for a whole list")
		default:
			hint := Suggest(key.Value, names)
			if hint == "" {
				hint = fmt.Sprintf(": here may stand %s", strings.Join(names, ", "))
			}
			d.Fail(key, "unknown key %q%s", key.Value, hint)
		}
	})
}

// field is one key that a struct takes.
type field struct {
	name       string
	index      []int
	key, place bool
}

func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged := sf.Tag.Lookup("yaml")
		name, option, _ := strings.Cut(tag, ",")
		switch {
		case !tagged || name == "-":
		case option == "inline":
			for _, f := range fieldsOf(sf.Type) {
				f.index = append([]int{i}, f.index...)
				out = append(out, f)
			}
		default:
			out = append(out, field{name, []int{i}, option == "key", option == "place"})
		}
	}
	return out
}

func hasKey(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && slices.ContainsFunc(fieldsOf(t), func(f field) bool { return f.key })
}

// kindOf says in words what a node is.
func kindOf(node *yaml.Node) string {
	switch {
	case node.Kind == yaml.MappingNode:
		return "keys and values"
	case node.Kind == yaml.SequenceNode:
		return "a list"
	case node.ShortTag() == "!!null":
		return "nothing"
	default:
		return fmt.Sprintf("%q", node.Value)
	}
}
