package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar is a progress bar, drawn on a terminal only.
type bar struct {
	*progressbar.ProgressBar
}

func (a *app) progressBar(noun string) bar {
	if !isTerminal(a.stderr) {
		return bar{}
	}
	return bar{progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(noun),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionShowIts(), progressbar.OptionSetItsString("files"))}
}

// progress draws n files done of total.
func (b bar) progress(n, total int, _ int64) {
	if b.ProgressBar != nil && total > 0 {
		b.ChangeMax(total)
		_ = b.Set(n)
	}
}

func (b bar) done() {
	if b.ProgressBar != nil {
		_ = b.Finish()
	}
}
