package sync

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/smartsync/smartsync/store"
)

// remembered is a ledger in a map.
type remembered map[store.Key]store.Entry

func (r remembered) Known(k store.Key) (store.Entry, bool) { e, ok := r[k]; return e, ok }

func (r remembered) Paths() iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range r {
			if !yield(k.Path) {
				return
			}
		}
	}
}

var now = time.Date(2026, 1, 10, 20, 0, 0, 0, time.UTC)

func at(name string, ago time.Duration) entry {
	return entry{Name: name, Size: 10, Modified: now.Add(-ago).Unix(), Regular: true}
}

func TestPlan(t *testing.T) {
	own := terms{maxSize: 100, settle: 2 * time.Second, ownClock: true}
	far := terms{maxSize: 100, settle: 2 * time.Second}
	globbed := terms{match: globs{"*.txt"}, ignore: globs{"*_ws.txt"}, maxSize: 100, settle: time.Second}
	seen := func(name string, ago time.Duration) remembered {
		return remembered{job{entry: at(name, time.Hour)}.key(): {Status: store.Seen, FirstSeen: now.Add(-ago)}}
	}
	tests := []struct {
		name    string
		terms   terms
		known   remembered
		listing []entry
		want    string // jobs, settled ones with a star, and skips
	}{
		{"nothing", own, nil, nil, ""},
		{"oldest first, then by name", own, nil, []entry{at("c", 9*time.Second), at("b", time.Hour), at("a", 9*time.Second)}, "b* a* c*"},
		{"just long enough ago", own, nil, []entry{at("a", 3*time.Second), at("b", 2*time.Second)}, "a* b"},
		{"in the future", own, nil, []entry{at("a", -time.Hour)}, "a"},
		{"another clock proves nothing", far, nil, []entry{at("a", time.Hour)}, "a"},
		{"seen long enough ago", far, seen("a", 2*time.Second), []entry{at("a", time.Hour)}, "a*"},
		{"seen too recently", far, seen("a", time.Second), []entry{at("a", time.Hour)}, "a"},
		{"seen, but it changed", far, seen("a", time.Hour), []entry{at("a", time.Minute)}, "a"},
		{"known", far, remembered{job{entry: at("a", time.Hour)}.key(): {Status: store.Rejected}}, []entry{at("a", time.Hour)}, ""},
		{"globs", globbed, nil, []entry{at("a.txt", 0), at("a_ws.txt", 0), at("b.log", 0)}, "a.txt"},
		{"folders and links", own, nil, []entry{{Name: "folder"}, at("a", time.Hour)}, "a*"},
		{"too large", own, nil, []entry{{Name: "a", Size: 101, Regular: true}}, "-a: too large"},
		{"nonsense", own, nil, []entry{{Name: "a", Size: -1, Regular: true}, {Name: "b", Modified: -1, Regular: true}},
			"-a: an impossible size -b: an impossible modification time"},
		{"twice", own, nil, []entry{at("a", time.Hour), at("a", time.Minute)}, "a* -a: listed twice"},
		{"bad name", own, nil, []entry{at("..", time.Hour)}, "-..: starts with a dot, dash or space"},
		{"case twins", own, nil, []entry{at("a.txt", time.Hour), at("A.txt", 2*time.Hour)}, "A.txt* a.txt>" + localName("a.txt", true) + "*"},
		{"a twin in the ledger", own, remembered{store.Key{Path: "A"}: {}}, []entry{at("a", time.Hour)}, "a>" + localName("a", true) + "*"},
		{"a twin of a new version", own, remembered{store.Key{Path: "A"}: {}}, []entry{at("A", time.Hour), at("a", 2*time.Hour)},
			"a>" + localName("a", true) + "* A*"},
		{"a new version has no twin", own, remembered{store.Key{Path: "a"}: {}}, []entry{at("a", time.Hour)}, "a*"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := makePlan(test.listing, test.known, now, test.terms)
			var got []string
			for _, j := range p.jobs {
				text := j.Name
				if j.local != j.Name {
					text += ">" + j.local
				}
				if j.settled {
					text += "*"
				}
				got = append(got, text)
			}
			for _, s := range p.skips {
				got = append(got, "-"+s.Name+": "+s.Reason)
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("plan %q, want %q", text, test.want)
			}
		})
	}
}

// Whatever a listing says: nothing is brought twice or that is known, local names
// are safe and never meet, and everything that matched is accounted for.
func TestPlanHolds(t *testing.T) {
	name := rapid.OneOf(rapid.StringMatching(`[abAB]{1,2}(\.txt)?`), rapid.String(),
		rapid.SampledFrom([]string{"é", "e\u0301", "con", "a~0123456789ab.txt", "..", "a/b"}))
	entries := rapid.SliceOf(rapid.Custom(func(t *rapid.T) entry {
		return entry{Name: name.Draw(t, "name"), Size: rapid.Int64Range(-1, 3).Draw(t, "size"),
			Modified: now.Unix() - rapid.Int64Range(-3, 5).Draw(t, "age"), Regular: rapid.Bool().Draw(t, "regular")}
	}))
	rapid.Check(t, func(t *rapid.T) {
		known := remembered{}
		for _, e := range entries.Draw(t, "known") {
			known[job{entry: e}.key()] = store.Entry{Status: rapid.SampledFrom([]store.Status{store.Seen, store.Imported}).Draw(t, "status"), FirstSeen: now}
		}
		listing := entries.Draw(t, "listing")
		p := makePlan(listing, known, now, terms{maxSize: 2, settle: 2 * time.Second, ownClock: true})
		if p.listed != len(listing) || p.listed != p.known+p.skipped+len(p.jobs) {
			t.Fatalf("%d listed, but %d known, %d skipped, %d new", p.listed, p.known, p.skipped, len(p.jobs))
		}
		names, locals := map[string]bool{}, map[string]bool{}
		for k := range known {
			if ascii(k.Path) {
				locals[fold(k.Path)] = true
			}
		}
		for _, j := range p.jobs {
			if names[j.Name] {
				t.Fatalf("%q is fetched twice", j.Name)
			}
			names[j.Name] = true
			if old, ok := known[j.key()]; ok && old.Status != store.Seen {
				t.Fatalf("%q is known", j.Name)
			}
			if bad := badName(j.local); bad != "" && len(j.local) <= maxName {
				t.Fatalf("local name %q: %s", j.local, bad)
			}
			if j.settled && now.Sub(time.Unix(j.Modified, 0)) < 2*time.Second {
				t.Fatalf("%q is not settled", j.Name)
			}
		}
		for _, j := range p.jobs {
			f := fold(j.local)
			own := slices.ContainsFunc(slices.Collect(maps.Keys(known)), func(k store.Key) bool { return k.Path == j.Name })
			if locals[f] && !own {
				t.Fatalf("%q takes the place of another file, as %q", j.Name, j.local)
			}
			locals[f] = true
		}
	})
}

