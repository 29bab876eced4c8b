package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// minimal is a schedule with as little in it as there may be.
const minimal = "sources: {game: {url: in}}\nwindows: [{name: all day, rules: [{interval: 5m}]}]\n"

// parse reads a text that is right.
func parse(t testing.TB, text string, env config.Lookup) *config.Config {
	t.Helper()
	c, err := config.Parse(filepath.Join(t.TempDir(), "schedule.yaml"), []byte(text), env)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return c
}

// TestShipped reads the schedule that the project comes with.
func TestShipped(t *testing.T) {
	c, err := config.Load("../../schedule.yaml")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	s := c.Sources[0]
	if c.Zone.String() != "Europe/Paris" || c.Store != filepath.Join(root, "data/smartsync.db") || c.Files != filepath.Join(root, "data/files") {
		t.Errorf("%+v", c)
	}
	if len(c.Sources) != 1 || s.Name != "game" || s.URL != filepath.Join(root, "examples/gamestats") || !slices.Equal(s.Match, []string{"*.txt"}) ||
		!slices.Equal(s.Ignore, []string{"*_ws.txt"}) || s.Import != config.ImportETLegacy || s.Zone.String() != "Europe/Paris" {
		t.Errorf("%+v", s)
	}
	if got := s.Schedule.Windows(); !slices.Equal(got, []string{"ramp-up", "prime time", "off-hours"}) {
		t.Errorf("windows %q", got)
	}
}

// TestDefaults shows what a schedule that says little stands for.
func TestDefaults(t *testing.T) {
	c := parse(t, minimal, noVariables)
	s, dir := c.Sources[0], filepath.Dir(c.Path)
	if c.Zone != time.UTC || c.Store != filepath.Join(dir, "data/smartsync.db") || c.Files != filepath.Join(dir, "data/files") ||
		c.Log != (config.Log{File: filepath.Join(dir, "logs/smart_sync.log"), Level: "info", MaxSize: 10 << 20, MaxAge: 30 * 24 * time.Hour}) {
		t.Errorf("%+v", c)
	}
	if s.URL != filepath.Join(dir, "in") || s.Import != config.ImportNone || s.Settle != 2*time.Second || s.Timeout != 30*time.Second ||
		s.Zone != time.UTC || s.MaxSize != 0 || s.CommandTimeout != time.Minute {
		t.Errorf("%+v", s)
	}
}

