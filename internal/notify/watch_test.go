package notify

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// watch is a watch over the stage, of which look is one look.
func (s *stage) watch() *watch { return &watch{n: s.courier.n, setting: s.courier.setting} }

func TestFailingSourceIsToldOnce(t *testing.T) {
	s := newStage(t, Events...)
	w := s.watch()
	check := func(err error) {
		s.courier.n.Checked("game", err)
		w.look(t.Context())
		w = s.watch() // a restart changes nothing
		s.all()
	}
	check(nil)
	s.want("")
	check(errors.New("no answer"))
	check(errors.New("no route"))
	s.want("game fails")
	s.now = s.now.Add(time.Hour)
	check(nil)
	check(nil)
	s.want("game fails | game is well again")
	if text := s.discord.last().Embeds[0].Description; text != `It failed since 3 October\, 20\:50\.` {
		t.Errorf("told is %q", text)
	}
}

func TestRefusedReload(t *testing.T) {
	s := newStage(t, Events...)
	w := s.watch()
	load := func(err error) {
		s.courier.n.Loaded(err)
		w.look(t.Context())
		s.all()
	}
	load(nil)
	s.want("")
	load(errors.New("schedule.yaml:3:1: no"))
	load(errors.New("schedule.yaml:3:1: no"))
	s.want("The edited schedule is not used")
	load(errors.New(strings.Repeat("schedule.yaml:4:1: no\n", 500)))
	load(nil)
	load(nil)
	s.want("The edited schedule is not used | The edited schedule is not used | The edited schedule is in force")
}

func TestEveningIsOver(t *testing.T) {
	s := newStage(t, store.EventSession)
	w := s.watch()
	s.play(round1)
	s.play(round2)
	s.now = s.now.Add(59 * time.Minute)
	w.look(t.Context())
	s.all()
	s.want("")
	if err := s.store.SaveState(t.Context(), store.SourceState{Source: "game", Errors: 1}); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(2 * time.Minute)
	w.look(t.Context())
	s.all()
	s.want("") // who knows what was played while it cannot be reached
	if err := s.store.SaveState(t.Context(), store.SourceState{Source: "game"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.look(t.Context())
		s.all()
	}
	s.want("The evening is over: 1 map")
	if f := s.discord.last().Embeds[0].Fields[0]; !strings.HasPrefix(f.Value, "supply") {
		t.Errorf("the maps are %q", f.Value)
	}
}

func TestQuietIsTold(t *testing.T) {
	s := newStage(t, store.EventQuiet)
	w := s.watch()
	var items []store.Item
	for week := range 8 {
		at := time.Date(2025, 9, 5, 21, 0, 0, 0, paris).AddDate(0, 0, -7*week)
		items = append(items, store.Item{Key: store.Key{Path: fmt.Sprint(week), Size: 1, Modified: at.Unix()}, SHA256: fmt.Sprint(week), Status: store.Kept})
	}
	if _, err := s.store.Commit(t.Context(), "game", paris, s.now, items); err != nil {
		t.Fatal(err)
	}
	s.now = time.Date(2025, 9, 20, 12, 0, 0, 0, paris)
	w.look(t.Context())
	s.all()
	s.want("")                                         // two game nights
	s.now = time.Date(2025, 10, 4, 12, 0, 0, 0, paris) // the day of the third went by unseen
	for range 2 {
		w.look(t.Context())
		s.all()
	}
	s.want("game is quiet")
	if text := s.discord.last().Embeds[0].Description; !strings.Contains(text, "4 game nights") || !strings.Contains(text, "Friday, 5 September 2025") {
		t.Errorf("told is %q", text)
	}
}

func TestRunTellsAtOnce(t *testing.T) {
	s := newStage(t, Events...)
	n := s.courier.n
	n.now = time.Now
	if err := n.Use(t.Context(), s.courier.setting); err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{}, 1)
	s.discord.Config.Handler = ring(s.discord, told)
	n.Checked("game", errors.New("no answer"))
	ctx, done := stopping(t)
	ended := make(chan struct{})
	go func() { n.Run(ctx); close(ended) }()
	select {
	case <-told:
	case <-time.After(20 * time.Second):
		t.Error("nothing was told")
	}
	done()
	<-ended
	s.want("game fails")
}
