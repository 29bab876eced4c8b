// Command smartsync brings new files from remote servers at the right moment.
package main

import (
	"os"

	"github.com/smartsync/smartsync/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
