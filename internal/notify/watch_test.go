package notify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
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
	load(errors.New(strings.Repeat("schedule.yaml:4:1: no\n    - {a: 1}\n      ^\n", 500)))
	if got, want := s.discord.last().Embeds[0].Description, strings.Repeat(`schedule\.yaml\:4\:1\: no`+"\n", mostLines)+"and "; !strings.HasPrefix(got, want) || strings.Contains(got, "^") {
		t.Errorf("the faults are told as %q", got)
	}
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

// TestQuietlyImportedEvening imports last night's rounds quietly: the evening is not
// told of, until more of it is played.
func TestQuietlyImportedEvening(t *testing.T) {
	s := newStage(t, store.EventSession)
	w := s.watch()
	s.store.Announce(false)
	s.play(round1)
	s.store.Announce(true)
	s.now = s.now.Add(2 * time.Hour)
	w.look(t.Context())
	s.all()
	s.want("")
	s.play(round2)
	s.now = s.now.Add(61 * time.Minute)
	w.look(t.Context())
	s.all()
	s.want("The evening is over: 1 map")
}

// TestEveningOfAWrongClock plays a round that is of a far day by its name: no evening
// is silent for that, whether it came quietly or not.
func TestEveningOfAWrongClock(t *testing.T) {
	for _, quietly := range []bool{false, true} {
		s := newStage(t, store.EventSession)
		w := s.watch()
		s.store.Announce(!quietly)
		s.commitAs(strings.Replace(round1, "2025", "2099", 1), round1, nil)
		s.store.Announce(true)
		s.now = s.now.Add(2 * time.Hour)
		w.look(t.Context())
		s.play(round1)
		s.play(round2)
		s.now = s.now.Add(2 * time.Hour)
		w.look(t.Context())
		s.all()
		s.want("The evening is over: 1 map")
	}
}

// fridays stores a file on each of eight Fridays, of which 5 September is the last.
func (s *stage) fridays(t *testing.T) {
	t.Helper()
	var items []store.Item
	for week := range 8 {
		at := time.Date(2025, 9, 5, 21, 0, 0, 0, paris).AddDate(0, 0, -7*week)
		items = append(items, store.Item{Key: store.Key{Path: fmt.Sprint(week), Size: 1, Modified: at.Unix()}, SHA256: fmt.Sprint(week), Status: store.Kept})
	}
	if _, err := s.store.Commit(t.Context(), "game", paris, s.now, items); err != nil {
		t.Fatal(err)
	}
}

func TestQuietIsTold(t *testing.T) {
	s := newStage(t, store.EventQuiet)
	w := s.watch()
	s.fridays(t)
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

// pause pauses the source as another process does; 0 is until it is resumed.
func (s *stage) pause(t *testing.T, d time.Duration) {
	t.Helper()
	p, err := store.OpenPauser(t.Context(), s.store.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	until := time.Time{}
	if d > 0 {
		until = s.now.Add(d)
	}
	if _, err := p.Set(t.Context(), s.now, map[string]time.Time{"game": until}); err != nil {
		t.Fatal(err)
	}
}

// TestPausedIsNotQuiet: nights of a pause count for nothing, neither in it nor after
// it; and what was told before a pause is told anew.
func TestPausedIsNotQuiet(t *testing.T) {
	for name, tt := range map[string]struct {
		month, day int // of the year 2025: when it is paused
		days       int // for so many; 0: until it is resumed
		looks      map[int]string
		last       string
	}{
		"a long one":         {9, 10, 70, map[int]string{20251004: "", 20251118: "", 20251120: "", 20251205: "", 20251206: "game is quiet", 20251207: "game is quiet"}, "3 game nights"},
		"one without an end": {9, 10, 0, map[int]string{20251004: "", 20251101: "", 20251118: "", 20251206: ""}, ""},
		"after it was told": {9, 28, 5, map[int]string{20250914: "", 20250928: "game is quiet", 20251003: "game is quiet", 20251019: "game is quiet",
			20251025: "game is quiet | game is quiet"}, "3 game nights"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, store.EventQuiet)
			s.fridays(t)
			for _, date := range slices.Sorted(maps.Keys(tt.looks)) {
				s.now = time.Date(date/10000, time.Month(date/100%100), date%100, 12, 0, 0, 0, paris)
				if pauses, err := s.store.Pauses(t.Context()); err != nil {
					t.Fatal(err)
				} else if from := 20250000 + 100*tt.month + tt.day; date > from && len(pauses) == 0 {
					now := s.now
					s.now = time.Date(2025, time.Month(tt.month), tt.day, 12, 30, 0, 0, paris)
					s.pause(t, time.Duration(tt.days)*24*time.Hour)
					s.now = now
				}
				s.watch().look(t.Context())
				s.all()
				s.want(tt.looks[date])
			}
			if tt.last == "" {
				return
			}
			if text := s.discord.last().Embeds[0].Description; !strings.Contains(text, tt.last) || !strings.Contains(text, "Friday, 5 September 2025") {
				t.Errorf("told is %q", text)
			}
		})
	}
}

// TestPauseOfAFailingSource: nothing more is said of it until it is checked again.
func TestPauseOfAFailingSource(t *testing.T) {
	s := newStage(t, Events...)
	s.courier.n.Checked("game", errors.New("no answer"))
	s.watch().look(t.Context())
	s.pause(t, 0)
	for range 5 {
		s.now = s.now.Add(23 * time.Hour)
		s.watch().look(t.Context())
		s.all()
	}
	s.want("game fails")
	s.courier.n.Checked("game", nil)
	s.watch().look(t.Context())
	s.all()
	s.want("game fails | game is well again")
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
