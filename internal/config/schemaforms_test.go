package config_test

import "encoding/json"

// The regular expressions of a schema are those that JavaScript and Go share.
const (
	aDuration = `^(([0-9]+\.?[0-9]*|\.[0-9]+)(ms|s|m|h|d|w))+$`
	aClock    = `^([01]?[0-9]|2[0-3]):[0-5][0-9]$`
	aSize     = `^[0-9]{1,9} ?([KkMmGg][Ii]?)?[Bb]?$`
	aDate     = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`
	aShare    = `^(100(\.0*)?|[0-9]{1,2}(\.[0-9]*)?)%$`
	aVariable = `\$\{`
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

func obj(pairs ...any) object {
	var o object
	for i := 0; i < len(pairs); i += 2 {
		o = append(o, member{pairs[i].(string), pairs[i+1]})
	}
	return o
}

type list = []any

func pattern(p string) object  { return obj("type", "string", "pattern", p) }
func enum(words ...any) object { return obj("enum", list(words)) }
func anyOf(forms ...any) object {
	return obj("anyOf", list(forms))
}

// required wants the keys.
func required(keys ...any) object { return obj("required", list(keys)) }

// where wants something of a key's value, if it is there.
func where(key string, value object) object { return obj("properties", obj(key, value)) }

// variable is a value that comes from the environment, or a part of which does: of
// its form nothing can be said.
var variable = obj("$ref", "#/definitions/variable")

// written is a form that a value may have, or a variable.
func written(forms ...any) object { return anyOf(append(forms, variable)...) }

// text is any single value: what YAML takes for a number or for true is a text
// here as well.
var text = obj("type", list{"string", "number", "boolean"}, "minLength", 1)

// template is the text of a message.
var template = obj("type", list{"string", "number", "boolean"}, "pattern", `\S`)

// path is a file or folder.
var path = written(obj("type", list{"string", "number"}, "minLength", 1))

var (
	duration = written(pattern(aDuration))
	glob     = written(obj("type", list{"string", "number", "boolean"}, "minLength", 1, "pattern", "^[^/]+$"))
	weekday  = written(enum("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
		pattern(`^([Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]|[Ss][Uu][Nn])$`))
	share = written(pattern(aShare))
)

// forms say what the value of a key looks like; those of one definition alone are
// under its name and a dot.
var forms = map[string]object{
	"timezone":    written(pattern(`^[A-Za-z][A-Za-z0-9_+/-]*$`)),
	"store":       written(obj("type", list{"string", "number"}, "minLength", 1, "not", pattern("://"))),
	"files":       path,
	"file":        path,
	"key":         path,
	"known_hosts": path,
	"passphrase":  text,
	"password":    text,
	"schedule":    text,
	"reason":      obj("type", list{"string", "number", "boolean"}),
	"on_error":    duration,
	"max_error":   duration,
	"settle":      duration,
	"timeout":     duration,
	"max_age":     duration,
	"min":         duration,
	"max":         duration,
	"jitter":      share,
	"max_size":    written(obj("type", "integer", "minimum", 1024), pattern(aSize)),
	"level":       written(enum("debug", "info", "warn", "error"), pattern(`^([Dd][Ee][Bb][Uu][Gg]|[Ii][Nn][Ff][Oo]|[Ww][Aa][Rr][Nn]|[Ee][Rr][Rr][Oo][Rr])$`)),
	"url": written(
		obj("type", list{"string", "number"}, "minLength", 1, "not", anyOf(pattern("://"), pattern(`^[^/\\:@]+@[^/\\:@]+:`))),
		pattern(`^[Ss][Ff][Tt][Pp]://([^/:@?#]*@)?[^/@?#]+/[^?#]*$`)),
	"listen":             written(pattern(`^(localhost|[0-9.]*|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$`)),
	"token":              written(obj("type", "string", "minLength", 16)),
	"hosts":              written(pattern(`^[A-Za-z0-9_:]([A-Za-z0-9_.:-]*[A-Za-z0-9_:])?$`)),
	"notify.url":         written(pattern(`^([Hh][Tt][Tt][Pp][Ss]?|[Tt]elegram|[Ss]lack|[Nn]tfy|[Ss]mtp)://`)),
	"notify.events":      written(enum("round", "match", "session", "error", "schedule", "quiet")),
	"notify.sources":     text,
	"notify.username":    obj("type", list{"string", "number", "boolean"}),
	"notify.quiet_after": written(obj("type", "integer", "minimum", 1, "maximum", 30)),
	"notify.round":       template,
	"notify.match":       template,
	"notify.session":     template,
	"notify.error":       template,
	"notify.schedule":    template,
	"notify.quiet":       template,
	"match":              glob,
	"ignore":             glob,
	"command":            obj("type", list{"string", "number", "boolean"}),
	"name": written(obj("type", list{"string", "number", "boolean"}, "minLength", 1, "maxLength", 64,
		"pattern", `^\S(.*\S)?$`, "not", obj("const", "default"))),
	"from":   written(pattern(aClock)),
	"to":     written(pattern(aClock), obj("const", "24:00")),
	"days":   weekday,
	"dates":  written(pattern(aDate)),
	"except": written(pattern(aDate)),
	"wake":   written(obj("type", "boolean"), pattern("^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$")),
	"when":   obj("type", "string", "maxLength", 4096, "pattern", `\S`),
	"interval": written(pattern(aDuration), obj("const", "forecast"),
		obj("type", "string", "maxLength", 4096, "pattern", "[(\"'`?_a-z]", "not", obj("pattern", `^-?[0-9.]+ ?[A-Za-z]*$`))),
	"until": written(pattern(aClock), obj("const", "24:00"),
		obj("type", list{"string", "number", "boolean"}, "minLength", 1, "not", pattern(`^[0-9]{1,2}:[0-9]{2}$`))),
	"budget": written(pattern(`^[0-9]+\.?[0-9]* */day$`), pattern(aDuration)),
}

// bounds is what a definition's keys must be together.
var bounds = map[string]object{
	"receiver": required("url"),
	"file": obj(
		"required", list{"sources"},
		"anyOf", list{required("windows"), required("default"), where("sources", obj("additionalProperties",
			anyOf(required("windows"), required("default"), required("schedule"))))}),
	"source": obj(
		"required", list{"url"},
		"not", obj("required", list{"schedule"}, "anyOf", list{required("windows"), required("default")}),
		"dependencies", obj("key", remote, "passphrase", remote, "known_hosts", remote, "password", remote)),
	"set":    anyOf(required("windows"), required("default")),
	"window": obj("required", list{"name"}, "dependencies", obj("from", list{"to"}, "to", list{"from"})),
	"rule": obj(
		"oneOf", list{required("interval"), required("until")},
		"dependencies", obj("budget", foreseeing, "min", foreseeing, "max", foreseeing)),
	"command": obj("required", list{"command"}),
}

// remote is a source whose url is no folder.
var remote = where("url", obj("pattern", `^[Ss][Ff][Tt][Pp]://|\$\{`))

// foreseeing is a rule whose interval is forecast.
var foreseeing = obj("required", list{"interval"}, "properties", obj("interval", anyOf(obj("const", "forecast"), variable)))
