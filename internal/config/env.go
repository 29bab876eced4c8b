package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/rules"
)

// Lookup returns the value of an environment variable, as os.LookupEnv does.
type Lookup func(name string) (value string, ok bool)

// maxEnvFile bounds the .env file, in bytes.
const maxEnvFile = 64 << 10

// Environment returns the process's environment, and behind it the .env file in
// dir where there is one.
func Environment(dir string) (Lookup, error) {
	path := filepath.Join(dir, ".env")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.LookupEnv, nil
	}
	if err != nil {
		return nil, err
	}
	values, err := parseEnv(path, text)
	if err != nil {
		return nil, err
	}
	return func(name string) (string, bool) {
		if value, ok := os.LookupEnv(name); ok {
			return value, true
		}
		value, ok := values[name]
		return value, ok
	}, nil
}

var envLine = regexp.MustCompile(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$`)

// parseEnv reads NAME=value lines. A value may stand in single quotes, where
// every character stands for itself, or in double quotes, where \n, \" and \\
// are escapes; without quotes it ends before ` #`. No value expands another, so
// that a $ in a password is a $. An error names the line, and never its text.
func parseEnv(path string, text []byte) (map[string]string, error) {
	if len(text) > maxEnvFile {
		return nil, fmt.Errorf("%s is larger than %d KiB", path, maxEnvFile>>10)
	}
	values := map[string]string{}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m := envLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("%s:%d: expected NAME=value", path, i+1)
		}
		value, ok := envValue(m[2])
		if !ok {
			return nil, fmt.Errorf("%s:%d: the value of %s has no closing quote", path, i+1, m[1])
		}
		values[m[1]] = value
	}
	return values, nil
}

func envValue(raw string) (value string, ok bool) {
	switch {
	case strings.HasPrefix(raw, "'"):
		value, _, ok = strings.Cut(raw[1:], "'")
		return value, ok
	case strings.HasPrefix(raw, `"`):
		var b strings.Builder
		for i := 1; i < len(raw); i++ {
			switch {
			case raw[i] == '"':
				return b.String(), true
			case raw[i] == '\\' && i+1 < len(raw) && strings.IndexByte(`"\n`, raw[i+1]) >= 0:
				i++
				b.WriteString(strings.Replace(raw[i:i+1], "n", "\n", 1))
			default:
				b.WriteByte(raw[i])
			}
		}
		return "", false
	}
	if i := strings.Index(raw, " #"); i >= 0 {
		raw = raw[:i]
	}
	return strings.TrimSpace(raw), true
}

// expander replaces ${NAME} and ${NAME:-default} in a YAML tree's values, and
// remembers what it put where, so that no error shows it.
type expander struct {
	lookup  Lookup
	faults  []rules.Fault
	secrets map[string]string      // expanded value -> as written
	places  map[rules.Place]string // of each value that holds one -> as expanded
}

var reference = regexp.MustCompile(`\$?\$\{([^{}]*)\}`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (x *expander) walk(node *yaml.Node) {
	switch node.Kind {
	case yaml.ScalarNode:
		x.scalar(node)
	case yaml.MappingNode:
		for i := 1; i < len(node.Content); i += 2 {
			x.walk(node.Content[i])
		}
	default: // an alias leads to a node that is walked where it stands
		for _, child := range node.Content {
			x.walk(child)
		}
	}
}

func (x *expander) scalar(node *yaml.Node) {
	if !strings.Contains(node.Value, "${") {
		return
	}
	written, faults, secret := node.Value, len(x.faults), false
	node.Value = reference.ReplaceAllStringFunc(written, func(ref string) string {
		if strings.HasPrefix(ref, "$$") {
			return ref[1:]
		}
		name, otherwise, hasDefault := strings.Cut(ref[2:len(ref)-1], ":-")
		if !variableName.MatchString(name) {
			x.fail(node, "%q is no variable: write ${NAME} or ${NAME:-default}, and $${ for a literal ${", ref)
			return ""
		}
		value, ok := x.lookup(name)
		if hasDefault && value == "" {
			value, ok = otherwise, true
		}
		if !ok {
			x.fail(node, "%s is not set: set it in the environment or in .env, or write ${%s:-default}", name, name)
		}
		if value != otherwise && value != "" {
			x.secrets[value] = ref
			secret = true
		}
		return value
	})
	switch {
	case len(x.faults) > faults:
		node.Tag = rules.Unset
	case secret:
		node.Tag = rules.Expanded
		x.secrets[node.Value] = written
		x.places[rules.Place{Line: node.Line, Column: node.Column}] = node.Value
	case node.Style == 0:
		node.Tag = "" // a bare ${ZONE:-} is nothing, not an empty text
	}
}

func (x *expander) fail(node *yaml.Node, format string, args ...any) {
	x.faults = append(x.faults, rules.Fault{Place: rules.Place{Line: node.Line, Column: node.Column}, Message: fmt.Sprintf(format, args...)})
}