// TestForms holds ways to write a thing that look wrong and are right.
func TestForms(t *testing.T) {
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"WAKE": "true", "FROM": "22:00", "HOST": "example.org", "EMPTY": "", "WHEN": "found > 0"}[name]
		return value, ok
	}
	for name, text := range map[string]string{
		"clock times without quotes":   "windows: [{name: night, from: 22:00, to: 6:30, rules: [{until: 07:00}]}, {name: rest, rules: [{interval: 5m}]}]",
		"24:00":                        "windows: [{name: night, from: 22:00, to: 24:00, rules: [{interval: 5m}]}, {name: rest, rules: [{until: 24:00}]}]",
		"from 00:00 to 24:00":          "windows: [{name: day, from: 00:00, to: 24:00, rules: [{interval: 5m}]}]",
		"one value for a list":         "windows: [{name: sundays, days: sun, rules: [{interval: 5m}]}, {name: rest, rules: [{interval: 1h}]}]",
		"days in capitals":             "windows: [{name: sundays, days: [Sun, SAT], rules: [{interval: 5m}]}, {name: rest, rules: [{interval: 1h}]}]",
		"a default rule only":          "default: {interval: 5m}",
		"a flag in quotes":             "windows: [{name: all day, wake: \"true\", rules: [{interval: 5m}]}]",
		"a flag from a variable":       "windows: [{name: all day, wake: \"${WAKE}\", rules: [{interval: 5m}]}]",
		"a default of a variable":      "windows: [{name: all day, wake: \"${NONE:-false}\", rules: [{interval: \"${EMPTY:-5m}\"}]}]",
		"a clock from a variable":      "windows: [{name: night, from: \"${FROM}\", to: 23:00, rules: [{interval: 5m}]}, {name: rest, rules: [{interval: 1h}]}]",
		"a condition from a variable":  "windows: [{name: all day, rules: [{when: \"${WHEN}\", interval: 1m}, {interval: 5m}]}]",
		"an alias of a list":           "windows: [{name: day, from: 8:00, to: 20:00, rules: &r [{when: 'window == \"day\"', interval: 1m}, {interval: 5m}]}, {name: rest, rules: *r}]",
		"an anchor on a key":           "windows: [{&x name: all day, rules: [{interval: 5m}]}]",
		"an interval that is computed": "windows: [{name: all day, rules: [{interval: 'misses * duration(\"1m\")'}]}]",
		"a byte order mark":            "windows: [{name: all day, rules: [{interval: 5m}]}]",
		"a document's end":             "windows: [{name: all day, rules: [{interval: 5m}]}]\n...\n# nothing more",
		"Windows lines":                "windows:\r\n  - name: all day\r\n    rules:\r\n      - interval: 5m\r",
		"a set":                        "schedules: {evening: {windows: [{name: all day, rules: [{interval: 5m}]}]}}",
	} {
		source := "sources: {game: {url: in}}\n"
		switch name {
		case "a byte order mark":
			source = "\uFEFF" + source
		case "a set":
			source = "sources: {game: {url: in, schedule: evening}}\n"
		}
		if _, err := config.Parse("schedule.yaml", []byte(source+text+"\n"), env); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSources reads everything that a source may say.
func TestSources(t *testing.T) {
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"SSH_HOST": "games.example.org", "SSH_USER": "et", "SSH_PASSWORD": `p"a\ss: ${x}`}[name]
		return value, ok
	}
	c := parse(t, `
timezone: Europe/Paris
on_error: 2m
sources:
  one:
    url: sftp://${SSH_USER}@${SSH_HOST}:${SSH_PORT:-22}/~/gamestats
    password: ${SSH_PASSWORD}
    key: keys/id
    match: ["*.txt", "*.log"]
    import: {command: [python3, import.py, "{}"], timeout: 90s}
    timezone: America/New_York
    settle: 0s
    timeout: 1m
    max_size: 64 MB
    schedule: evening
  two:
    url: in
    on_error: 7m
    windows: [{name: all day, rules: [{interval: 5m}]}]
  three: {url: "$${literal}"}
log: {file: off, level: WARN, max_size: 512KB, max_age: 2d}
windows: [{name: shared, rules: [{interval: 5m}]}]
schedules:
  evening:
    windows: [{name: evening, from: 20:00, to: 23:00, rules: [{interval: 1m}]}, {name: rest, rules: [{interval: 1h}]}]
`, env)
	one, two, three := c.Sources[0], c.Sources[1], c.Sources[2]
	dir := filepath.Dir(c.Path)
	if one.URL != "sftp://et@games.example.org:22/~/gamestats" || one.Password != `p"a\ss: ${x}` || one.Key != filepath.Join(dir, "keys/id") ||
		one.Import != config.ImportCommand || !slices.Equal(one.Command, []string{"python3", "import.py", "{}"}) || one.CommandTimeout != 90*time.Second ||
		one.Zone.String() != "America/New_York" || one.Settle != 0 || one.Timeout != time.Minute || one.MaxSize != 64<<20 || len(one.Match) != 2 {
		t.Errorf("%+v", one)
	}
	if three.URL != filepath.Join(dir, "${literal}") {
		t.Errorf("three is at %q", three.URL)
	}
	if c.Log != (config.Log{Level: "warn", MaxSize: 512 << 10, MaxAge: 48 * time.Hour}) {
		t.Errorf("log %+v", c.Log)
	}
	at := time.Date(2025, 6, 1, 0, 30, 0, 0, time.UTC) // 20:30 in New York
	for _, x := range []struct {
		source config.Source
		window string
		failed time.Duration
	}{{one, "evening", 2 * time.Minute}, {two, "all day", 7 * time.Minute}, {three, "shared", 2 * time.Minute}} {
		_, d := x.source.Schedule.Decide(x.source.Name, rules.State{}, rules.Outcome{At: at, Failed: true})
		if d.Window != x.window || d.Next.Sub(at) != x.failed {
			t.Errorf("%s: %+v", x.source.Name, d)
		}
	}
}

