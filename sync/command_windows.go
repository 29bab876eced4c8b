package sync

import (
	"os/exec"
	"strconv"
)

// ownGroup makes the command end with all that it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
		return cmd.Process.Kill()
	}
}
