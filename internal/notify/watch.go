package notify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/smartsync/smartsync/store"
)

const (
	// sessionGap is how long nothing was played for the evening to be over: the
	// store's own measure of a game session.
	sessionGap = time.Hour
	// mostReason bounds a reason in the outbox, in characters.
	mostReason = 1500
)

// watch puts into the outbox what no commit tells: one goroutine's own.
type watch struct {
	n       *Notifier
	setting Setting
	said    string    // the last complaint about the store
	pruned  time.Time // last
}

// run looks once a minute and whenever the hooks were called, and rings for the
// couriers each time.
func (w *watch) run(ctx context.Context, ring func()) {
	timer := time.NewTimer(lookEvery)
	defer timer.Stop()
	for ctx.Err() == nil {
		w.look(ctx)
		ring()
		now := time.Now() // at full minutes, together with whatever else looks once a minute
		timer.Reset(now.Truncate(lookEvery).Add(lookEvery).Sub(now))
		select {
		case <-ctx.Done():
		case <-w.n.poked:
		case <-timer.C:
		}
	}
}

func (w *watch) look(ctx context.Context) {
	for _, do := range []func(context.Context) error{w.checks, w.reloads, w.sessions, w.nights, w.prune} {
		err := do(ctx)
		if err == nil || ctx.Err() != nil {
			continue
		}
		if text := err.Error(); text != w.said {
			w.said = text
			w.n.log.Warn("⚠️ Messages: " + text)
		}
	}
}

// any tells whether a receiver wants an event at all.
func (w *watch) any(event string) bool {
	return slices.ContainsFunc(w.setting.Receivers, func(r Receiver) bool { return slices.Contains(r.Events, event) })
}

// checks tells which sources fail now, and which are well again. What was told is
// kept in the marks, so that a restart says nothing twice.
func (w *watch) checks(ctx context.Context) error {
	w.n.mu.Lock()
	checks := w.n.checks
	w.n.checks = map[string]error{}
	w.n.mu.Unlock()
	if len(checks) == 0 || !w.any(store.EventError) {
		return nil
	}
	told := false
	defer func() {
		if !told { // the store failed: what is newer counts, the rest is told later
			w.n.mu.Lock()
			maps.Copy(checks, w.n.checks)
			w.n.checks = checks
			w.n.mu.Unlock()
		}
	}()
	marks, err := w.n.store.Marks(ctx, store.EventError)
	if err != nil {
		return err
	}
	now := w.n.now()
	for _, source := range slices.Sorted(maps.Keys(checks)) {
		failed, mark := checks[source], marks[source]
		notice := store.Notice{At: now, Event: store.EventError, Source: source}
		switch {
		case failed != nil && mark == "":
			notice.Payload.Text, mark = reason(failed), now.UTC().Format(time.RFC3339)
		case failed == nil && mark != "":
			notice.Payload.Well = true
			if since, err := time.Parse(time.RFC3339, mark); err == nil {
				notice.Payload.Text = fmt.Sprintf("It failed since %s.", since.In(zoneOf(&w.setting, source)).Format("2 January, 15:04"))
			}
			mark = ""
		default:
			continue
		}
		if err := w.n.store.PutNotice(ctx, notice, mark); err != nil {
			return err
		}
	}
	told = true
	return nil
}

func reason(err error) string { return cut(err.Error(), mostReason) }

// reloads tells that an edit of the schedule was refused, and that it is good again.
func (w *watch) reloads(ctx context.Context) error {
	w.n.mu.Lock()
	reload := w.n.reload
	w.n.reload = nil
	w.n.mu.Unlock()
	if reload == nil || !w.any(store.EventSchedule) {
		return nil
	}
	marks, err := w.n.store.Marks(ctx, store.EventSchedule)
	if err != nil {
		return err
	}
	notice, mark := store.Notice{At: w.n.now(), Event: store.EventSchedule}, ""
	switch {
	case *reload != nil && reason(*reload) != marks[""]:
		mark = reason(*reload)
		notice.Payload.Text = mark
	case *reload == nil && marks[""] != "":
		notice.Payload.Well = true
	default:
		return nil
	}
	return w.n.store.PutNotice(ctx, notice, mark)
}

