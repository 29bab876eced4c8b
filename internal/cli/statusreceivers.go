package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/smartsync/smartsync/internal/notify"
	"github.com/smartsync/smartsync/store"
	"github.com/smartsync/smartsync/store/report"
)

// receiverOutput is how a receiver of messages fares.
type receiverOutput struct {
	Receiver string     `json:"receiver"`
	Trouble  string     `json:"trouble"` // why it gets nothing at present; empty: it does
	Since    *time.Time `json:"since"`   // of the trouble; null: there is none, or it is unknown
	Waiting  int        `json:"waiting"` // news that it is to be told, mostWaiting at most
	Missed   int        `json:"missed"`  // passed over since a message surely arrived
}

// mostWaiting bounds how much of the outbox is looked through.
const mostWaiting = 10_000

// readReceivers returns how the receivers fare.
func readReceivers(ctx context.Context, st *store.Store, receivers []notify.Receiver, zone *time.Location) ([]receiverOutput, error) {
	out := []receiverOutput{}
	readers, err := st.Readers(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range receivers {
		at := slices.IndexFunc(readers, func(known store.Reader) bool { return known.Name == r.Name })
		if at < 0 { // nothing is news to it yet
			out = append(out, receiverOutput{Receiver: r.Name})
			continue
		}
		known := readers[at]
		notices, _, err := st.Notices(ctx, known.Last, mostWaiting)
		if err != nil {
			return nil, err
		}
		out = append(out, receiverOutput{r.Name, known.Trouble, report.Moment(known.Since, zone), notify.Waiting(r, notices), known.Missed})
	}
	return out, nil
}

// line says a receiver's trouble.
func (r receiverOutput) line(now time.Time) string {
	since := ""
	if r.Since != nil {
		since = fmt.Sprintf(" since %s (%s)", r.Since.Format(time.DateTime), ago(*r.Since, now))
	}
	return fmt.Sprintf("messages to %s do not arrive%s, %d waiting: %s; smartsync notify test %s tries it", r.Receiver, since, r.Waiting, plain(r.Trouble), r.Receiver)
}
