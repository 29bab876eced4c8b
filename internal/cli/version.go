package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is set by releases: -ldflags "-X …/internal/cli.version=1.2.3".
var version = ""

func (a *app) versionCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Prints the release, the revision it was built from where the build knows it, the
Go version and the system.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v, revision := versionOf()
			if a.output == "json" {
				return a.printJSON(map[string]string{"version": v, "revision": revision, "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
			}
			if revision != "" {
				v += " (" + revision + ")"
			}
			fmt.Fprintf(a.stdout, "smartsync %s, %s, %s/%s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	a.outputFlag(command)
	return command
}

// versionOf returns the release, and the revision that it was built from where
// the build knows it.
func versionOf() (release, revision string) {
	release = version
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release, ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value[:min(12, len(s.Value))]
		}
	}
	if release == "" {
		release = info.Main.Version
	}
	if release == "" || release == "(devel)" {
		release = "development"
	}
	return release, revision
}
