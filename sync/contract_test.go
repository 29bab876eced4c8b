package sync

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rigs are the kinds of places. Each test of the contract runs over all.
var rigs = []struct {
	name string
	// options returns those of a source that looks at dir.
	options func(t testing.TB, dir string) Options
}{
	{"directory", func(_ testing.TB, dir string) Options {
		return Options{URL: dir}
	}},
	{"in-process sftp", func(t testing.TB, dir string) Options {
		home(t)
		client, key := newKey(t)
		s := startServer(t, client.PublicKey())
		file := filepath.Join(t.TempDir(), "key")
		writeKey(t, file, key, "")
		return Options{URL: "sftp://et@" + s.address + dir, Key: file, OnlyKey: true,
			KnownHosts: s.trust(t, filepath.Join(t.TempDir(), "known_hosts"))}
	}},
	{"OpenSSH", func(t testing.TB, dir string) Options {
		home(t)
		s := startSSHD(t)
		return Options{URL: "sftp://" + s.user + "@" + s.address + dir, Key: s.key, OnlyKey: true, KnownHosts: s.knownHosts}
	}},
}

// everyPlace runs a test of the contract over each kind of place.
func everyPlace(t *testing.T, dir string, test func(t *testing.T, p place)) {
	for _, rig := range rigs {
		t.Run(rig.name, func(t *testing.T) {
			test(t, openPlace(t, rig.options(t, dir)))
		})
	}
}

func openPlace(t testing.TB, o Options) place {
	t.Helper()
	o.Name, o.Files = "game", t.TempDir()
	s, err := New(o, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.open(soon(t), false, &Probe{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func TestPlaceLists(t *testing.T) {
	dir := t.TempDir()
	when := time.Unix(1700000000, 0)
	for _, name := range []string{"a.txt", ".hidden", "with space.txt", "ünï.txt", "-rf", "x;y", "back\\slash", "esc\x1b[0m"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "\\\x1b") {
			continue
		}
		write(t, filepath.Join(dir, name), []byte(name), 0o644)
		if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.txt", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	everyPlace(t, dir, func(t *testing.T, p place) {
		got, err := p.List(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(got, func(a, b entry) int { return strings.Compare(a.Name, b.Name) })
		if len(got) != len(want) {
			t.Fatalf("%d entries, want %d: %+v", len(got), len(want), got)
		}
		for i, e := range got {
			special := e.Name == "folder" || e.Name == "link"
			if e.Name != want[i].Name() || e.Regular == special {
				t.Errorf("entry %+v, want %q", e, want[i].Name())
			}
			if !special && (e.Size != int64(len(e.Name)) || e.Modified != when.Unix()) {
				t.Errorf("entry %+v has a wrong size or time", e)
			}
			again, err := p.Stat(soon(t), e.Name)
			if err != nil || again != e {
				t.Errorf("Stat(%q) = %+v, %v, want %+v", e.Name, again, err, e)
			}
		}
	})
}

func TestPlaceFetches(t *testing.T) {
	dir := t.TempDir()
	content := map[string][]byte{}
	for _, size := range []int{0, 1, 1000, oneRead - 1, oneRead, oneRead + 1, longFile, longFile + 1, 3 << 20} {
		data := make([]byte, size)
		_, _ = rand.Read(data)
		name := fmt.Sprint(size)
		content[name] = data
		write(t, filepath.Join(dir, name), data, 0o644)
	}
	everyPlace(t, dir, func(t *testing.T, p place) {
		var all sync.WaitGroup
		for name, data := range content {
			all.Go(func() {
				size := int64(len(data))
				for _, claimed := range []int64{size, size + 5, size / 2} {
					var got bytes.Buffer
					n, err := p.Fetch(soon(t), entry{Name: name, Size: claimed}, &got)
					want := data[:min(size, claimed+1)]
					if err != nil || n != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
						t.Errorf("Fetch(%q as %d) = %d bytes, %v, want %d", name, claimed, n, err, len(want))
					}
				}
			})
		}
		all.Wait()
	})
}

func TestPlaceErrors(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.txt"), []byte("a"), 0o644)
	everyPlace(t, dir, func(t *testing.T, p place) {
		if _, err := p.Stat(soon(t), "gone"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Stat of a missing file: %v", err)
		}
		if _, err := p.Fetch(soon(t), entry{Name: "gone", Size: 1}, &bytes.Buffer{}); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Fetch of a missing file: %v", err)
		}
		broken := errors.New("broken")
		if _, err := p.Fetch(soon(t), entry{Name: "a.txt", Size: 1}, failing{broken}); !errors.Is(err, broken) {
			t.Errorf("Fetch into a broken writer: %v", err)
		}
		if _, err := p.List(soon(t)); err != nil {
			t.Errorf("List after errors about single files: %v", err)
		}
		ended, cancel := context.WithCancel(soon(t))
		cancel()
		if _, err := p.List(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("List in an ended context: %v", err)
		}
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestPlaceWithoutFolder(t *testing.T) {
	for _, rig := range rigs {
		t.Run(rig.name, func(t *testing.T) {
			o := rig.options(t, filepath.Join(t.TempDir(), "missing"))
			o.Name, o.Files = "game", t.TempDir()
			s, err := New(o, openStore(t), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = s.DryRun(soon(t))
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != Other || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "missing") || !strings.Contains(e.Hint, "url:") {
				t.Errorf("DryRun of a missing folder: %v", err)
			}
		})
	}
}
