package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStates(t *testing.T) {
	s := open(t)
	want := SourceState{
		Source: "game", Misses: 1, MissesTotal: 2, Errors: 3, Found: 4,
		LastCheck: at, LastFound: at.Add(-time.Hour), LastError: "it failed",
		Window: "prime time", Rule: 2, Line: 31, Reason: "active session", Next: at.Add(time.Minute + 7*time.Millisecond),
	}
	for _, st := range []SourceState{{Source: "game", Misses: 9}, want, {Source: "new"}} {
		if err := s.SaveState(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
	states, err := s.States(t.Context())
	if err != nil || len(states) != 2 || states["game"] != want || states["new"] != (SourceState{Source: "new"}) {
		t.Errorf("%+v, %v", states, err)
	}
}

func TestDaemon(t *testing.T) {
	s := open(t)
	none := func() {
		t.Helper()
		if d, ok, err := s.Daemon(t.Context()); ok || err != nil {
			t.Errorf("%+v, %v", d, err)
		}
	}
	none()
	want := Daemon{PID: 7, Started: at, Schedule: "/x/schedule.yaml", Loaded: at.Add(time.Second), ReloadError: "line 3", ReloadFailed: at.Add(time.Hour)}
	for _, d := range []Daemon{{PID: 6, Started: at, Loaded: at}, want} {
		if err := s.SetDaemon(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if got, ok, err := s.Daemon(t.Context()); !ok || err != nil || got != d {
			t.Errorf("%+v, %v, want %+v", got, err, d)
		}
	}
	if err := s.ClearDaemon(t.Context()); err != nil {
		t.Fatal(err)
	}
	none()
}

func TestChecks(t *testing.T) {
	s := open(t)
	want := Check{
		Source: "game", Started: at, Ended: at.Add(1500 * time.Millisecond), Listed: 1, Found: 2, Imported: 3,
		Rejected: 4, Pending: 5, Skipped: 6, Bytes: 1 << 60, Error: "it failed",
	}
	for i := range 3 {
		c := want
		c.Listed = i
		id, err := s.RecordCheck(t.Context(), c)
		if err != nil || id != int64(i+1) {
			t.Fatal(id, err)
		}
	}
	if _, err := s.RecordCheck(t.Context(), Check{Source: "other", Started: at, Ended: at}); err != nil {
		t.Fatal(err)
	}
	want.ID, want.Listed = 3, 2
	checks, err := s.Checks(t.Context(), "game", 2)
	if err != nil || len(checks) != 2 || checks[0] != want || checks[1].ID != 2 {
		t.Errorf("%+v, %v", checks, err)
	}
	if all, err := s.Checks(t.Context(), "", 0); err != nil || len(all) != 4 || all[0].Source != "other" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestChecksBetween records checks out of order, as a clock that is set does.
func TestChecksBetween(t *testing.T) {
	s := open(t)
	for _, hour := range []int{0, 5, 23, 3, 24, -1} {
		started := at.Add(time.Duration(hour) * time.Hour)
		for _, source := range []string{"game", "other"} {
			if _, err := s.RecordCheck(t.Context(), Check{Source: source, Started: started, Ended: started, Listed: hour}); err != nil {
				t.Fatal(err)
			}
		}
	}
	listed := func(from, to time.Time) (hours []int) {
		t.Helper()
		checks, err := s.ChecksBetween(t.Context(), "game", from, to)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if c.Source != "game" {
				t.Errorf("a check of %q", c.Source)
			}
			hours = append(hours, c.Listed)
		}
		return hours
	}
	if got := listed(at, at.Add(24*time.Hour)); !slices.Equal(got, []int{0, 3, 5, 23}) {
		t.Errorf("of a day: %v", got)
	}
	if got := listed(at.Add(time.Millisecond), at.Add(3*time.Hour)); len(got) != 0 {
		t.Errorf("between two: %v", got)
	}
	if plan := table(t, s, `EXPLAIN QUERY PLAN SELECT id FROM checks WHERE source_id = 1 AND started_at >= 1 AND started_at < 2`); !strings.Contains(fmt.Sprint(plan), "checks_time") {
		t.Errorf("it reads them all: %v", plan)
	}
}

// TestOldChecksGo: those of more than 400 days, but not by the word of a clock that
// is far ahead for a while.
func TestOldChecksGo(t *testing.T) {
	s := open(t)
	record := func(n int, when time.Time) int {
		t.Helper()
		for range n {
			if _, err := s.RecordCheck(t.Context(), Check{Source: "game", Started: when, Ended: when}); err != nil {
				t.Fatal(err)
			}
		}
		return len(table(t, s, "SELECT id FROM checks"))
	}
	record(120, at)
	if n := record(50, at.AddDate(10, 0, 0)); n != 170 {
		t.Errorf("%d checks after the clock jumped, want 170", n)
	}
	if n := record(120, at.Add(399*24*time.Hour)); n != 290 {
		t.Errorf("%d checks after 399 days, want 290", n)
	}
	if n := record(103, at.Add(401*24*time.Hour)); n != 170+103 {
		t.Errorf("%d checks after 401 days, want %d", n, 170+103)
	}
}

func TestFiles(t *testing.T) {
	s := open(t)
	put := func(source, path string, version int64, status Status, hours int) {
		t.Helper()
		when := at.Add(time.Duration(hours) * time.Hour)
		it := Item{Key: Key{path, version, 1000 * version}, SHA256: fmt.Sprint(path, version), Status: status, Line: 3, Reason: "why", Detail: "more", Local: "local"}
		if _, err := s.Commit(t.Context(), source, nil, when, []Item{it}); err != nil {
			t.Fatal(err)
		}
	}
	put("one", "a", 1, Rejected, 1)
	put("one", "b", 1, Kept, 2)
	put("two", "c", 1, Kept, 3)
	put("one", "a", 2, Kept, 4)
	if err := s.Observe(t.Context(), "one", []Key{{"b", 9, 9}}, at.Add(5*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		q    FileQuery
		want string
	}{
		{FileQuery{}, "[one/b v0 seen one/a v2 kept two/c v1 kept]"},
		{FileQuery{All: true}, "[one/b v0 seen one/a v2 kept two/c v1 kept one/b v1 kept one/a v1 rejected]"},
		{FileQuery{Source: "one"}, "[one/b v0 seen one/a v2 kept]"},
		{FileQuery{Status: Rejected}, "[]"},
		{FileQuery{Status: Rejected, All: true}, "[one/a v1 rejected]"},
		{FileQuery{Path: "a", All: true}, "[one/a v2 kept one/a v1 rejected]"},
		{FileQuery{Limit: 1}, "[one/b v0 seen]"},
		{FileQuery{Source: "none"}, "[]"},
	} {
		files, err := s.Files(t.Context(), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, f := range files {
			got = append(got, fmt.Sprintf("%s/%s v%d %s", f.Source, f.Key.Path, f.Version, f.Status))
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%+v: %v, want %v", tt.q, got, tt.want)
		}
	}
	files, err := s.Files(t.Context(), FileQuery{Status: Rejected, All: true})
	want := File{
		ID: 1, Source: "one", Key: Key{"a", 1, 1000}, SHA256: "a1", Local: "local", Status: Rejected, Version: 1,
		Line: 3, Reason: "why", Detail: "more", FirstSeen: at.Add(time.Hour), Handled: at.Add(time.Hour),
	}
	if err != nil || len(files) != 1 || files[0] != want {
		t.Errorf("%+v, want %+v", files, want)
	}
	if counts, err := s.Counts(t.Context()); err != nil || fmt.Sprint(counts) != "map[one:map[kept:1 seen:1] two:map[kept:1]]" {
		t.Errorf("counts %v, %v", counts, err)
	}
	arrivals, err := s.Arrivals(t.Context(), "one")
	if err != nil || !slices.Equal(arrivals, []Arrival{{"a", time.Unix(1000, 0).UTC()}, {"b", time.Unix(1000, 0).UTC()}, {"a", time.Unix(2000, 0).UTC()}}) {
		t.Errorf("arrivals %v, %v", arrivals, err)
	}
}
