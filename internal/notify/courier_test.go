package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/smartsync/smartsync/internal/etlegacy"
	"github.com/smartsync/smartsync/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err)
	}
	return zone
}()

// stage is a store, and a courier to a Discord of its own.
type stage struct {
	*testing.T
	store   *store.Store
	discord *discordServer
	courier *courier
	log     *bytes.Buffer
	now     time.Time
}

func newStage(t *testing.T, events ...string) *stage {
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "smartsync.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	st.Announce(true)
	s := &stage{T: t, store: st, discord: newDiscordServer(t), log: &bytes.Buffer{}, now: time.Date(2025, 10, 3, 20, 50, 0, 0, paris)}
	n := New(st, slog.New(slog.NewTextHandler(s.log, nil)))
	n.now = func() time.Time { return s.now }
	r := Receiver{Name: "discord", URL: s.discord.hook(), Events: events, Nights: 3}
	setting := Setting{Receivers: []Receiver{r}, Zone: paris, Zones: map[string]*time.Location{"game": paris}}
	s.courier = &courier{Receiver: r, n: n, setting: setting}
	if s.courier.sender, err = newSender(r); err != nil {
		t.Fatal(err)
	}
	s.restart()
	return s
}

// restart is what a new process knows.
func (s *stage) restart() {
	s.Helper()
	reader, err := s.store.Reader(s.Context(), "discord")
	if err != nil {
		s.Fatal(err)
	}
	s.courier.reader, s.courier.pause, s.courier.gone = reader, 0, false
}

// play commits one of the shipped rounds.
func (s *stage) play(name string) {
	s.Helper()
	s.commit(name, nil)
}

// commit commits a shipped round, changed.
func (s *stage) commit(name string, change func([]byte) []byte) {
	s.Helper()
	s.commitAs(name, name, change)
}

// commitAs commits the shipped round from under another name.
func (s *stage) commitAs(name, from string, change func([]byte) []byte) {
	s.Helper()
	content, err := os.ReadFile("../../examples/gamestats/" + from)
	if err != nil {
		s.Fatal(err)
	}
	if change != nil {
		content = change(content)
	}
	round, err := etlegacy.Parse(name, content)
	if err != nil {
		s.Fatal(err)
	}
	sum := sha256.Sum256(content)
	item := store.Item{Key: store.Key{Path: name, Size: int64(len(content)), Modified: s.now.Unix()}, SHA256: hex.EncodeToString(sum[:]),
		Status: store.Imported, Round: round, Content: content}
	if _, err := s.store.Commit(s.Context(), "game", paris, s.now, []store.Item{item}); err != nil {
		s.Fatal(err)
	}
}

// put tells of a failure at the source.
func (s *stage) put(text string) {
	s.Helper()
	if err := s.store.PutNotice(s.Context(), store.Notice{At: s.now, Event: store.EventError, Source: "game", Payload: store.Payload{Text: text}}, "x"); err != nil {
		s.Fatal(err)
	}
}

// step lets the courier take one step.
func (s *stage) step() time.Duration {
	s.Helper()
	return s.courier.step(s.Context())
}

// all lets it work until it would wait.
func (s *stage) all() time.Duration {
	s.Helper()
	for range 100 {
		if wait := s.step(); wait > 0 {
			return wait
		}
	}
	s.Fatal("the courier does not come to rest")
	return 0
}

func (s *stage) want(titles string) {
	s.Helper()
	if got := s.discord.titles(); got != titles {
		s.Errorf("Discord shows\n%s\nwant\n%s", got, titles)
	}
}

const (
	round1 = "2025-10-03-202745-supply-round-1.txt"
	round2 = "2025-10-03-203902-supply-round-2.txt"
)

func TestOneLiveMessageAMatch(t *testing.T) {
	s := newStage(t, Events...)
	s.play(round1)
	s.all()
	s.want("supply, round 1")
	first := s.discord.last().Embeds[0]
	if len(first.Fields) == 0 || !strings.Contains(first.Fields[0].Value, "a minute") {
		t.Errorf("no players: %+v", first)
	}
	s.now = s.now.Add(10 * time.Minute)
	s.play(round2)
	s.all()
	if got := s.discord.titles(); !strings.HasPrefix(got, "supply  ") || strings.Contains(got, "|") || s.discord.edits != 1 {
		t.Errorf("Discord shows %q after %d edits", got, s.discord.edits)
	}
	text := s.discord.last().Embeds[0].Description
	if !strings.Contains(text, "Round 1: ") || !strings.Contains(text, "Round 2: ") || !strings.Contains(text, "The team that attacked first wins: frostbiteken, MossGolem") {
		t.Errorf("the match is told as %q", text)
	}
	asked := s.discord.asked
	s.restart()
	s.play(round2)
	s.all()
	if s.discord.asked != asked {
		t.Error("the same file, or a restart, was told again")
	}
}

