package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/rules"
)

// testSpec is a file of schedule tests as it is written.
type testSpec struct {
	Schedule rules.Text `yaml:"schedule"` // schedule file, relative to this one
	Source   rules.Text `yaml:"source"`   // the first
	Tests    []caseSpec `yaml:"tests"`
}

// caseSpec is one test as it is written.
type caseSpec struct {
	rules.Place `yaml:",place"`
	Name        rules.Text   `yaml:"name"`
	Source      rules.Text   `yaml:"source"`   // the file's
	Start       rules.Text   `yaml:"start"`    // YYYY-MM-DDTHH:MM in the schedule's zone: the first check
	Checks      []rules.Text `yaml:"checks"`   // what the checks bring: miss x3, find 2, error, refused, wait 1h; misses from then on
	Arrivals    []rules.Text `yaml:"arrivals"` // or when files arrive, as HH:MM or YYYY-MM-DDTHH:MM
	Expect      []wantSpec   `yaml:"expect"`
}

// wantSpec is what a check must have decided, as it is written.
type wantSpec struct {
	rules.Place `yaml:",place"`
	At          rules.Text `yaml:"at"`    // the check made at this moment, as HH:MM or YYYY-MM-DDTHH:MM
	Check       rules.Text `yaml:"check"` // or the check of this number, from 1
	Window      rules.Text `yaml:"window"`
	Rule        rules.Text `yaml:"rule"` // from 1; 0 is the default rule, or none after an error
	Reason      rules.Text `yaml:"reason"`
	Misses      rules.Text `yaml:"misses"`
	Errors      rules.Text `yaml:"errors"`
	Found       rules.Text `yaml:"found"`
	Wait        rules.Text `yaml:"wait"` // a duration
	Next        rules.Text `yaml:"next"` // as at
}

// Describe names the test in faults.
func (caseSpec) Describe(node *yaml.Node, index int) string {
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
		if node.Content[i].Value == "name" {
			return fmt.Sprintf("test %q", node.Content[i+1].Value)
		}
	}
	return fmt.Sprintf("test %d", index+1)
}

// Describe names the expectation in faults.
func (wantSpec) Describe(_ *yaml.Node, index int) string { return fmt.Sprintf("expect %d", index+1) }

// schedTest is a test, read.
type schedTest struct {
	spec     *caseSpec
	title    string // in faults
	source   config.Source
	start    time.Time
	script   []event
	arrivals []time.Time
}

// testReader reads a file of tests and collects its faults.
type testReader struct {
	app    *app
	path   string
	config *config.Config
	faults []rules.Fault
	where  string
}

// maxTestFile bounds a file of tests, in bytes.
const maxTestFile = 1 << 20

// readTests reads a file of schedule tests. Faults come as a *rules.FaultError.
func (a *app) readTests(path string) ([]schedTest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) > maxTestFile {
		return nil, fmt.Errorf("%s is larger than %d MiB", path, maxTestFile>>20)
	}
	r := &testReader{app: a, path: path}
	tests, err := r.read(text)
	if err == nil && len(r.faults) > 0 {
		faults := &rules.FaultError{File: path, Source: text, Faults: r.faults}
		faults.Sort()
		return nil, faults
	}
	return tests, err
}

func (r *testReader) fail(at rules.Place, format string, args ...any) {
	r.faults = append(r.faults, rules.Fault{Place: at, Where: r.where, Message: fmt.Sprintf(format, args...)})
}

func (r *testReader) read(text []byte) ([]schedTest, error) {
	var document yaml.Node
	reader := yaml.NewDecoder(bytes.NewReader(text))
	err := reader.Decode(&document)
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty")
	} else if err == nil && !errors.Is(reader.Decode(new(yaml.Node)), io.EOF) {
		err = errors.New("a second YAML document starts here, or what follows is no YAML: tests are one document")
	}
	if err != nil {
		return nil, &failure{exitInvalid, "", fmt.Errorf("%s: %s", r.path, strings.TrimPrefix(err.Error(), "yaml: "))}
	}
	var spec testSpec
	decoder := &rules.Decoder{Source: text}
	decoder.Decode(document.Content[0], &spec)
	if r.faults = decoder.Faults; len(r.faults) > 0 {
		return nil, nil
	}
	schedule := "schedule.yaml"
	if spec.Schedule.Set() {
		schedule = spec.Schedule.Value
	}
	if !filepath.IsAbs(schedule) {
		schedule = filepath.Join(filepath.Dir(r.path), schedule)
	}
	c, err := (&app{stderr: r.app.stderr, schedule: schedule}).load()
	if err != nil {
		return nil, err
	}
	r.config = c
	if len(spec.Tests) == 0 {
		r.fail(rules.Place{}, "no tests")
	}
	source := r.source(spec.Source, c.Sources[0])
	var tests []schedTest
	for i := range spec.Tests {
		if r.where = fmt.Sprintf("test %d", i+1); spec.Tests[i].Name.Set() {
			r.where = fmt.Sprintf("test %q", spec.Tests[i].Name.Value)
		}
		tests = append(tests, r.test(&spec.Tests[i], source))
	}
	return tests, nil
}

