package cli_test

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRecipePicture holds the picture among the recipes to what the program draws.
func TestRecipePicture(t *testing.T) {
	drawn := filepath.Join(t.TempDir(), "week.svg")
	runOK(t, "-c", "../../examples/invoices.yaml", "simulate", "--from", "2026-12-21", "--to", "2026-12-28", "--svg", drawn)
	text, err := os.ReadFile(drawn)
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "../../docs/recipes/invoices-week.svg", string(text))
}

// TestRecipeImporter has the match reports of the recipe read, the same ones twice.
func TestRecipeImporter(t *testing.T) {
	programOf(t, "python3")
	dir := examplesIn(t)
	settled(t, filepath.Join(dir, "reports/match-2026-11-25-1912.json"),
		`{"map": "dust bowl", "ended": "2026-11-25T19:12:40-06:00", "players": [{"name": "ann", "frags": 21}, {"name": "ben", "frags": 17}]}`+"\n")
	settled(t, filepath.Join(dir, "reports/match-2026-11-25-1931.json"), `{"map": "dust bowl"}`+"\n")
	schedule := filepath.Join(dir, "another-game.yaml")
	for range 2 {
		out := runOK(t, "-c", schedule, "sync")
		if !strings.HasPrefix(out, "arena: 2 files listed, 2 new (153 B), 1 imported, 1 rejected") ||
			!strings.Contains(out, `  rejected match-2026-11-25-1931.json: exit status 1 ("KeyError: 'ended'")`+"\n") {
			t.Errorf("sync says %s", out)
		}
		db, err := sql.Open("sqlite", filepath.Join(dir, "matches.db"))
		if err != nil {
			t.Fatal(err)
		}
		var matches, frags int
		if err := db.QueryRow(`SELECT (SELECT count(*) FROM matches), (SELECT sum(frags) FROM scores)`).Scan(&matches, &frags); err != nil || matches != 1 || frags != 38 {
			t.Errorf("%d matches, %d frags, %v", matches, frags, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, "data")); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecipeHandOver has an invoice handed over, whole and under its own name.
func TestRecipeHandOver(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the recipe's script is for a shell that Windows lacks")
	}
	dir := examplesIn(t)
	settled(t, filepath.Join(dir, "invoices/in/march 14.pdf"), "a made-up invoice")
	if out := runOK(t, "-c", filepath.Join(dir, "invoices.yaml"), "sync"); !strings.HasPrefix(out, "invoices: 1 file listed, 1 new (17 B), 1 imported") {
		t.Errorf("sync says %s", out)
	}
	there, err := os.ReadDir(filepath.Join(dir, "invoices/accounting"))
	if err != nil || len(there) != 1 || there[0].Name() != "march 14.pdf" {
		t.Fatalf("%v, %v", there, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "invoices/accounting/march 14.pdf")); err != nil || string(text) != "a made-up invoice" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestRecipeBot holds what the bot prints to the page.
func TestRecipeBot(t *testing.T) {
	python := programOf(t, "python3")
	dir := examplesIn(t)
	runOK(t, "-c", filepath.Join(dir, "default.yaml"), "sync")
	said, err := exec.Command(python, filepath.Join(dir, "bot.py"), filepath.Join(dir, "data/smartsync.db")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	page, err := os.ReadFile("../../docs/recipes.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, append([]byte("$ python3 bot.py data/smartsync.db\n"), said...)) {
		t.Errorf("the page does not show what the bot prints:\n%s", said)
	}
}

// examplesIn copies the examples into a folder of the test's own; their stats were
// last changed an hour ago.
func examplesIn(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "examples")
	if err := os.CopyFS(dir, os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	stats, err := filepath.Glob(filepath.Join(dir, "gamestats/*"))
	if err != nil || len(stats) == 0 {
		t.Fatalf("stats: %q, %v", stats, err)
	}
	for _, path := range stats {
		age(t, path)
	}
	return dir
}

// settled writes a file that was last changed an hour ago.
func settled(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	age(t, path)
}

func age(t *testing.T, path string) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

// programOf finds a program that a recipe needs.
func programOf(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("no %s to try the recipe with", name)
	}
	return path
}