func TestDeletedMessageIsPostedAnew(t *testing.T) {
	s := newStage(t, Events...)
	s.play(round1)
	s.all()
	clear(s.discord.messages)
	s.discord.order = nil
	s.play(round2)
	s.all()
	if got := s.discord.titles(); !strings.HasPrefix(got, "supply  ") {
		t.Errorf("Discord shows %q", got)
	}
}

func TestRateLimit(t *testing.T) {
	for _, test := range []struct {
		name    string
		body    string
		headers []string
		want    time.Duration
	}{
		{"body", `{"message": "You are being rate limited.", "retry_after": 1.337, "global": false}`, []string{"Retry-After", "65"}, 1337 * time.Millisecond},
		{"header", `error code: 1015`, []string{"Retry-After", "65"}, 65 * time.Second},
		{"reset", ``, []string{"X-RateLimit-Reset-After", "2.5"}, 2500 * time.Millisecond},
		{"nothing", ``, nil, 5 * time.Second},
		{"tiny", `{"retry_after": 0.001}`, nil, time.Second},
		{"huge", `{"retry_after": 1e300, "global": true}`, nil, time.Hour},
		{"not a number", `{"retry_after": "soon"}`, []string{"Retry-After", "NaN"}, 5 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStage(t, Events...)
			s.put("one")
			s.put("two")
			s.discord.fault(status(429, test.body, test.headers...))
			if wait := s.step(); wait != test.want {
				t.Errorf("waits %s, want %s", wait, test.want)
			}
			s.all()
			s.want("game fails | game fails")
			if got := s.discord.messages[s.discord.order[0]].Embeds[0].Description; got != "one" {
				t.Errorf("the first told is %q", got)
			}
		})
	}
}

// TestBucketEmpty heeds the limit before it is hit.
func TestBucketEmpty(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	s.put("two")
	s.discord.fault(func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset-After", "600")
		return false
	})
	s.step()
	if wait := s.step(); wait < 599*time.Second || wait > 600*time.Second || s.discord.asked != 1 {
		t.Errorf("waits %s after %d requests", wait, s.discord.asked)
	}
}

func TestGone(t *testing.T) {
	for _, code := range []int{401, 403, 404, 302} {
		s := newStage(t, Events...)
		s.put("one")
		s.discord.fault(status(code, `{"message": "Unknown Webhook", "code": 10015}`, "Location", "http://127.0.0.1:1/elsewhere"))
		s.discord.fault(status(code, "", "Location", "http://127.0.0.1:1/elsewhere"), status(code, "", "Location", "http://127.0.0.1:1/elsewhere"))
		for range 3 {
			if wait := s.step(); wait != gonePause {
				t.Errorf("%d: it is tried again after %s", code, wait)
			}
		}
		if log := s.log.String(); strings.Count(log, "No more messages") != 1 || strings.Contains(log, "S3cr3t") {
			t.Errorf("%d: the log says %s", code, log)
		}
		readers, err := s.store.Readers(t.Context())
		if err != nil || readers[0].Trouble == "" || strings.Contains(readers[0].Trouble, "S3cr3t") {
			t.Errorf("%d: status would show %+v, %v", code, readers, err)
		}
		notices, _, err := s.store.Notices(t.Context(), 0, 10)
		if err != nil || len(notices) != 2 || notices[1].Event != store.EventError || notices[1].Subject != "discord" {
			t.Errorf("%d: others are told %+v, %v", code, notices, err)
		}
		s.restart()
		s.all()
		s.want("game fails")
	}
}

// TestOthersHearOfTheGone lets another receiver be gone: this one is told what to do.
func TestOthersHearOfTheGone(t *testing.T) {
	s := newStage(t, Events...)
	s.courier.n.alarm(t.Context(), "discord", "the answer is 404")
	s.all()
	s.want("")
	s.courier.n.alarm(t.Context(), "own", "the answer is 404")
	s.all()
	s.want("A receiver gets no more messages")
	if text := s.discord.last().Embeds[0].Description; !strings.Contains(text, "\nMend its url in the schedule") {
		t.Errorf("it is told as %q", text)
	}
}

