package cli

import (
	gosync "sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/smartsync/smartsync/sync"
)

// bar is a progress bar over all sources, drawn on a terminal only.
type bar struct {
	drawn *progressbar.ProgressBar // nil: there is no terminal

	mu    gosync.Mutex
	parts map[string]part
}

// part is what one source has done.
type part struct{ done, total int }

func (a *app) progressBar() *bar {
	b := &bar{parts: map[string]part{}}
	if isTerminal(a.stderr) {
		b.drawn = progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription("files"),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(30), progressbar.OptionShowIts(), progressbar.OptionSetItsString("files"))
	}
	return b
}

// of returns what draws the progress of one source.
func (b *bar) of(source string) sync.Progress {
	return func(done, total int, _ int64) {
		if b.drawn == nil || total == 0 {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.parts[source] = part{done, total}
		var all part
		for _, p := range b.parts {
			all.done, all.total = all.done+p.done, all.total+p.total
		}
		if all.done < all.total { // a full bar is finished, and another source may begin yet
			b.drawn.ChangeMax(all.total)
			_ = b.drawn.Set(all.done) // a terminal that is gone is no reason to stop
		}
	}
}

// done takes the bar off the terminal.
func (b *bar) done() {
	if b.drawn != nil {
		_ = b.drawn.Exit()
		_ = b.drawn.Clear()
	}
}
