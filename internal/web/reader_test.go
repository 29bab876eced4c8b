package web

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// awaited is an expression that is true some day.
func (b *browser) awaited(expression string) {
	b.t.Helper()
	b.ask("new Promise(function (done) { var wait = setInterval(function () { if (" + expression + ") { clearInterval(wait); done(1); } }, 20); setTimeout(function () { clearInterval(wait); done(0); }, 15000); })")
	if b.ask("!!("+expression+")") != "true" {
		b.t.Fatalf("never: %s", expression)
	}
}

// press is a key of the keyboard, with shift or not.
func (b *browser) press(key string, code int, text string) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		stroke := args{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
		if kind == "keyDown" && text != "" {
			stroke["text"] = text
		}
		b.do("Input.dispatchKeyEvent", stroke, nil)
	}
}

// TestReadersKeepTheirPlace has news come while somebody reads: what is open, in
// focus or scrolled to stays so.
func TestReadersKeepTheirPlace(t *testing.T) {
	b := openBrowser(t)
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	s.must(os.WriteFile(s.o.LogFile, []byte(strings.Repeat("2025-10-03 20:30:00 - INFO - a line of the log\n", 150)), 0o600))
	address, stop := s.serve()
	b.page()
	news := func() {
		t.Helper()
		b.ask("document.getElementById('live').dataset.old = 1")
		s.o.Meter.hub.tell()
		b.awaited("!document.getElementById('live').dataset.old")
	}
	open := func(path string) {
		t.Helper()
		b.show(address+path, 390, "light")
		b.awaited("document.getElementById('link').textContent === 'live'")
	}

	open("/day")
	b.ask("document.getElementById('made').open = true; document.querySelector('#made summary').focus()")
	news()
	if got := b.ask("[document.getElementById('made').open, document.getElementById('plans').open, document.activeElement.textContent].join()"); got != "true,false,The checks made as a table" {
		t.Errorf("of the day's tables: %s", got)
	}

	open("/")
	b.ask("document.querySelector('dd a').focus()")
	news()
	if got := b.ask("document.activeElement.getAttribute('href')"); got != "/files?source=game&status=imported" {
		t.Errorf("the focus is on %s", got)
	}

	open("/log")
	atEnd := "(function (e) { return e.scrollTop > 100 && e.scrollHeight - e.scrollTop - e.clientHeight < 9; })(document.querySelector('.log'))"
	news()
	if b.ask(atEnd) != "true" {
		t.Error("the log does not follow its end")
	}
	b.ask("document.querySelector('.log').scrollTop = 40; document.querySelector('.log').focus()")
	news()
	if got := b.ask("document.querySelector('.log').scrollTop + document.activeElement.id"); got != "40log" {
		t.Errorf("the log, scrolled up, is at %s", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestHiddenPages holds no place in the stream for a page that nobody sees.
func TestHiddenPages(t *testing.T) {
	b := openBrowser(t)
	s := newStage(t, shippedSchedule(t), nil)
	address, stop := s.serve()
	places := func(want int) {
		t.Helper()
		for limit := time.Now().Add(deadline); ; {
			s.o.Meter.hub.mu.Lock()
			n := len(s.o.Meter.hub.clients)
			s.o.Meter.hub.mu.Unlock()
			if n == want {
				return
			}
			if time.Now().After(limit) {
				t.Fatalf("%d pages follow, want %d", n, want)
			}
			b.ask("1")
		}
	}
	b.page()
	b.show(address+"/", 1280, "light")
	places(1)
	b.ask("Object.defineProperty(document, 'hidden', {value: true, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))")
	places(0)
	s.must(s.o.Store.SaveState(t.Context(), store.SourceState{Source: "game", Reason: "while nobody looked", LastCheck: evening, Next: evening.Add(time.Minute)}))
	b.ask("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
	places(1)
	b.awaited("document.body.textContent.includes('while nobody looked')")
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestKeyboard goes through a page without a mouse.
func TestKeyboard(t *testing.T) {
	b := openBrowser(t)
	s := newStage(t, shippedSchedule(t), nil)
	s.fill("game")
	address, stop := s.serve()
	b.page()
	b.show(address+"/", 1280, "light")
	const here = "(function (e) { var s = getComputedStyle(e), r = e.getBoundingClientRect(); return e.textContent.trim() + (r.left < 0 || r.width < 5 || s.outlineStyle !== 'solid' || parseFloat(s.outlineWidth) < 2 ? ' unseen' : ''); })(document.activeElement)"
	var stops []string
	for range 12 {
		b.press("Tab", 9, "")
		stops = append(stops, b.ask(here))
	}
	if got, want := strings.Join(stops, "|"), "Skip to content|Now|Day|Explain|Files|Players|Log|why game|4 imported|1 kept|read-only|API"; got != want {
		t.Errorf("the keyboard's way:\n%s, want\n%s", got, want)
	}
	b.show(address+"/files", 1280, "light")
	b.press("Tab", 9, "")
	b.press("Enter", 13, "\r")
	b.press("Tab", 9, "")
	if got := b.ask("document.activeElement.name"); got != "status" {
		t.Errorf("after the skip link comes %q", got)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestLongNames looks at pages whose names are as long as they may be, on small
// screens, and at a desk with everything twice or four times as large.
func TestLongNames(t *testing.T) {
	b := openBrowser(t)
	long := strings.Repeat("w", 60)
	source := "s" + strings.Repeat("x", 63)
	s := newStage(t, "sources:\n  "+source+": {url: in}\n  b: {url: in}\nwindows:\n  - name: "+long+"\n    rules: [{interval: 5m, reason: "+long+long+"}]\n", withToken)
	s.fill(source)
	bad := s.item(strings.Repeat("n", 180)+".txt", []byte("x"))
	bad.Status, bad.Line, bad.Reason = store.Rejected, 7, "no header: "+strings.Repeat("r", 200)
	s.commit(source, bad)
	s.record(store.Check{Source: source, Started: evening, Ended: evening, Error: strings.Repeat("e", 300)})
	s.must(os.WriteFile(s.o.LogFile, []byte("2025-10-03 20:30:00 - INFO - "+strings.Repeat("l", 500)+"\n"), 0o600))
	address, stop := s.serve()
	b.page()
	b.show(address+"/login", 1280, "dark")
	b.login()
	for _, path := range pagePaths {
		for _, width := range []int{320, 390, 640, 1280} {
			b.show(address+path, width, "dark")
			if at := b.ask("location.pathname"); at != path {
				t.Fatalf("led to %s", at)
			}
			b.ask("document.querySelectorAll('details').forEach(function (e) { e.open = true; })")
			if wide := b.ask(fmt.Sprint("document.documentElement.scrollWidth - ", width)); wide != "0" {
				t.Errorf("%s at %d px is %s px wider than the screen", path, width, wide)
			}
		}
	}
	s.get("/", "Authorization", "Bearer "+token).want(t, http.StatusOK, `<a href="#s-`+source+`">`, `<a href="#s-b">b <span class="badge new">new</span></a>`)
	if err := stop(); err != nil {
		t.Error(err)
	}
}
