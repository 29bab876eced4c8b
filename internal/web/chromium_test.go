package web

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smartsync/smartsync/store"
)

// browser is a Chromium that is driven over a pipe.
type browser struct {
	t       *testing.T
	out     io.Writer
	answers chan message
	last    int
	session string
	faults  []string // that the page told of
}

// message is one of the DevTools protocol, either way.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// openBrowser starts Chromium. A missing one is a skip, but in CI.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium: CI looks at the pages")
		}
		t.Skip("no chromium to look at the pages with")
	}
	// Not t.TempDir: Chromium's own children write there a little longer than it
	// lives, and what they leave is no failure.
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) })
	command := exec.Command(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--no-first-run", "--hide-scrollbars", "--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	b := &browser{t: t, out: in, answers: make(chan message, 1000)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		b.read(out)
	}()
	t.Cleanup(func() {
		in.Close()
		_ = command.Process.Kill() // it ends with its pipe, later
		_ = command.Wait()
		<-read
		out.Close()
	})
	return b
}

func (b *browser) read(from io.Reader) {
	lines := bufio.NewReaderSize(from, 1<<20)
	defer close(b.answers)
	for {
		text, err := lines.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) == nil {
			b.answers <- m
		}
	}
}

// do calls a method and returns its result; what happens meanwhile is noted.
func (b *browser) do(method string, params any, result any) {
	b.t.Helper()
	b.last++
	text, err := json.Marshal(message{ID: b.last, Session: b.session, Method: method, Params: params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	m := b.until(method, func(m message) bool { return m.ID == b.last })
	if m.Error != nil {
		b.t.Fatalf("%s: %s", method, m.Error)
	}
	if result != nil {
		if err := json.Unmarshal(m.Result, result); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *browser) until(what string, is func(message) bool) message {
	b.t.Helper()
	limit := time.After(2 * deadline)
	for {
		select {
		case m, open := <-b.answers:
			if !open {
				b.t.Fatalf("the browser ended before %s", what)
			}
			if m.Method == "Log.entryAdded" || m.Method == "Runtime.exceptionThrown" {
				if text, _ := json.Marshal(m.Params); !strings.Contains(string(text), `"level":"verbose"`) {
					b.faults = append(b.faults, string(text))
				}
			}
			if is(m) {
				return m
			}
		case <-limit:
			b.t.Fatalf("no %s in time", what)
		}
	}
}

type args map[string]any

// page opens a tab of its own.
func (b *browser) page() {
	var target struct{ TargetID string }
	b.do("Target.createTarget", args{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.do("Target.attachToTarget", args{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.do(domain+".enable", nil, nil)
	}
}

func (b *browser) show(address string, width int, scheme string) {
	b.do("Emulation.setDeviceMetricsOverride", args{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}, nil)
	b.do("Emulation.setEmulatedMedia", args{"features": []args{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.do("Page.navigate", args{"url": address}, nil)
	b.until("load", func(m message) bool { return m.Method == "Page.loadEventFired" })
}

// login gives the token to the page that asks for it.
func (b *browser) login() {
	b.t.Helper()
	b.ask("document.querySelector('[name=token]').value = '" + token + "'; document.querySelector('main button').click()")
	b.until("load", func(m message) bool { return m.Method == "Page.loadEventFired" })
}

// ask evaluates an expression in the page.
func (b *browser) ask(expression string) string {
	b.t.Helper()
	var result struct {
		Result           struct{ Value any }
		ExceptionDetails any
	}
	b.do("Runtime.evaluate", args{"expression": expression, "returnByValue": true, "awaitPromise": true}, &result)
	if result.ExceptionDetails != nil {
		b.t.Fatalf("%s: %v", expression, result.ExceptionDetails)
	}
	return fmt.Sprint(result.Result.Value)
}

// shot writes a picture of the page, at most so high.
func (b *browser) shot(file string, width, most int) {
	b.t.Helper()
	var high int
	if _, err := fmt.Sscan(b.ask("document.documentElement.scrollHeight"), &high); err != nil {
		b.t.Fatal(err)
	}
	var picture struct{ Data string }
	b.do("Page.captureScreenshot", args{"format": "png", "captureBeyondViewport": true,
		"clip": args{"x": 0, "y": 0, "width": width, "height": min(high, most), "scale": 1}}, &picture)
	text, err := base64.StdEncoding.DecodeString(picture.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// faint lists texts whose contrast with what is behind them is below 4.5.
const faint = `(function () {
	function parts(c) { var m = c.match(/[\d.]+/g).map(Number); return m.length < 4 ? m.concat(1) : m; }
	function light(c) { return c.slice(0, 3).map(function (v) { v /= 255; return v <= .03928 ? v / 12.92 : Math.pow((v + .055) / 1.055, 2.4); }).reduce(function (a, v, i) { return a + v * [.2126, .7152, .0722][i]; }, 0); }
	var out = [];
	document.querySelectorAll('main *, header *, footer *').forEach(function (e) {
		var own = Array.from(e.childNodes).some(function (n) { return n.nodeType === 3 && n.textContent.trim(); });
		if (!own || !e.getClientRects().length || e.closest('svg')) return;
		for (var b = e, back; b; b = b.parentElement) { back = parts(getComputedStyle(b).backgroundColor); if (back[3] > .99) break; }
		var x = light(parts(getComputedStyle(e).color)), y = light(back);
		if ((Math.max(x, y) + .05) / (Math.min(x, y) + .05) < 4.5) out.push(e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40));
	});
	return out.join('; ');
})()`

// unnamed lists what a screen reader could not name.
const unnamed = `Array.from(document.querySelectorAll('input:not([type=hidden]), select, button, a, svg[role=img]')).filter(function (e) {
	return !(e.textContent.trim() || e.labels && e.labels.length || e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') && document.getElementById(e.getAttribute('aria-labelledby')));
}).map(function (e) { return e.outerHTML.slice(0, 80); }).join('; ')`

// evenings fills the ledger with five weeks of sessions, so that a week is learned.
func (s *stage) evenings(source string) {
	var items []store.Item
	for day := 1; day <= 35; day++ {
		if weekday := evening.AddDate(0, 0, -day).Weekday(); weekday == time.Monday || weekday == time.Wednesday {
			continue
		}
		for i := range 9 {
			at := evening.AddDate(0, 0, -day).Add(time.Duration(i*9+day%5*7) * time.Minute)
			items = append(items, s.item(at.In(paris(s.t)).Format("2006-01-02-150405")+"-supply-round-"+fmt.Sprint(1+i%2)+".txt", fmt.Append(nil, day, i)))
		}
	}
	s.commit(source, items...)
}

// TestChromium opens every page, and those of a paused source.
func TestChromium(t *testing.T) {
	b := openBrowser(t)
	s := newStage(t, shippedSchedule(t), withToken)
	s.fill("game")
	s.evenings("game")
	bad := s.item("2025-10-03-210000-broken_header-round-1.txt", []byte("x"))
	bad.Status, bad.Line, bad.Reason = store.Rejected, 1, "the header has 3 fields, at least 9 are needed"
	s.commit("game", bad)
	s.must(os.WriteFile(s.o.LogFile, []byte(sampleLog), 0o600))
	address, stop := s.serve()
	b.page()
	b.show(address+"/day", 1280, "light")
	if at := b.ask("location.pathname + location.search"); at != "/login?to=%2Fday" {
		t.Fatalf("led to %s", at)
	}
	b.login()
	if at := b.ask("location.pathname"); at != "/day" {
		t.Fatalf("the login led to %s", at)
	}
	b.judge(address, append(pagePaths, "/explain?misses=12&at=2025-10-03T21:30", "/nowhere"), "")
	s.pause("game", 28*24*time.Hour)
	b.judge(address, []string{"/", "/day", "/explain"}, "paused-")
	b.show(address+"/", 1280, "light")
	if text := b.ask("document.querySelector('.big').textContent"); !strings.HasPrefix(text, "paused until Fri 31 Oct 2025 19:45 CET in 2") {
		t.Errorf("the page says %q", text)
	}
	s.resume("game")
	for _, fault := range b.faults {
		if !strings.Contains(fault, "404") { // of the page that is nowhere
			t.Errorf("the browser says: %s", fault)
		}
	}
	b.live(s, address)
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// judge looks at pages on a phone and on a desk, by day and by night. With
// PICTURES=folder it writes what it sees there.
func (b *browser) judge(address string, paths []string, prefix string) {
	b.t.Helper()
	folder := os.Getenv("PICTURES")
	for _, at := range paths {
		for _, width := range []int{390, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				where := fmt.Sprintf("%s%s at %d px, %s", prefix, at, width, scheme)
				b.show(address+at, width, scheme)
				if wide := b.ask(fmt.Sprint("document.documentElement.scrollWidth - ", width)); wide != "0" {
					b.t.Errorf("%s: %s px wider than the screen", where, wide)
				}
				if weak := b.ask(faint); weak != "" {
					b.t.Errorf("%s: hard to read: %s", where, weak)
				}
				if mute := b.ask(unnamed); mute != "" {
					b.t.Errorf("%s: without a name: %s", where, mute)
				}
				if folder != "" {
					name := strings.Trim(strings.NewReplacer("/", "", "?", "-", "=", "", "&", "-", ":", "").Replace(at), "-")
					if name == "" {
						name = "now"
					}
					b.shot(filepath.Join(folder, fmt.Sprintf("%s%s-%d-%s.png", prefix, name, width, scheme)), width, 1400)
				}
			}
		}
	}
}

// live presses the button, and sees the page change by itself.
func (b *browser) live(s *stage, address string) {
	b.show(address+"/", 1280, "light")
	if text := b.ask("document.querySelector('[data-next]').textContent"); text != "in 9 min 0 s" && text != "in 8 min 59 s" {
		b.t.Errorf("the countdown says %q", text)
	}
	b.ask("new Promise(function (done) { var wait = setInterval(function () { if (document.getElementById('link').textContent === 'live') { clearInterval(wait); done(1); } }, 50); })")
	b.ask("document.querySelector('form[action=\"/check\"] button').click()")
	b.until("load", func(m message) bool { return m.Method == "Page.loadEventFired" })
	if text := b.ask("document.querySelector('#live [role=status]').textContent"); text != "A check of game was asked for." || len(s.poked) != 1 {
		b.t.Errorf("the button: %q, %q", text, s.poked)
	}
	if at := b.ask("location.search + location.hash"); at != "#s-game" {
		b.t.Errorf("the button led to %q", at)
	}
	b.ask("new Promise(function (done) { var wait = setInterval(function () { if (document.getElementById('link').textContent === 'live') { clearInterval(wait); done(1); } }, 50); })")
	s.must(s.o.Meter.Memory(s.o.Store).SaveState(s.t.Context(), store.SourceState{Source: "game", Reason: "it is live", Window: "prime time", LastCheck: evening, Next: evening.Add(time.Minute)}))
	b.ask("new Promise(function (done) { var wait = setInterval(function () { if (document.body.textContent.includes('it is live')) { clearInterval(wait); done(1); } }, 50); })")
}

const sampleLog = `2025-10-03 20:30:00 - INFO - 🚀 smartsync started: 1 source by schedule.yaml
2025-10-03 20:30:00 - INFO - 🌐 Dashboard at http://127.0.0.1:8080, with the token of the schedule
2025-10-03 20:30:00 - INFO - 🔄 Sync check at 20:30:00 CEST (PRIME TIME)
2025-10-03 20:30:01 - INFO - 🆕 Found 4 new files
2025-10-03 20:30:01 - INFO - 📥 Downloaded 4 files (4.9 KB): 2025-10-03-200812-etl_adlernest-round-1.txt, 2025-10-03-201530-etl_adlernest-round-2.txt
2025-10-03 20:30:01 - INFO - ⏰ Next sync in 60s (1.0 min): active session [prime time, rule 1, found 4]
2025-10-03 20:31:01 - INFO - 🔄 Sync check at 20:31:01 CEST (PRIME TIME)
2025-10-03 20:31:02 - ERROR - ❌ Sync check failed: connect to game.example.org: connection refused
2025-10-03 20:31:02 - INFO - ⏰ Next sync in 300s (5.0 min): check failed, 1 in a row [prime time, errors 1]
2025-10-03 20:36:02 - WARNING - ⚠️ Rejected 2025-10-03-210000-broken_header-round-1.txt, line 1: the header has 3 fields
`