func TestNames(t *testing.T) {
	good := []string{"a.txt", "2024-03-01-203015-supply-round-1.txt", "with space", "ünï", "[x] (1) {a}=b,c~d'e#f&g!h%i^j`k@l+m", "日本.txt",
		"console.txt", "com10", strings.Repeat("x", 200)}
	for _, name := range good {
		if reason := badName(name); reason != "" {
			t.Errorf("%q is refused: %s", name, reason)
		}
	}
	bad := []string{"", ".", "..", "../x", "/", "/etc/passwd", `..\..\x`, `C:\x`, "x:ads", "a\x1b[2J", "a\nb", "a\x00b", "a\xffb",
		"CON", "nul.txt", "Com1", "lpt9 .x", "a.", "a ", " a", ".hidden", "-rf", "a\u202Etxt.exe", "a\u200Bb", "a*b", "a?b", `a"b`, "a|b", "a<b", "$a",
		strings.Repeat("x", 201)}
	for _, name := range bad {
		if badName(name) == "" {
			t.Errorf("%q is let in", name)
		}
	}
}

func TestLocalNames(t *testing.T) {
	if got := localName("a.txt", false); got != "a.txt" {
		t.Errorf("a plain name becomes %q", got)
	}
	twin := localName("a.txt", true)
	names := map[string]string{}
	for _, name := range []string{"a.txt", "A.txt", "é.txt", "e\u0301.txt", "É.txt", twin, "a"} {
		local := fold(localName(name, true))
		if other, there := names[local]; there {
			t.Errorf("%q and %q meet in %q", name, other, local)
		}
		names[local] = name
	}
	if got := localName(twin, false); got == twin {
		t.Errorf("a name that imitates a local name keeps it: %q", got)
	}
	if localName("é.txt", false) == "é.txt" {
		t.Error("a name that file systems may rewrite is kept as it is")
	}
}

func TestGlobs(t *testing.T) {
	tests := []struct {
		patterns, name string
		want           bool
	}{
		{"*.txt", "a.txt", true}, {"*.txt", "a.log", false}, {"*.{txt,log}", "a.log", true}, {"*.{txt,log}", "a.gz", false},
		{"{a,b{1,2}}.x", "b2.x", true}, {"{a,b{1,2}}.x", "b.x", false}, {"[{]a", "{a", true}, {`\{a`, "{a", true}, {"a}", "a}", true},
		{"x{,.gz}", "x", true}, {"*.log *.txt", "a.txt", true}, {"[a-c]?", "bx", true},
	}
	for _, test := range tests {
		g, err := parseGlobs(strings.Fields(test.patterns))
		if err != nil || g.match(test.name) != test.want {
			t.Errorf("%q on %q: %v, %v", test.patterns, test.name, !test.want, err)
		}
	}
	for _, bad := range []string{"[a", "{a", `a\`, strings.Repeat("{a,b,c,d}", 8)} {
		if _, err := parseGlobs([]string{bad}); err == nil {
			t.Errorf("the glob %q is let in", bad)
		}
	}
}

func FuzzGlobs(f *testing.F) {
	f.Add("*.{txt,log}", "a.txt")
	f.Add("{{{,},},}[{]", "x")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if g, err := parseGlobs([]string{pattern}); err == nil {
			g.match(name)
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, name := range []string{"a.txt", "..", "é", "con.x", "a~0123456789ab.txt"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if badName(name) != "" {
			return
		}
		for _, local := range []string{localName(name, false), localName(name, true)} {
			if strings.ContainsAny(local, "/\\:\x00\n") || len(local) > 255 || strings.HasPrefix(local, ".") || device.MatchString(local) {
				t.Errorf("%q is kept as %q", name, local)
			}
		}
	})
}

func BenchmarkPlan(b *testing.B) {
	known, listing := remembered{}, make([]entry, 20_000)
	for i := range listing {
		listing[i] = at(fmt.Sprintf("2024-03-01-%06d-supply-round-1.txt", i), time.Hour)
		known[job{entry: listing[i]}.key()] = store.Entry{Status: store.Imported}
	}
	t := terms{match: globs{"*.txt"}, ignore: globs{"*_ws.txt"}, maxSize: 1 << 20, settle: time.Second}
	for b.Loop() {
		if p := makePlan(listing, known, now, t); p.known != len(listing) {
			b.Fatal(p.known)
		}
	}
}
