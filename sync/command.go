package sync

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/internal/crash"
	"github.com/smartsync/smartsync/store"
)

// maxDetail is how much of a command's stderr is kept, its end, in bytes.
const maxDetail = 4 << 10

// runCommand gives the file at path to the source's command: exit status 0 is
// Imported, anything else is Rejected with what it wrote to stderr. A command that
// cannot be started is an error, not a rejection: it is no file's fault.
func (s *Source) runCommand(ctx context.Context, item *store.Item, path string) error {
	limit, cancel := context.WithTimeout(ctx, s.o.CommandTimeout)
	defer cancel()
	args := slices.Clone(s.o.Command)
	if !slices.Contains(args[1:], "{}") {
		args = append(args, "{}")
	}
	for i := 1; i < len(args); i++ {
		if args[i] == "{}" {
			args[i] = path
		}
	}
	cmd := exec.CommandContext(limit, args[0], args[1:]...)
	said := &tail{limit: maxDetail}
	cmd.Dir, cmd.Stderr = s.o.Dir, said
	cmd.Env = append(without(os.Environ(), s.o.Withhold), "SMARTSYNC_SOURCE="+s.o.Name, "SMARTSYNC_FILE="+path, "SMARTSYNC_SHA256="+item.SHA256)
	cmd.WaitDelay = time.Second // for a grandchild that holds stderr open
	ownGroup(cmd)
	crash.Point(crash.BeforeCommand)
	if err := cmd.Start(); err != nil {
		return &Error{Op: fmt.Sprintf("run the command %q", args[0]), Err: plainFS(err),
			Hint: "check import: command: of the source; it runs in the schedule's folder"}
	}
	err := cmd.Wait()
	crash.Point(crash.AfterCommand)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	item.Status = store.Imported
	exit, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil
	case limit.Err() != nil:
		item.Reason = fmt.Sprintf("the command took longer than %v", s.o.CommandTimeout)
	case exited:
		item.Reason = exit.Error()
	default:
		return &Error{Op: fmt.Sprintf("run the command %q", args[0]), Err: err}
	}
	item.Status, item.Detail = store.Rejected, said.String()
	return nil
}

// without returns the variables, NAME=value, but for those that hold one of values.
func without(variables, values []string) []string {
	return slices.DeleteFunc(variables, func(variable string) bool {
		_, value, _ := strings.Cut(variable, "=")
		return value != "" && slices.Contains(values, value)
	})
}

// tail keeps the last bytes that are written to it.
type tail struct {
	limit int
	data  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.data = append(t.data, p[max(0, len(p)-t.limit):]...)
	if extra := len(t.data) - t.limit; extra > 0 {
		t.data = slices.Delete(t.data, 0, extra)
	}
	return len(p), nil
}

func (t *tail) String() string {
	return strings.TrimSpace(strings.ToValidUTF8(string(t.data), "\uFFFD"))
}
