package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// event is one entry of a script.
type event struct {
	kind string // miss, find, error, refused or wait
	n    int    // of files found
	wait time.Duration
}

// maxRepeat bounds a repetition in a script.
const maxRepeat = 10_000

// events reads one item of a script: miss x3, find 2, error, refused, wait 1h.
func (r *testReader) events(at rules.Place, item string) []event {
	words := strings.Fields(item)
	if len(words) == 0 {
		return nil
	}
	repeat := 1
	if last := words[len(words)-1]; len(words) > 1 && strings.HasPrefix(last, "x") {
		n, err := strconv.Atoi(last[1:])
		if err != nil || n < 1 || n > maxRepeat {
			r.fail(at, "%q: repeat with x1 to x%d", item, maxRepeat)
			return nil
		}
		repeat, words = n, words[:len(words)-1]
	}
	e := event{kind: words[0], n: 1}
	switch {
	case (e.kind == "miss" || e.kind == "error" || e.kind == "refused") && len(words) == 1:
	case e.kind == "find" && len(words) <= 2:
		if len(words) == 2 {
			n, err := strconv.Atoi(words[1])
			if err != nil || n < 1 || n > maxRepeat {
				r.fail(at, "%q: write find 1 to find %d", item, maxRepeat)
			}
			e.n = n
		}
	case e.kind == "wait" && len(words) == 2:
		d, err := rules.ParseDuration(words[1])
		if err != nil {
			r.fail(at, "%q: %q %v", item, words[1], err)
		}
		e.wait = d
	default:
		r.fail(at, "%q is no check: write miss, find, find 3, error, refused or wait 1h, with x5 to repeat", item)
		return nil
	}
	out := make([]event, repeat)
	for i := range out {
		out[i] = e
	}
	return out
}
