package house

import (
	"slices"
	"strconv"
	"strings"
)

// imports returns the edges from src to our own rooms that the plan does not
// have. Tests may import any room but sync, which stays with soleImporter.
func (m *module) imports(src *source) []Fault {
	var faults []Fault
	if !isRoom(src.room) {
		return []Fault{src.fault(src.file.Package,
			"no room %q in the plan: give it a line there first", src.room)}
	}
	for _, spec := range src.file.Imports {
		target, ours := m.target(spec.Path.Value)
		switch {
		case !ours || target == src.room:
		case target == "sync" && src.room != soleImporter:
			faults = append(faults, src.fault(spec.Pos(),
				"%s imports sync: only %s may, since it shadows the standard name", src.room, soleImporter))
		case src.test || slices.Contains(rooms[src.room], target):
		default:
			faults = append(faults, src.fault(spec.Pos(),
				"%s imports %s: the plan lets it import %s", src.room, target, listed(rooms[src.room])))
		}
	}
	return faults
}

// target returns the room that an import's quoted path leads to; false when it
// leads out of the module.
func (m *module) target(quoted string) (room string, ours bool) {
	name := unquoted(quoted)
	if name == m.path {
		return root, true
	}
	below, ours := strings.CutPrefix(name, m.path+"/")
	return roomOf(below), ours
}

// unquoted returns the value of a string literal that the parser accepted.
func unquoted(literal string) string {
	value, err := strconv.Unquote(literal)
	if err != nil {
		return literal
	}
	return value
}

func listed(allowed []string) string {
	if len(allowed) == 0 {
		return "nothing of ours"
	}
	return strings.Join(allowed, ", ")
}