// sessions tells of evenings that are over: nothing was played, and nothing
// imported, for an hour, and the source can be reached.
func (w *watch) sessions(ctx context.Context) error {
	if !w.any(store.EventSession) {
		return nil
	}
	now := w.n.now()
	sessions, err := w.n.store.SessionsSince(ctx, now.Add(-freshFor))
	if err != nil || len(sessions) == 0 {
		return err
	}
	marks, err := w.n.store.Marks(ctx, store.EventSession)
	if err != nil {
		return err
	}
	states, err := w.n.store.States(ctx)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.End.After(now.Add(freshFor)) { // by a clock that is wrong: its mark would silence all evenings until then
			continue
		}
		last, _ := strconv.ParseInt(marks[s.Source], 10, 64)
		quietSince := s.Imported
		if s.End.After(quietSince) && s.End.Before(now) {
			quietSince = s.End
		}
		if s.End.Unix() <= last || now.Sub(quietSince) < sessionGap || states[s.Source].Errors > 0 {
			continue
		}
		mark := strconv.FormatInt(s.End.Unix(), 10)
		if err := w.n.store.PutNotice(ctx, store.Notice{
			At: now, Event: store.EventSession, Source: s.Source, Subject: s.Start.Format(time.RFC3339),
			Payload: store.Payload{ID: s.ID, From: s.Start.Unix(), To: s.End.Unix()},
		}, mark); err != nil {
			return err
		}
		marks[s.Source] = mark
	}
	return nil
}

// nights tells of sources that brought no file on several game nights in a row. One
// that is left alone is not quiet, and starts anew when it is resumed.
func (w *watch) nights(ctx context.Context) error {
	if !w.any(store.EventQuiet) {
		return nil
	}
	marks, err := w.n.store.Marks(ctx, store.EventQuiet)
	if err != nil {
		return err
	}
	states, err := w.n.store.States(ctx)
	if err != nil {
		return err
	}
	pauses, err := w.n.store.Pauses(ctx)
	if err != nil {
		return err
	}
	now := w.n.now()
	for _, source := range slices.Sorted(maps.Keys(w.setting.Zones)) {
		pause := pauses[source]
		if states[source].Errors > 0 || pause.At(now) {
			continue
		}
		reach := now.AddDate(0, 0, -7*(patternWeeks+mostQuietWeeks))
		if !pause.Until.IsZero() { // a long one must not hide what was usual before it
			reach = reach.Add(pause.Since.Sub(pause.Until))
		}
		arrivals, err := w.n.store.ArrivalsSince(ctx, source, reach)
		if err != nil {
			return err
		}
		streak, last := quietNights(arrivals, zoneOf(&w.setting, source), pause.Until, now)
		if err := w.quiet(ctx, source, streak, last, pause.Until, marks[source]); err != nil {
			return err
		}
	}
	return nil
}

// quiet puts a notice for those receivers whose number of nights is reached and was
// not before: mark tells how many nights were told since which arrival, or since when
// the source was resumed after it.
func (w *watch) quiet(ctx context.Context, source string, streak int, last, resumed time.Time, mark string) error {
	from := last.Unix()
	if resumed.After(last) {
		from = resumed.Unix()
	}
	var since int64
	var told int
	if _, err := fmt.Sscan(mark, &since, &told); err != nil || since != from {
		told = 0
	}
	var due []int
	for _, r := range w.setting.Receivers {
		if slices.Contains(r.Events, store.EventQuiet) && r.Nights > told && r.Nights <= streak {
			due = append(due, r.Nights)
		}
	}
	slices.Sort(due)
	for _, nights := range slices.Compact(due) {
		if err := w.n.store.PutNotice(ctx, store.Notice{
			At: w.n.now(), Event: store.EventQuiet, Source: source,
			Payload: store.Payload{Nights: nights, Count: streak, To: last.Unix()},
		}, fmt.Sprintf("%d %d", from, nights)); err != nil {
			return err
		}
	}
	return nil
}

// prune keeps the outbox small, once an hour. What was told to nobody is told here.
func (w *watch) prune(ctx context.Context) error {
	now := w.n.now()
	if now.Sub(w.pruned) < time.Hour {
		return nil
	}
	w.pruned = now
	gone, err := w.n.store.PruneOutbox(ctx, now.Add(-keepFor))
	if err != nil || gone == 0 {
		return err
	}
	readers, err := w.n.store.Readers(ctx)
	for _, r := range readers {
		if r.Trouble != "" {
			w.n.log.Warn(fmt.Sprintf("🧹 %d messages older than %d h went from the outbox, and %q may have missed some: %s", gone, keepFor/time.Hour, r.Name, r.Trouble))
		}
	}
	return err
}

// alarm tells the other receivers that one takes no more messages.
func (n *Notifier) alarm(ctx context.Context, receiver, why string) {
	notice := store.Notice{At: n.now(), Event: store.EventError, Subject: receiver,
		Payload: store.Payload{Text: fmt.Sprintf("no more messages to %q: %s\nMend its url in the schedule; smartsync notify test %s tries it.", receiver, why, receiver)}}
	if err := n.store.PutNotice(ctx, notice, ""); err == nil {
		n.poke()
	}
}
