package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/smartsync/smartsync/internal/etlegacy"
	"github.com/smartsync/smartsync/store"
)

// evening is after the last of the shipped rounds.
var evening = time.Date(2025, 10, 3, 18, 45, 0, 0, time.UTC)

// shipped returns reports over the rounds of examples, which are of one evening.
func shipped(t *testing.T) Stats {
	t.Helper()
	return shippedAs(t, func(content []byte) []byte { return content })
}

// shippedAs returns reports over those rounds, each changed.
func shippedAs(t *testing.T, change func([]byte) []byte) Stats {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	paths, err := filepath.Glob("../../examples/gamestats/*round-?.txt")
	if err != nil || len(paths) != 4 {
		t.Fatalf("rounds: %q, %v", paths, err)
	}
	var items []store.Item
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		content = change(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")))
		round, err := etlegacy.Parse(filepath.Base(path), content)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		items = append(items, store.Item{Key: store.Key{Path: filepath.Base(path), Size: int64(len(content)), Modified: evening.Unix()},
			SHA256: hex.EncodeToString(sum[:]), Status: store.Imported, Round: round, Content: content})
	}
	if _, err := st.Commit(t.Context(), "game", paris, evening, items); err != nil {
		t.Fatal(err)
	}
	return Stats{Store: st, Zone: func(string) *time.Location { return paris }}
}

// TestBotsAreNoBest plays the evening with a bot in the place of who was best.
func TestBotsAreNoBest(t *testing.T) {
	leaders := func(s Stats, bots bool) Leaders {
		t.Helper()
		out, err := s.Leaders(t.Context(), store.StatsQuery{}, Board{By: store.Metrics[0], Bots: bots})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	top := leaders(shipped(t), false).Leaders[0].GUID
	s := shippedAs(t, func(content []byte) []byte {
		return regexp.MustCompile(`(?m)^`+top+`\\`).ReplaceAllLiteral(content, []byte(top+`\[BOT]`))
	})
	bot := leaders(s, true).Leaders[0].GUID
	if people := leaders(s, false); len(people.Leaders) != 5 || people.Leaders[0].GUID == bot {
		t.Errorf("on the board without bots: %+v", people)
	}
	session, err := s.Session(t.Context(), "", evening)
	if err != nil || len(session.Players) != 6 || len(session.Best) == 0 {
		t.Fatalf("the session: %+v, %v", session, err)
	}
	for _, b := range session.Best {
		if b.GUID == bot {
			t.Errorf("a bot is the best by %s", b.By)
		}
	}
	page, err := s.Map(t.Context(), store.StatsQuery{Map: "supply"}, 0)
	if err != nil || len(page.Players) != 5 {
		t.Errorf("on the map's page: %+v, %v", page.Players, err)
	}
}

// TestForms holds the JSON of every report to the letter: scripts and programs rely
// on it. UPDATE_GOLDEN=1 writes it anew.
func TestForms(t *testing.T) {
	s := shipped(t)
	s.Most = 2
	kills, _ := store.MetricNamed("kills")
	for name, ask := range map[string]func() (any, error){
		"session": func() (any, error) { return s.Session(t.Context(), "", evening) },
		"none":    func() (any, error) { return s.Session(t.Context(), "game", evening.AddDate(-1, 0, 0)) },
		"leaders": func() (any, error) { return s.Leaders(t.Context(), store.StatsQuery{}, Board{By: kills, Least: 30}) },
		"player":  func() (any, error) { return s.Player(t.Context(), "mossgolem", store.StatsQuery{}) },
		"map":     func() (any, error) { return s.Map(t.Context(), store.StatsQuery{Map: "supply"}, 0) },
		"unplayed": func() (any, error) {
			return s.Map(t.Context(), store.StatsQuery{Map: "supply", Since: evening}, 0)
		},
		"versus": func() (any, error) {
			return s.Versus(t.Context(), "MossGolem", "frostbiteken", store.StatsQuery{})
		},
		"file": func() (any, error) {
			files, err := s.Store.Files(t.Context(), store.FileQuery{Limit: 1})
			if err != nil || len(files) != 1 {
				return nil, fmt.Errorf("%d files: %w", len(files), err)
			}
			return FileOf(files[0], s.Zone("")), nil
		},
	} {
		value, err := ask()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := json.MarshalIndent(value, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", name+".json")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, append(got, '\n'), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
		if !bytes.Equal(append(got, '\n'), want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestBounds cuts lists where they matter least, and counts what it cut.
func TestBounds(t *testing.T) {
	s := shipped(t)
	whole, err := s.Leaders(t.Context(), store.StatsQuery{}, Board{By: store.Metrics[0], Least: 30})
	if err != nil || len(whole.Leaders) != 5 || whole.LeftOut != 1 || whole.Ranked != 5 {
		t.Fatalf("%+v, %v", whole, err)
	}
	s.Most = 3
	cut, err := s.Leaders(t.Context(), store.StatsQuery{}, Board{By: store.Metrics[0], Least: 30})
	if err != nil || !slices.Equal(cut.Leaders, whole.Leaders[:3]) || cut.Ranked != 5 || cut.LeftOut != 1 {
		t.Errorf("%+v, %v", cut, err)
	}
	s.Most = 1
	session, err := s.Session(t.Context(), "game", evening)
	if err != nil || len(session.Maps) != 1 || session.Maps[0].Map != "supply" || session.Rounds != 4 || len(session.Players) != 1 {
		t.Errorf("%+v, %v", session, err)
	}
	versus, err := s.Versus(t.Context(), "mossgolem", "FROSTBITEKEN", store.StatsQuery{})
	if err != nil || len(versus.Matches) != 1 || versus.Matches[0].Map != "supply" {
		t.Errorf("%+v, %v", versus, err)
	}
}

func TestWho(t *testing.T) {
	s := shipped(t)
	_, err := s.Versus(t.Context(), "mossgolem", "B72E14D8", store.StatsQuery{})
	if same, ok := errors.AsType[*SameError](err); !ok || same.GUID != "B72E14D8" {
		t.Errorf("one player twice: %v", err)
	}
	for _, names := range [][2]string{{"nobody", "mossgolem"}, {"mossgolem", "nobody"}} {
		_, err := s.Versus(t.Context(), names[0], names[1], store.StatsQuery{})
		if who, ok := errors.AsType[*store.WhoError](err); !ok || who.Text != "nobody" {
			t.Errorf("%q: %v", names, err)
		}
	}
	if _, err := s.Player(t.Context(), "", store.StatsQuery{}); err == nil {
		t.Error("an empty name is somebody's")
	}
}