func TestOutage(t *testing.T) {
	s := newStage(t, Events...)
	s.put("0")
	for i, fault := range []func(http.ResponseWriter, *http.Request) bool{status(502, "<html>"), status(500, ""), status(503, "")} {
		s.discord.fault(fault)
		if wait := s.step(); wait != firstPause<<i {
			t.Errorf("after failure %d it waits %s", i+1, wait)
		}
	}
	if n := strings.Count(s.log.String(), "level=WARN"); n != 1 {
		t.Errorf("said %d times:\n%s", n, s.log)
	}
	for i := range 30 {
		s.now = s.now.Add(time.Minute)
		s.put(string(rune('a' + i)))
	}
	s.play(round1)
	s.all()
	if got := s.discord.titles(); got != "32 messages since 3 October, 20:27" {
		t.Errorf("after the outage Discord shows %q", got)
	}
	if text := s.discord.last().Embeds[0].Description; !strings.Contains(text, "12 more, and then") || !strings.HasSuffix(text, "supply, round 1") {
		t.Errorf("the digest is %q", text)
	}
	if !strings.Contains(s.log.String(), "arrive again") {
		t.Errorf("the end is not said:\n%s", s.log)
	}
}

// TestUnknownOutcome resets the connection once the message is taken: it is sent a
// second time, and then not for an hour.
func TestUnknownOutcome(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	s.discord.fault(reset, reset, reset)
	if wait := s.step(); wait != firstPause {
		t.Errorf("after the first it waits %s", wait)
	}
	s.restart() // what is known of it survives
	if wait := s.step(); wait != doubtPause {
		t.Errorf("after the second it waits %s", wait)
	}
	s.restart()
	if wait := s.step(); wait != doubtPause {
		t.Errorf("after the third it waits %s", wait)
	}
	s.all()
	s.want("game fails")
	if s.courier.reader.Doubts != 0 {
		t.Errorf("%d doubts remain", s.courier.reader.Doubts)
	}
}

// TestServerThatTakesAndFails takes each message and says that it failed: it is sent
// a few times, and then once an hour, whatever pause the answers ask for.
func TestServerThatTakesAndFails(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	for range 50 {
		s.discord.fault(status(500, "", "Retry-After", "1"))
	}
	began := s.now
	for s.now.Sub(began) < 6*time.Hour {
		s.now = s.now.Add(s.step())
		s.restart() // what is known of it survives
	}
	if s.discord.asked != mostAnswered+5 {
		t.Errorf("it was sent %d times in six hours", s.discord.asked)
	}
	if got := s.courier.reader.Doubts; got != s.discord.asked {
		t.Errorf("%d doubts after %d sends", got, s.discord.asked)
	}
}

func TestNotReached(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	s.discord.Close()
	for range 5 {
		s.step()
	}
	if s.courier.reader.Doubts != 0 {
		t.Error("what was never sent is taken for sent")
	}
	if log := s.log.String(); strings.Contains(log, "S3cr3t") || !strings.Contains(log, "cannot be reached") {
		t.Errorf("the log says %s", log)
	}
}

func TestRefusedMessageIsNotInTheWay(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	s.put("two")
	s.discord.fault(status(400, `{"message": "Invalid Form Body `+s.discord.hook()+`", "code": 50035}`))
	s.all()
	s.want("game fails")
	e := s.discord.last().Embeds[0]
	if e.Description != "two" || e.Footer == nil || e.Footer.Text != "One message before this one was left out." {
		t.Errorf("what follows is %+v", e)
	}
	if strings.Contains(s.log.String(), "S3cr3t") {
		t.Errorf("the log shows the address:\n%s", s.log)
	}
}

func TestOldNewsIsLeftOut(t *testing.T) {
	s := newStage(t, Events...)
	s.put("old")
	s.put("older")
	s.now = s.now.Add(25 * time.Hour)
	s.put("new")
	s.all()
	s.want("game fails")
	if e := s.discord.last().Embeds[0]; e.Description != "new" || e.Footer.Text != "2 messages before this one were left out." {
		t.Errorf("told is %+v", e)
	}
}