// source returns the named source, or otherwise where none is named.
func (r *testReader) source(name rules.Text, otherwise config.Source) config.Source {
	if !name.Set() {
		return otherwise
	}
	chosen, err := choose(r.config, []string{name.Value})
	if err != nil {
		r.fail(name.Place, "%v", err)
		return otherwise
	}
	return chosen[0]
}

func (r *testReader) test(spec *caseSpec, source config.Source) schedTest {
	t := schedTest{spec: spec, title: r.where, source: r.source(spec.Source, source)}
	if !spec.Name.Set() {
		r.fail(spec.Place, "the test has no name")
	}
	start, err := parseMoment(spec.Start.Value, t.source.Schedule.Zone())
	if !spec.Start.Set() {
		r.fail(spec.Place, "the test has no start")
	} else if err != nil || len(spec.Start.Value) < len("2006-01-02") {
		r.fail(spec.Start.Place, "start %q is no moment: write YYYY-MM-DDTHH:MM", spec.Start.Value)
	}
	t.start = start
	if len(spec.Checks) > 0 && len(spec.Arrivals) > 0 {
		r.fail(spec.Arrivals[0].Place, "a test takes checks or arrivals, not both")
	}
	for _, text := range spec.Checks {
		for _, item := range strings.Split(text.Value, ",") {
			t.script = append(t.script, r.events(text.Place, strings.TrimSpace(item))...)
		}
	}
	for _, text := range spec.Arrivals {
		if at, ok := momentAfter(text.Value, t.start, t.source.Schedule.Zone()); ok {
			t.arrivals = append(t.arrivals, at)
		} else {
			r.fail(text.Place, "arrival %q is no moment: write HH:MM or YYYY-MM-DDTHH:MM", text.Value)
		}
	}
	slices.SortFunc(t.arrivals, time.Time.Compare)
	if len(spec.Expect) == 0 {
		r.fail(spec.Place, "the test expects nothing")
	}
	for i := range spec.Expect {
		r.want(&spec.Expect[i], &t)
	}
	return t
}

// want checks the form of an expectation.
func (r *testReader) want(w *wantSpec, t *schedTest) {
	zone := t.source.Schedule.Zone()
	if w.At.Set() == w.Check.Set() {
		r.fail(w.Place, "an expectation names a check: with at, or with check")
	}
	for _, text := range []rules.Text{w.At, w.Next} {
		if _, ok := momentAfter(text.Value, t.start, zone); text.Set() && !ok {
			r.fail(text.Place, "%q is no moment: write HH:MM or YYYY-MM-DDTHH:MM", text.Value)
		}
	}
	for _, text := range []rules.Text{w.Check, w.Rule, w.Misses, w.Errors, w.Found} {
		if n, err := strconv.Atoi(text.Value); text.Set() && (err != nil || n < 0) {
			r.fail(text.Place, "%q is no number", text.Value)
		}
	}
	if _, err := rules.ParseDuration(w.Wait.Value); w.Wait.Set() && err != nil {
		r.fail(w.Wait.Place, "wait %q %v", w.Wait.Value, err)
	}
	if !w.Window.Set() && !w.Rule.Set() && !w.Reason.Set() && !w.Misses.Set() && !w.Errors.Set() && !w.Found.Set() && !w.Wait.Set() && !w.Next.Set() {
		r.fail(w.Place, "nothing is expected: write window, rule, next, wait, reason, misses, errors or found")
	}
}

// momentAfter reads a moment of a test. A clock time is the first one at or after
// start.
func momentAfter(text string, start time.Time, zone *time.Location) (time.Time, bool) {
	if len(text) > len("15:04:05") {
		at, err := parseMoment(text, zone)
		return at, err == nil
	}
	form := "15:04"
	if len(text) == len("15:04:05") {
		form = "15:04:05"
	}
	clock, err := time.Parse(form, text)
	if err != nil {
		return time.Time{}, false
	}
	local := start.In(zone)
	for n := 0; ; n++ {
		at := rules.Wall(time.Date(local.Year(), local.Month(), local.Day()+n, clock.Hour(), clock.Minute(), clock.Second(), 0, time.UTC), zone)
		if !at.Before(start.Truncate(time.Second)) {
			return at, true
		}
	}
}
