package cli

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/smartsync/smartsync/internal/config"
)

//go:embed template
var templates embed.FS

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a commented schedule.yaml and .env to start from",
		Long: `Writes a commented schedule.yaml, its schema for editors, and a .env into FOLDER
(default: here), where none are. A file that is there is left as it is.`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: folders,
		RunE: func(_ *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return a.init(folder)
		},
	}
}

func (a *app) init(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	wrote := 0
	schedule, err := templates.ReadFile("template/schedule.yaml")
	if err != nil {
		return err
	}
	env, err := templates.ReadFile("template/env")
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		text []byte
		mode fs.FileMode
	}{{"schedule.yaml", schedule, 0o644}, {config.SchemaFile, config.Schema(), 0o644}, {".env", env, 0o600}} {
		path := filepath.Join(folder, file.name)
		switch err := writeNew(path, file.text, file.mode); {
		case errors.Is(err, fs.ErrExist):
			fmt.Fprintf(a.stderr, "smartsync: %s is there already: left as it is\n", path)
		case err != nil:
			return err
		default:
			fmt.Fprintf(a.stdout, "wrote %s\n", path)
			wrote++
		}
	}
	if wrote > 0 {
		fmt.Fprintf(a.stderr, "smartsync: now fill in %s, then: smartsync probe --accept-host-key, smartsync simulate --day, smartsync run\n", filepath.Join(folder, ".env"))
	}
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
