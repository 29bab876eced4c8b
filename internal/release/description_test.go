package main

import (
	"errors"
	"reflect"
	"testing"

	"gopkg.in/yaml.v3"
)

const describes = `
nfpms:
  - id: x
    package_name: tool
    formats: [deb]
    bindir: /usr/bin
    mtime: "{{ .CommitDate }}"
    contents: [{src: a, dst: /b}]
    overrides: {rpm: {dependencies: [c], formats: [d]}}
`

const described = `
name: tool
arch: ${ARCH}
version: ${VERSION}
platform: linux
contents:
  - {src: a, dst: /b}
  - {src: "${BINARY}", dst: /usr/bin/smartsync, expand: true, file_info: {mode: 0o755}}
overrides: {rpm: {depends: [c]}}
`

func TestDescriptionIsNfpms(t *testing.T) {
	text, err := nfpmOf([]byte(describes))
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := errors.Join(yaml.Unmarshal([]byte(text), &got), yaml.Unmarshal([]byte(described), &want)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got:\n%s", text)
	}
}

func TestDescriptionRefusesWhatItCannotTurn(t *testing.T) {
	for name, text := range map[string]string{
		"no package":   "version: 2",
		"two packages": "nfpms: [{bindir: /a, contents: []}, {bindir: /a, contents: []}]",
		"no bindir":    "nfpms: [{contents: []}]",
		"no contents":  "nfpms: [{bindir: /a}]",
		"no YAML":      "{",
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := nfpmOf([]byte(text)); err == nil {
				t.Errorf("made %q", out)
			}
		})
	}
}
