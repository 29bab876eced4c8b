package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/rules"
)

func (a *app) testCommand() *cobra.Command {
	var junit string
	command := &cobra.Command{
		Use:   "test FILE…",
		Short: "Run unit tests of a schedule",
		Long: `Runs the tests in each FILE: a start moment, what the checks bring, and which
window, rule and next check are expected when. A difference is told with its line
and ends with exit code 4. docs/testing.md tells how tests are written:

  schedule: schedule.yaml
  tests:
    - name: prime time backs off
      start: 2025-10-03T20:00
      checks: miss x3, find 2, error
      expect:
        - {at: "20:01", window: prime time, rule: 3, next: "20:11"}
        - {check: 4, found: 2, misses: 0, wait: 1m}`,
		Example: "  smartsync test schedule.test.yaml\n  smartsync test --junit report.xml examples/*.test.yaml",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.test(args, junit) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	command.Flags().StringVar(&junit, "junit", "", "write a JUnit report to `file`")
	a.outputFlag(command)
	return command
}

// testFileResult is how the tests of a file went.
type testFileResult struct {
	path    string
	results []testResult
	broken  error // why it cannot be read
}

func (a *app) test(paths []string, junit string) error {
	var files []testFileResult
	failed, total := 0, 0
	var broken error
	for _, path := range paths {
		tests, err := a.readTests(path)
		if err != nil { // the others are run all the same
			err = a.brokenTests(err)
			broken = errors.Join(broken, err)
			files = append(files, testFileResult{path: path, broken: err})
			continue
		}
		file := testFileResult{path: path}
		for _, t := range tests {
			r := t.run()
			if total++; len(r.failures) > 0 {
				failed++
			}
			file.results = append(file.results, r)
		}
		files = append(files, file)
	}
	if junit != "" {
		if err := writeJUnit(junit, files); err != nil {
			return err
		}
	}
	if a.output == "json" {
		if err := a.printJSON(testsOf(files)); err != nil {
			return err
		}
	} else if err := a.printTests(files); err != nil {
		return err
	}
	switch {
	case broken != nil:
		return broken
	case failed > 0:
		return &failure{exitTestFailed, "", fmt.Errorf("%d of %s failed", failed, count(total, "test"))}
	}
	return nil
}

// brokenTests tells a file of tests that cannot be read.
func (a *app) brokenTests(err error) error {
	if f, ok := errors.AsType[*rules.FaultError](err); ok {
		fmt.Fprintln(a.stderr, plainLines(f.Error()))
		return &failure{exitInvalid, "", fmt.Errorf("%s has %s", f.File, count(len(f.Faults), "fault"))}
	}
	return err
}

func (a *app) printTests(files []testFileResult) error {
	for _, file := range files {
		if file.broken != nil {
			continue // it is told with the errors
		}
		var failures []rules.Fault
		checks, bad := 0, 0
		for _, r := range file.results {
			failures = append(failures, r.failures...)
			if checks += r.checks; len(r.failures) > 0 {
				bad++
			}
		}
		if len(failures) == 0 {
			fmt.Fprintf(a.stdout, "ok    %s: %s, %s\n", file.path, count(len(file.results), "test"), count(checks, "check"))
			continue
		}
		fmt.Fprintf(a.stdout, "FAIL  %s: %d of %s failed\n", file.path, bad, count(len(file.results), "test"))
		text, err := os.ReadFile(file.path)
		if err != nil {
			return err
		}
		shown := &rules.FaultError{File: file.path, Source: text, Faults: failures}
		shown.Sort()
		fmt.Fprintln(a.stdout, plainLines(shown.Error()))
	}
	return nil
}

// testOutput is one test as JSON.
type testOutput struct {
	File     string        `json:"file"`
	Name     string        `json:"name"`
	Line     int           `json:"line"`
	OK       bool          `json:"ok"`
	Checks   int           `json:"checks"`
	Failures []faultOutput `json:"failures"`
}

func testsOf(files []testFileResult) []testOutput {
	out := []testOutput{}
	for _, file := range files {
		for _, r := range file.results {
			t := testOutput{file.path, r.test.spec.Name.Value, r.test.spec.Line, len(r.failures) == 0, r.checks, []faultOutput{}}
			for _, f := range r.failures {
				t.Failures = append(t.Failures, faultOutput{f.Line, f.Column, f.Where, f.Message})
			}
			out = append(out, t)
		}
	}
	return out
}
