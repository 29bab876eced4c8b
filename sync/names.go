package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how many bytes a name may have. What is added to a local name still
// fits into the 255 of common file systems.
const maxName = 200

// punctuation is what a name may hold beside letters, digits and spaces: nothing
// that a shell, a path or another system's file names give a meaning that hurts.
const punctuation = "._-+@()[]{}=,~'#&!%^`"

// device matches the names that Windows keeps for devices, with any extension.
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)`)

// suffixed matches names that look as if localName had made them.
var suffixed = regexp.MustCompile(`~[0-9a-f]{12}(\.[^.]*)?$`)

// badName returns why a name from a source may not become a file's name here;
// empty when it may.
func badName(name string) string {
	switch {
	case name == "":
		return "no name"
	case len(name) > maxName:
		return "longer than 200 bytes"
	case !utf8.ValidString(name):
		return "not UTF-8"
	case strings.ContainsAny(name[:1], ".- "):
		return "starts with a dot, dash or space"
	case strings.ContainsAny(name[len(name)-1:], ". "):
		return "ends in a dot or space"
	case device.MatchString(name):
		return "a device name on Windows"
	}
	for _, r := range name {
		if !allowed(r) {
			return "a character that is not allowed"
		}
	}
	return ""
}

func allowed(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' ||
			strings.ContainsRune(punctuation, r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// fold returns what name becomes on a file system that knows no case. Names that
// are not ASCII never meet another: localName gives them a suffix.
func fold(name string) string { return strings.ToLower(name) }

// localName returns under which name the file is kept. taken reports whether
// another name of the source has the same fold; then, and where file systems
// disagree about what is the same name, a suffix from the whole name keeps the
// two apart. It depends on nothing else, so a repeated check finds the same name.
func localName(name string, taken bool) string {
	if !taken && ascii(name) && !suffixed.MatchString(name) {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "~" + hex.EncodeToString(sum[:6]) + ext
}

func ascii(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf })
}
