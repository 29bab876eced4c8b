package cli

import (
	"encoding/xml"
	"slices"
	"strings"
)

// The part of JUnit's XML that build servers read.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	File    string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Error   *junitFailure `xml:"error,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes a report. A file of tests that cannot be read is one test with
// an error.
func writeJUnit(path string, files []testFileResult) error {
	var report junitSuites
	for _, file := range files {
		suite := junitSuite{Name: file.path, Tests: len(file.results)}
		if file.broken != nil {
			suite.Tests, suite.Errors = 1, 1
			suite.Cases = []junitCase{{Name: "read the tests", File: file.path, Error: &junitFailure{Message: file.broken.Error()}}}
		}
		for _, r := range file.results {
			c := junitCase{Name: r.test.spec.Name.Value, File: file.path}
			if len(r.failures) > 0 {
				suite.Failures++
				var text strings.Builder
				for _, f := range r.failures {
					text.WriteString(f.Address(file.path) + "\n")
				}
				c.Failure = &junitFailure{r.failures[0].Message, text.String()}
			}
			suite.Cases = append(suite.Cases, c)
		}
		report.Suites = append(report.Suites, suite)
	}
	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(path, slices.Concat([]byte(xml.Header), text, []byte("\n")))
}