func TestHistoryIsOneMessage(t *testing.T) {
	s := newStage(t, Events...)
	s.now = s.now.AddDate(0, 1, 0)
	s.play(round1)
	s.play(round2)
	if wait := s.all(); wait != settleHistory {
		t.Errorf("waits %s for more", wait)
	}
	s.want("")
	s.now = s.now.Add(settleHistory)
	s.all()
	s.want("2 older rounds imported")
	if text := s.discord.last().Embeds[0].Description; text != "2 older rounds of 3 October 2025" {
		t.Errorf("they are told as %q", text)
	}
}

// TestSlowAnswer takes the request and says nothing until the courier hangs up.
func TestSlowAnswer(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	ctx, cancel := context.WithCancel(t.Context())
	s.discord.fault(func(w http.ResponseWriter, r *http.Request) bool {
		cancel() // the program is stopped meanwhile
		w.WriteHeader(200)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	})
	started := time.Now()
	if wait := s.courier.step(ctx); wait != firstPause {
		t.Errorf("waits %s", wait)
	}
	if took := time.Since(started); took > lastMoment+2*time.Second {
		t.Errorf("a stop took %s", took)
	}
	if s.courier.reader.Doubts != 1 {
		t.Errorf("%d doubts", s.courier.reader.Doubts)
	}
}

// TestHugeAnswer answers without end, and sees when nobody listens any more.
func TestHugeAnswer(t *testing.T) {
	const endless = 256 << 20
	s := newStage(t, Events...)
	s.put("one")
	wrote := 0
	s.discord.fault(func(w http.ResponseWriter, _ *http.Request) bool {
		for chunk := make([]byte, 1<<20); wrote < endless; wrote += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		return true
	})
	s.all()
	s.discord.mu.Lock() // the answer has ended
	defer s.discord.mu.Unlock()
	if s.courier.reader.Last == 0 || s.discord.asked != 1 || wrote >= endless {
		t.Errorf("%d bytes of an answer were read; %+v after %d requests", wrote, s.courier.reader, s.discord.asked)
	}
}

// TestCorrection changes a round that was told: its message while that is young, and
// nothing after that.
func TestCorrection(t *testing.T) {
	s := newStage(t, Events...)
	change := func(host string) {
		s.commit(round1, func(content []byte) []byte { return append([]byte(host), content...) })
		s.all()
	}
	s.play(round1)
	s.all()
	change("other")
	if s.discord.edits != 1 {
		t.Errorf("%d edits of a young message", s.discord.edits)
	}
	s.now = s.now.Add(editFor + time.Minute)
	change("third")
	s.want("supply, round 1")
	if s.discord.edits != 1 {
		t.Errorf("%d edits of an old message", s.discord.edits-1)
	}
}

// TestHistoryKeepsNobodyWaiting tells a round at once that follows on history.
func TestHistoryKeepsNobodyWaiting(t *testing.T) {
	s := newStage(t, Events...)
	s.now = s.now.AddDate(0, 1, 0)
	s.play(round1)
	s.put("news")
	s.all()
	s.want("1 older round imported | game fails")
}

// TestKilledBeforeItsNote takes away what was noted of a message that arrived, as a
// kill between the answer and the note does: it is there twice, and no more.
func TestKilledBeforeItsNote(t *testing.T) {
	s := newStage(t, Events...)
	s.put("one")
	before := s.courier.reader
	s.step()
	if err := s.store.SaveReader(t.Context(), before, "", "", s.now); err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.all()
	s.restart()
	s.all()
	s.want("game fails | game fails")
}

// TestTroubleOfBeforeTheStart is dropped where nothing waits that would show whether
// it is over, and else kept with its beginning.
func TestTroubleOfBeforeTheStart(t *testing.T) {
	for name, waiting := range map[string]bool{"nothing waits": false, "something waits": true} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, store.EventError)
			began := s.now.Add(-time.Hour)
			reader := store.Reader{Name: s.courier.Name, Trouble: "no answer"}
			if err := s.store.SaveReader(t.Context(), reader, "", "", began); err != nil {
				t.Fatal(err)
			}
			want := ""
			if waiting {
				want = "no answer"
				if err := s.store.PutNotice(t.Context(), store.Notice{At: s.now, Event: store.EventError, Source: "game"}, ""); err != nil {
					t.Fatal(err)
				}
			}
			readers, err := s.store.Readers(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s.courier.forgive(t.Context(), readers[0])
			if readers, err = s.store.Readers(t.Context()); err != nil || readers[0].Trouble != want || readers[0].Since.IsZero() != (want == "") {
				t.Errorf("%+v, %v", readers, err)
			}
		})
	}
}
