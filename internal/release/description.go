package main

import (
	"errors"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// goreleaserFile describes the packages. It is the only place that does.
const goreleaserFile = ".goreleaser.yaml"

// renamed are the keys of a package in goreleaser's file that nfpm calls otherwise;
// those without a name are goreleaser's own.
var renamed = map[string]string{
	"package_name": "name", "dependencies": "depends",
	"id": "", "ids": "", "formats": "", "bindir": "", "file_name_template": "", "mtime": "",
}

// description writes goreleaser's description of the package as nfpm alone reads it,
// which builds a package in a fraction of the time: the tests of packages use it.
// nfpm takes ARCH, VERSION and BINARY from the environment.
func (r release) description() error {
	text, err := os.ReadFile(goreleaserFile)
	if err != nil {
		return err
	}
	out, err := nfpmOf(text)
	if err != nil {
		return fmt.Errorf("%s: %w", goreleaserFile, err)
	}
	return r.put("nfpm.yaml", out)
}

// nfpmOf is the description of the one package of goreleaser's file.
func nfpmOf(goreleaser []byte) (string, error) {
	var file struct {
		NFPMs []map[string]any `yaml:"nfpms"`
	}
	if err := yaml.Unmarshal(goreleaser, &file); err != nil {
		return "", err
	}
	if len(file.NFPMs) != 1 {
		return "", fmt.Errorf("it describes %d packages, not one", len(file.NFPMs))
	}
	pack := rename(file.NFPMs[0])
	pack["arch"], pack["platform"], pack["version"] = "${ARCH}", "linux", "${VERSION}"
	bindir, isText := file.NFPMs[0]["bindir"].(string)
	contents, isList := pack["contents"].([]any)
	if !isText || !isList {
		return "", errors.New("the package has no bindir, or no list of contents")
	}
	pack["contents"] = append(contents, map[string]any{
		"src": "${BINARY}", "dst": bindir + "/smartsync", "expand": true,
		"file_info": map[string]any{"mode": 0o755},
	})
	out, err := yaml.Marshal(pack)
	return string(out), err
}

// rename gives keys the names that nfpm knows, those of a format's overrides as well.
func rename(goreleaser map[string]any) map[string]any {
	nfpm := map[string]any{}
	for key, value := range goreleaser {
		if formats, ok := value.(map[string]any); ok && key == "overrides" {
			for format, of := range formats {
				if keys, ok := of.(map[string]any); ok {
					formats[format] = rename(keys)
				}
			}
		}
		switch name, known := renamed[key]; {
		case !known:
			nfpm[key] = value
		case name != "":
			nfpm[name] = value
		}
	}
	return nfpm
}
