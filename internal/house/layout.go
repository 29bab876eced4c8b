package house

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// layout returns the folders and top-level files that the plan does not know.
func (m *module) layout() []Fault {
	var faults []Fault
	for _, folder := range m.folders {
		switch parent := path.Dir(folder); {
		case parent == root && !isRoom(folder) && !slices.Contains(topFolders, folder):
			faults = append(faults, Fault{File: folder, Message: fmt.Sprintf(
				"unknown folder %q at the top level: new code belongs in a room of the plan", folder)})
		case parent == "internal" && !isRoom(folder):
			faults = append(faults, Fault{File: folder, Message: fmt.Sprintf(
				"unknown room %q: give it a line in the plan first", folder)})
		}
	}
	for _, name := range m.top {
		if strings.HasPrefix(name, ".") || matchesAny(topFiles, name) {
			continue
		}
		faults = append(faults, Fault{File: name, Message: fmt.Sprintf(
			"unknown file %q at the top level: it holds main.go, schedule.yaml and documents", name)})
	}
	return faults
}

func isRoom(dir string) bool {
	_, ok := rooms[dir]
	return ok
}

// names returns the package and file names that say nothing of their content.
func names(src *source) []Fault {
	var faults []Fault
	if word := vagueIn(src.file.Name.Name); word != "" {
		faults = append(faults, src.fault(src.file.Name.Pos(),
			"package %q: %q is no name, say what it holds", src.file.Name.Name, word))
	}
	if word := vagueIn(src.path); word != "" {
		faults = append(faults, Fault{File: src.path, Message: fmt.Sprintf(
			"%q is no name, say what it holds", word)})
	}
	return faults
}

func vagueIn(name string) string {
	name = strings.ToLower(name)
	for _, word := range vagueWords {
		if strings.Contains(name, word) {
			return word
		}
	}
	return ""
}