// TestScheduleText changes with what a schedule says, and not with where it
// says it.
func TestScheduleText(t *testing.T) {
	text := func(file string) string { return parse(t, file, noVariables).Sources[0].ScheduleText }
	base := text(minimal)
	for _, same := range []string{"# a comment\n\n" + minimal, strings.Replace(minimal, "5m", "\"5m\"", 1), "store: other.db\n" + minimal} {
		if text(same) != base {
			t.Errorf("not the same:\n%s\n%s", base, text(same))
		}
	}
	for _, other := range []string{"timezone: Europe/Paris\n" + minimal, "on_error: 1m\n" + minimal, strings.Replace(minimal, "5m", "6m", 1),
		strings.Replace(minimal, "all day,", "all day, wake: true,", 1), "jitter: 5%\n" + minimal} {
		if text(other) == base {
			t.Errorf("the same:\n%s", other)
		}
	}
}

// TestLoad refuses what is no schedule file, and reads the .env beside one.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "none.yaml",
		dir:                             "is not a file",
		write("big.yaml", strings.Repeat("# large\n", 1<<17)+"\n"): "larger than 1 MiB",
	} {
		if _, err := config.Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	path := write("schedule.yaml", strings.Replace(minimal, "url: in", `url: "${SMARTSYNC_TEST_A}/${SMARTSYNC_TEST_B}"`, 1))
	write(".env", "# for tests\nexport SMARTSYNC_TEST_A='one'\nSMARTSYNC_TEST_B = \"two\" \n")
	t.Setenv("SMARTSYNC_TEST_B", "from the environment")
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "one/from the environment"); c.Sources[0].URL != want {
		t.Errorf("%q, want %q", c.Sources[0].URL, want)
	}
	write(".env", "SMARTSYNC_TEST_A=one\nhunter2 is the password\n")
	if _, err = config.Load(path); err == nil || !strings.Contains(err.Error(), ".env:2: expected NAME=value") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a broken .env: %v", err)
	}
}

// TestBounds refuses texts that would cost too much, soon.
func TestBounds(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for n := range 8 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", n+1, n+1, strings.Repeat(fmt.Sprintf("*a%d, ", n), 9))
	}
	rulesBomb := "windows:\n  - name: w\n    rules: &r [" + strings.Repeat("{interval: 5m}, ", 5000) + "]\n"
	for n := range 100 {
		rulesBomb += fmt.Sprintf("  - {name: w%d, rules: *r}\n", n)
	}
	for name, c := range map[string]struct{ text, want string }{
		"aliases":             {minimal + bomb, `unknown key "a0"`},
		"aliases that count":  {"sources: {game: {url: in}}\n" + rulesBomb, "the file holds more than 200000 values"},
		"deep lists":          {minimal + "files: " + strings.Repeat("[", 20_000), "not YAML"},
		"deep lists that end": {minimal + "files: " + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), "expected a single value"},
		"deep braces":         {minimal + "files: " + strings.Repeat("{a: ", 20_000), "not YAML"},
		"an alias of itself":  {"sources: &s {game: *s}\n" + minimal[strings.Index(minimal, "windows"):], "game"},
		"a list in itself":    {"sources: {game: {url: in}}\nwindows: &w [*w, {name: x, rules: *w}]\n", "expected keys and values, found a list"},
		"a rule in itself":    {"sources: {game: {url: in}}\nwindows: [&w {name: x, rules: [*w]}]\n", "unknown key"},
		"many parentheses":    {strings.Replace(minimal, "{interval", "{when: '"+strings.Repeat("(", 900_000)+"', interval", 1), "longer than 4096"},
		"a large number":      {strings.Replace(minimal, "5m", strings.Repeat("9", 5000)+"m", 1), "not a duration"},
		"a long name":         {minimal + strings.Repeat("x", 1000) + ": 1\n", "unknown key"},
		"a longer name":       {minimal + strings.Repeat("x", 100_000) + ": 1\n", "not YAML"},
	} {
		start := time.Now()
		_, err := config.Parse("schedule.yaml", []byte(c.text), noVariables)
		if _, ok := errors.AsType[*rules.FaultError](err); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %.300v, want %q", name, err, c.want)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if n := len(fmt.Sprint(err)); n > 1<<20 {
			t.Errorf("%s: an error of %d bytes", name, n)
		}
	}
}
