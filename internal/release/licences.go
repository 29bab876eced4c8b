package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// systems are those whose programs may differ in what they link.
var systems = []string{"linux", "windows", "darwin"}

var licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents)([-.].*)?$`)

// goModule is a module as go list shows it.
type goModule struct {
	Path, Version, Dir string
	Main               bool
}

// licences writes the licences of everything that is linked into the program, Go
// itself included.
func (r release) licences() error {
	folders := map[string]string{} // by the module's name and version
	for _, system := range systems {
		if err := linked(system, folders); err != nil {
			return err
		}
	}
	var b strings.Builder
	b.WriteString("smartsync links these libraries. Their licences follow.\n")
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		texts, err := licenceTexts(folders[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 78), name, texts)
	}
	if err := r.put("doc/licences", b.String()); err != nil {
		return err
	}
	return r.compress("doc/licences.gz", b.String())
}

// linked adds the folders of the modules that the program links on a system.
func linked(system string, folders map[string]string) error {
	list := exec.Command("go", "list", "-deps", "-json=Module", ".")
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("list what is linked on %s: %w", system, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct{ Module *goModule }
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return goItself(folders)
		case err != nil:
			return fmt.Errorf("read what is linked on %s: %w", system, err)
		}
		if m := p.Module; m != nil && !m.Main {
			folders[m.Path+" "+m.Version] = m.Dir
		}
	}
}

func goItself(folders map[string]string) error {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("ask go for its folder: %w", err)
	}
	folders["The Go standard library"] = strings.TrimSpace(string(out))
	return nil
}

// licenceTexts are the licence files at the top of a module; one without any is an
// error.
func licenceTexts(folder string) (string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return "", err
		}
		texts = append(texts, strings.TrimSpace(string(text)))
	}
	if len(texts) == 0 {
		return "", errors.New("it has no licence")
	}
	return strings.Join(texts, "\n\n"), nil
}
