package house

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestThisModule is the point of the package.
func TestThisModule(t *testing.T) {
	faults, err := Check(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// tree is a small module: file names to their text.
type tree map[string]string

func (files tree) check(t *testing.T) []string {
	t.Helper()
	fsys := fstest.MapFS{"go.mod": {Data: []byte("module example.org/m\n\ngo 1.26\n")}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	faults, err := Check(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, fault := range faults {
		lines = append(lines, fault.String())
	}
	return lines
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("faults:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestSoundTree(t *testing.T) {
	same(t, tree{
		"main.go":       "package main\n\nimport \"example.org/m/internal/cli\"\n\nfunc main() { cli.Main() }\n",
		"schedule.yaml": "", "go.sum": "", "README.md": "", "LICENSE": "", ".editorconfig": "",
		".gitignore":               "/data/\n/smartsync\n# a comment\n*.log\n",
		"smartsync":                "binary",
		"data/files/x.go":          "not Go at all",
		"_old/x.go":                "not Go either",
		"rules/testdata/bad/x.go":  "nor this",
		"examples/gamestats/x.txt": "",
		"internal/cli/cli.go": "// Package cli speaks.\npackage cli\n\nimport (\n\t\"os\"\n\n\t\"example.org/m/engine\"\n\t\"example.org/m/sync\"\n)\n\n" +
			"// Main runs it.\nfunc Main() { os.Exit(engine.Run(sync.Check)) }\n",
		"engine/engine.go": "package engine\n\nimport (\n\t\"sync\"\n\n\t\"example.org/m/rules\"\n\t\"example.org/m/engine/plan\"\n)\n\n" +
			"// Run waits.\nfunc Run(func()) int { var wg sync.WaitGroup; wg.Wait(); return rules.One + plan.Two }\n",
		"engine/plan/plan.go": "package plan\n\n// Two is two.\nconst Two = 2\n",
		"engine/engine_test.go": "package engine\n\nimport (\n\t\"testing\"\n\n\t\"example.org/m/internal/etlegacy\"\n)\n\n" +
			"func TestX(t *testing.T) { etlegacy.X() }\n",
		"internal/etlegacy/e.go": "package etlegacy\n\n// X does.\nfunc X() {}\n",
		"rules/rules.go":         "package rules\n\nimport \"time\"\n\n// One is one.\nconst One = int(time.Nanosecond)\n",
		"sync/sync.go":           "package sync\n\n// Check looks.\nfunc Check() {}\n",
	}.check(t), nil)
}

func TestImports(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"not in the plan", "rules/r.go", "package rules\n\nimport _ \"example.org/m/store\"\n",
			[]string{`rules/r.go:3: rules imports store: the plan lets it import nothing of ours`}},
		{"under any build tag", "store/s.go", "//go:build plan9\n\npackage store\n\nimport _ \"example.org/m/rules\"\n",
			[]string{`store/s.go:5: store imports rules: the plan lets it import internal/etlegacy, internal/crash`}},
		{"a folder below another room", "engine/e.go", "package engine\n\nimport _ \"example.org/m/internal/web/assets\"\n",
			[]string{`engine/e.go:3: engine imports internal/web: the plan lets it import rules, store, internal/crash`}},
		{"from a folder below", "store/migrate/m.go", "package migrate\n\nimport _ \"example.org/m/rules\"\n",
			[]string{`store/migrate/m.go:3: store imports rules: the plan lets it import internal/etlegacy, internal/crash`}},
		{"the module's root", "rules/r.go", "package rules\n\nimport _ \"example.org/m\"\n",
			[]string{`rules/r.go:3: rules imports .: the plan lets it import nothing of ours`}},
		{"main", "main.go", "package main\n\nimport _ \"example.org/m/engine\"\n",
			[]string{`main.go:3: . imports engine: the plan lets it import internal/cli`}},
		{"sync", "internal/config/c.go", "package config\n\nimport _ \"example.org/m/sync\"\n",
			[]string{`internal/config/c.go:3: internal/config imports sync: only internal/cli may, since it shadows the standard name`}},
		{"sync in a test", "engine/e_test.go", "package engine\n\nimport _ \"example.org/m/sync\"\n",
			[]string{`engine/e_test.go:3: engine imports sync: only internal/cli may, since it shadows the standard name`}},
		{"its own test outside", "sync/s_test.go", "package sync_test\n\nimport _ \"example.org/m/sync\"\n", nil},
		{"a module of a longer name", "rules/r.go", "package rules\n\nimport _ \"example.org/mine/store\"\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same(t, tree{tt.file: tt.text}.check(t), tt.want)
		})
	}
}

func TestLayout(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"top-level folder", "pkg/x.go", "package pkg\n", []string{
			`pkg: unknown folder "pkg" at the top level: new code belongs in a room of the plan`,
			`pkg/x.go:1: no room "pkg" in the plan: give it a line there first`}},
		{"top-level folder without code", "assets/x.png", "", []string{
			`assets: unknown folder "assets" at the top level: new code belongs in a room of the plan`}},
		{"room below internal", "internal/cache/x.go", "package cache\n", []string{
			`internal/cache: unknown room "internal/cache": give it a line in the plan first`,
			`internal/cache/x.go:1: no room "internal/cache" in the plan: give it a line there first`}},
		{"code beside the rooms of internal", "internal/x.go", "package internal\n", []string{
			`internal/x.go:1: no room "internal" in the plan: give it a line there first`}},
		{"code among the examples", "examples/x.go", "package examples\n", []string{
			`examples/x.go:1: no room "examples" in the plan: give it a line there first`}},
		{"top-level file", "notes.txt", "", []string{
			`notes.txt: unknown file "notes.txt" at the top level: it holds main.go, schedule.yaml and documents`}},
		{"vague package", "store/dbutil/x.go", "package dbutil\n", []string{
			`store/dbutil/x.go: "util" is no name, say what it holds`,
			`store/dbutil/x.go:1: package "dbutil": "util" is no name, say what it holds`}},
		{"vague file", "store/helpers_test.go", "package store\n", []string{
			`store/helpers_test.go: "helper" is no name, say what it holds`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same(t, tree{tt.file: tt.text}.check(t), tt.want)
		})
	}
}

