// Verdict reads the output of go test -json from standard input, prints each
// package's result and what failed or skipped tests wrote, and exits 1 when a
// test failed or one skipped that the file named by its argument does not list.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// allowed is a line of the list: a pattern of skips, and when it counts.
type allowed struct {
	without string // counts while this path does not exist; empty: always
	pattern *regexp.Regexp
}

func main() {
	if len(os.Args) != 2 {
		fatal("want the file that lists the allowed skips")
	}
	list, err := read(os.Args[1])
	if err != nil {
		fatal(err)
	}
	if !judge(list) {
		os.Exit(1)
	}
}

func fatal(reason any) {
	fmt.Fprintln(os.Stderr, "verdict: error:", reason)
	os.Exit(1)
}

// read returns the list's lines: "always REGEXP # reason", or
// "without:PATH REGEXP # reason".
func read(name string) ([]allowed, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []allowed
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		rule, reason, ok := strings.Cut(line, " # ")
		if !ok || strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("%s: no reason in %q", name, line)
		}
		condition, pattern, _ := strings.Cut(rule, " ")
		without, conditional := strings.CutPrefix(condition, "without:")
		if !conditional && condition != "always" {
			return nil, fmt.Errorf("%s: %q is neither always nor without:PATH", name, condition)
		}
		re, err := regexp.Compile("^(?:" + strings.TrimSpace(pattern) + ")$")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, allowed{without: without, pattern: re})
	}
	return list, nil
}

// tally is what the events so far add up to.
type tally struct {
	list                      []allowed
	output                    map[string]string // of tests that have not ended, by package and test
	packages, passed, skipped int
	bad                       bool
}

// judge reads the events and reports whether all is well. A stream without
// any test that passed is not.
func judge(list []allowed) bool {
	t := &tally{list: list, output: map[string]string{}}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			t.bad = true
			continue
		}
		t.add(e)
	}
	if err := lines.Err(); err != nil {
		fatal(err)
	}
	fmt.Printf("%d tests passed, %d skipped, in %d packages\n", t.passed, t.skipped, t.packages)
	return !t.bad && t.passed > 0
}

func (t *tally) add(e event) {
	id := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Print(e.Output)
	case "build-fail":
		t.bad = true
	case "output":
		t.output[id] += e.Output
	case "fail":
		t.bad = true
		fmt.Printf("%sFAIL %s\n", t.output[id], id)
		delete(t.output, id)
	case "pass", "skip":
		t.end(e, t.output[id])
		delete(t.output, id)
	}
}

// end counts a test, or a package where e names no test, that did not fail.
func (t *tally) end(e event, output string) {
	switch {
	case e.Test == "":
		t.packages++
		fmt.Printf("%s %s %.1f s\n", e.Action, e.Package, e.Elapsed)
	case e.Action == "pass":
		t.passed++
	default:
		t.skipped++
		if said := e.Package + " " + e.Test + ": " + message(output); !t.maySkip(said) {
			t.bad = true
			fmt.Println("SKIPPED, and not in the list:", said)
		}
	}
}

// message returns what a test said as it skipped, on one line, without the
// runner's own lines.
func message(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			said = append(said, line)
		}
	}
	return strings.Join(said, " ")
}

func (t *tally) maySkip(said string) bool {
	for _, a := range t.list {
		if a.without != "" {
			if _, err := os.Stat(a.without); err == nil {
				continue
			}
		}
		if a.pattern.MatchString(said) {
			return true
		}
	}
	return false
}
