package engine

import (
	"strings"
	"testing"
	"time"
)

func TestReadArrivals(t *testing.T) {
	const layout = "2006-01-02T15:04:05Z07:00"
	for _, c := range []struct {
		name, text string
		want       []string // their moments in Paris; nil: refused
		faults     []string // what the error holds
	}{
		{"nothing", "", []string{}, nil},
		{"a file's name", "2025-10-03-200812-supply-round-1.txt\n", []string{"2025-10-03T20:08:12+02:00"}, nil},
		{"a stamp alone, without a line's end", "2025-10-03-200812", []string{"2025-10-03T20:08:12+02:00"}, nil},
		{"moments of any zone", "2025-10-03T18:08:12Z\n2025-10-03T14:00:00-04:00\n", []string{"2025-10-03T20:00:00+02:00", "2025-10-03T20:08:12+02:00"}, nil},
		{"out of order", "2025-10-03-200812-a\n2025-10-01-200812-b\n", []string{"2025-10-01T20:08:12+02:00", "2025-10-03T20:08:12+02:00"}, nil},
		{"a line twice", "2025-10-03-200812-a\n2025-10-03-200812-a\n", []string{"2025-10-03T20:08:12+02:00"}, nil},
		{"two files at once", "2025-10-03-200812-a\n2025-10-03-200812-b\n", []string{"2025-10-03T20:08:12+02:00", "2025-10-03T20:08:12+02:00"}, nil},
		{"what Windows writes", "\uFEFF2025-10-03-200812-a\r\n\r\n# why\r\n  2025-10-03-200900-b  \r\n", []string{"2025-10-03T20:08:12+02:00", "2025-10-03T20:09:00+02:00"}, nil},
		{"in the gap of spring", "2026-03-29-023000-a\n", []string{"2026-03-29T03:00:00+02:00"}, nil},
		{"in the hour that comes twice", "2025-10-26-023000-a\n", []string{"2025-10-26T02:30:00+02:00"}, nil},
		{"far in the future", "2999-01-01-000000-a\n", []string{"2999-01-01T00:00:00+01:00"}, nil},
		{"no moments", "2025-10-03-200812-a\nsoon\n2025-13-01-000000-b\n2025-10-03 20:08:12\n2025-10-03-2008-short.txt\n", nil,
			[]string{`names:2: "soon" is no arrival`, `names:3: "2025-13-01-000000-b"`, "names:4: ", "names:5: "}},
		{"a long bad line", strings.Repeat("x", 5000) + "\n", nil, []string{`names:1: "` + strings.Repeat("x", 80) + `…" is no arrival`}},
		{"a line without end", "2025-10-03-200812-a\n" + strings.Repeat("2", 1<<17), nil, []string{"names:2: the line is too long"}},
		{"bad lines without end", strings.Repeat("a\nb\nc\nd\ne\nf\ng\n", 9) + "h\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\nu\nv\n", nil, []string{"and perhaps more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadArrivals(strings.NewReader(c.text), "names", paris())
			if (err == nil) != (c.want != nil) {
				t.Fatalf("error %v", err)
			}
			for _, fault := range c.faults {
				if !strings.Contains(err.Error(), fault) {
					t.Errorf("%q is not in\n%v", fault, err)
				}
			}
			if err != nil && len(err.Error()) > 4000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			if len(got) != len(c.want) {
				t.Fatalf("%d arrivals, want %d", len(got), len(c.want))
			}
			for i, a := range got {
				if at := a.At.Format(layout); at != c.want[i] {
					t.Errorf("arrival %d at %s, want %s", i, at, c.want[i])
				}
			}
		})
	}
}

func FuzzReadArrivals(f *testing.F) {
	for _, text := range []string{"2025-10-03-200812-a\n", "2025-10-03T18:08:12Z\r\n", "# x\n\n\uFEFF", "0000-01-01-000000", "9999-12-31T23:59:59-23:59"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadArrivals(strings.NewReader(text), "names", paris())
		if err != nil && got != nil {
			t.Errorf("%d arrivals beside %v", len(got), err)
		}
		seen := map[string]bool{}
		last := time.Time{}
		for i, a := range got {
			if i > 0 && a.At.Before(last) {
				t.Errorf("%v after %v", a.At, last)
			}
			if last = a.At; seen[a.Name] || strings.TrimSpace(a.Name) != a.Name {
				t.Errorf("%q is there twice, or has spaces", a.Name)
			}
			seen[a.Name] = true
		}
	})
}