func TestPurity(t *testing.T) {
	for _, name := range clock {
		t.Run(name, func(t *testing.T) {
			text := "package rules\n\nimport clock \"time\"\n\nvar x = clock." + name + "\n"
			same(t, tree{"rules/r.go": text}.check(t), []string{
				"rules/r.go:5: rules uses time." + name + ": this room is told the time"})
			text = strings.Replace(text, "package rules", "package forecast", 1)
			same(t, tree{"internal/forecast/deep/r.go": text}.check(t), []string{
				"internal/forecast/deep/r.go:5: internal/forecast uses time." + name + ": this room is told the time"})
			same(t, tree{"engine/r.go": text}.check(t), nil)
			if name != "Sleep" { // which no test may, see TestSleeps
				same(t, tree{"rules/r_test.go": text}.check(t), nil)
			}
		})
	}
	for _, name := range append([]string{"os/exec", "net/http", "log/slog", "runtime/debug"}, worldly...) {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf("package rules\n\nimport _ %q\n", name)
			same(t, tree{"rules/r.go": text}.check(t), []string{fmt.Sprintf(
				"rules/r.go:3: rules imports %q: this room is pure and touches nothing outside", name)})
			same(t, tree{"store/r.go": text, "rules/r_test.go": text}.check(t), nil)
		})
	}
	same(t, tree{"rules/r.go": "package rules\n\nimport . \"time\"\n"}.check(t), []string{
		`rules/r.go:3: rules imports "time" with a dot: the clock must stay visible`})
	same(t, tree{"rules/r.go": "package rules\n\nimport _ \"logic\"\n"}.check(t), nil)
}

func TestNoMutexInEngine(t *testing.T) {
	text := "package engine\n\nimport std \"sync\"\n\ntype x struct{ std.RWMutex }\n"
	same(t, tree{"engine/e.go": text}.check(t), []string{
		"engine/e.go:5: engine uses sync.RWMutex: one goroutine owns the state, news arrives by channel"})
	same(t, tree{"store/e.go": text, "engine/e_test.go": text}.check(t), nil)
}

func TestSizes(t *testing.T) {
	long := func(lines int) string { return "package store" + strings.Repeat("\n", lines) }
	same(t, tree{"store/s.go": long(300), "store/s_test.go": long(301)}.check(t), nil)
	same(t, tree{"store/s.go": long(301)}.check(t), []string{
		"store/s.go: file has 301 lines: split it, at most 300"})

	function := func(lines int) string {
		return "package store\n\nfunc f() {" + strings.Repeat("\n", lines-1) + "}\n"
	}
	same(t, tree{"store/s.go": function(70), "store/s_test.go": function(71)}.check(t), nil)
	same(t, tree{"store/s.go": function(71)}.check(t), []string{
		"store/s.go:3: function f has 71 lines: split it, at most 70"})
	literal := strings.Replace(function(71), "func f()", "var f = func()", 1)
	same(t, tree{"store/s.go": literal}.check(t), []string{
		"store/s.go:3: function literal has 71 lines: split it, at most 70"})
}

func TestDocs(t *testing.T) {
	text := `package store

const A, b = 1, 2

// Group comment.
const (
	C = 3
)

var (
	D = 4
	E = 5 // says so at the end of its line
)

type F struct{}

func (F) Error() string { return "" }

func (*F) G() {}

type h[T any] struct{}

func (h[T]) I() {}

func J() {}
`
	same(t, tree{"store/s.go": text, "store/s_test.go": text}.check(t), []string{
		"store/s.go:3: A has no comment: say what it is, its bounds and its errors",
		"store/s.go:11: D has no comment: say what it is, its bounds and its errors",
		"store/s.go:15: F has no comment: say what it is, its bounds and its errors",
		"store/s.go:19: G has no comment: say what it is, its bounds and its errors",
		"store/s.go:25: J has no comment: say what it is, its bounds and its errors",
	})
}

func TestSleeps(t *testing.T) {
	const head = "package engine\n\nimport (\n\t\"testing\"\n\t\"testing/synctest\"\n\t\"time\"\n)\n\n"
	const message = "time.Sleep in real time: use a synctest bubble, or wait for the event itself"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"in a test", "func TestX(t *testing.T) { time.Sleep(1) }\n", []string{"engine/e_test.go:9: " + message}},
		{"in a bubble", "func TestX(t *testing.T) { synctest.Test(t, func(t *testing.T) { time.Sleep(1) }) }\n", nil},
		{"beside a bubble", "func TestX(t *testing.T) {\n\tsynctest.Test(t, func(t *testing.T) {})\n\ttime.Sleep(1)\n}\n",
			[]string{"engine/e_test.go:11: " + message}},
		{"called in a bubble", "func nap() { time.Sleep(1) }\n\n" +
			"func TestX(t *testing.T) { synctest.Test(t, func(t *testing.T) { nap() }) }\n", nil},
		{"called in and outside", "func nap() { time.Sleep(1) }\n\n" +
			"func TestX(t *testing.T) { synctest.Test(t, func(t *testing.T) { nap() }); nap() }\n",
			[]string{"engine/e_test.go:9: " + message}},
		{"called outside through another", "func nap() { time.Sleep(1) }\n\nfunc rest() { nap() }\n\n" +
			"func TestX(t *testing.T) { synctest.Test(t, func(t *testing.T) { nap() }); rest() }\n",
			[]string{"engine/e_test.go:9: " + message}},
		{"a fake's method", "type fake struct{}\n\nfunc (fake) Check() { time.Sleep(1) }\n\n" +
			"func TestX(t *testing.T) { synctest.Test(t, func(t *testing.T) { _ = fake{} }) }\n", nil},
		{"a fake's method without bubbles", "type fake struct{}\n\nfunc (fake) Check() { time.Sleep(1) }\n\n" +
			"var _ = synctest.Wait\n\nfunc TestX(t *testing.T) { _ = fake{} }\n",
			[]string{"engine/e_test.go:11: " + message}},
		{"as a value outside any function", "var nap = time.Sleep\n\nfunc TestX(t *testing.T) { synctest.Test(t, nil) }\n",
			[]string{"engine/e_test.go:9: " + message}},
		{"another Sleep", "type bed struct{}\n\nfunc (bed) Sleep() {}\n\nfunc TestX(t *testing.T) { bed{}.Sleep(); _ = time.Now }\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			same(t, tree{"engine/e_test.go": head + tt.text}.check(t), tt.want)
		})
	}
}

func TestUnreadableTree(t *testing.T) {
	if _, err := Check(fstest.MapFS{}); err == nil {
		t.Error("no error without go.mod")
	}
	if _, err := Check(fstest.MapFS{"go.mod": {Data: []byte("go 1.26\n")}}); err == nil {
		t.Error("no error without a module line")
	}
	if _, err := Check(fstest.MapFS{
		"go.mod":     {Data: []byte("module m\n")},
		"rules/r.go": {Data: []byte("package rules\n\nfunc {\n")},
	}); err == nil || !strings.Contains(err.Error(), "rules/r.go:3") {
		t.Errorf("error %v, want one that names rules/r.go:3", err)
	}
}
