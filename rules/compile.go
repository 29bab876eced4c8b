package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// The waits after failed checks where the schedule does not set them.
const (
	DefaultOnError  = 5 * time.Minute
	DefaultMaxError = time.Hour
)

const maxNameLength = 64

// Compile turns a set of windows into a Schedule whose clock times are read in
// zone. whole tells that the set was read without a fault: only then are rules
// that never win and times that nothing rules looked for. Faults are in no
// order; the Schedule is nil when there are any.
func Compile(spec *Spec, zone *time.Location, whole bool) (*Schedule, []Fault) {
	c := &compiler{spec: spec, names: map[string]int{}, shared: map[Place]int{}}
	s := &Schedule{zone: zone}
	s.onError = c.duration(spec.OnError, "on_error", DefaultOnError)
	s.maxError = c.duration(spec.MaxError, "max_error", max(DefaultMaxError, s.onError))
	s.errorLine = spec.OnError.Line
	if s.maxError < s.onError {
		c.fail(spec.MaxError.Place, "max_error %s is shorter than on_error %s", FormatDuration(s.maxError), FormatDuration(s.onError))
	}
	jitter := c.share(spec.Jitter, 0)
	s.jitter = jitter
	for i := range spec.Windows {
		c.name(i, &spec.Windows[i])
	}
	for i := range spec.Windows {
		c.where = []string{spec.Windows[i].title(i)}
		s.windows = append(s.windows, c.window(&spec.Windows[i], jitter))
		c.where = nil
	}
	if spec.Default != nil {
		c.where = []string{"default"}
		r := c.rule(spec.Default, 0, jitter)
		if r.when != nil {
			c.fail(spec.Default.When.Place, "the default rule takes no condition")
		}
		if r.foresees {
			c.fail(spec.Default.Place, "the default rule cannot need a forecast: it rules while too little is known")
		}
		s.byDefault = &r
		c.where = nil
	}
	if whole && len(c.faults) == 0 {
		c.checkReach(s)
		c.checkCover(s)
	}
	if len(c.faults) > 0 {
		return nil, c.faults
	}
	return s, nil
}

// Every returns the set of windows that checks at fixed times, every d.
func Every(d time.Duration) *Spec {
	here := Place{Line: 1, Column: 1}
	return &Spec{Default: &RuleSpec{Place: here, Interval: Text{Place: here, Value: d.String()}}}
}

// compiler collects the faults of one Compile.
type compiler struct {
	spec   *Spec
	names  map[string]int // window name -> index
	shared map[Place]int  // how many windows hold the rule there, through aliases
	where  []string
	faults []Fault
}

func (c *compiler) fail(at Place, format string, args ...any) {
	c.faults = append(c.faults, Fault{at, strings.Join(c.where, ", "), fmt.Sprintf(format, args...)})
}

func (w *WindowSpec) title(i int) string {
	if w.Name.Value == "" {
		return fmt.Sprintf("window %d", i+1)
	}
	return fmt.Sprintf("window %q", w.Name.Value)
}

func (c *compiler) name(i int, w *WindowSpec) {
	name := w.Name.Value
	switch first, taken := c.names[name]; {
	case !w.Name.Set():
		c.fail(w.Place, "window %d has no name", i+1)
	case strings.TrimSpace(name) != name || name == "" || len(name) > maxNameLength || strings.ContainsFunc(name, isControl):
		c.fail(w.Name.Place, "window %d: a name is 1 to %d printable characters without spaces around them", i+1, maxNameLength)
	case name == defaultWindow:
		c.fail(w.Name.Place, "%q is the name of the time outside all windows: choose another", name)
	case taken:
		c.fail(w.Name.Place, "window %q is here twice, first in line %d", name, c.spec.Windows[first].Name.Line)
	default:
		c.names[name] = i
	}
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

func (c *compiler) window(spec *WindowSpec, jitter float64) window {
	w := window{name: spec.Name.Value, wake: spec.Wake.Value, to: 24 * 60}
	switch {
	case spec.From.Set() && spec.To.Set():
		from, fromOK := c.clock(spec.From, false)
		to, toOK := c.clock(spec.To, true)
		switch {
		case fromOK && toOK && from == to:
			c.fail(spec.To.Place, "from and to are both %s: leave both out for the whole day", spec.From.Value)
		case to < from:
			to += 24 * 60
		}
		w.from, w.to = from, to
	case spec.From.Set():
		c.fail(spec.From.Place, "from has no to: add when the window ends, at most 24:00")
	case spec.To.Set():
		c.fail(spec.To.Place, "to has no from: add when the window opens, from 00:00 on")
	}
	for _, day := range spec.Days {
		if i := slices.Index(weekdays[:], strings.ToLower(day.Value)); i >= 0 {
			w.days |= 1 << i
		} else {
			c.fail(day.Place, "unknown day %q: write mon, tue, wed, thu, fri, sat or sun", day.Value)
		}
	}
	w.dates, w.except = c.dates(spec.Dates), c.dates(spec.Except)
	jitter = c.share(spec.Jitter, jitter)
	for i := range spec.Rules {
		c.shared[spec.Rules[i].Place]++
		c.where = append(c.where, fmt.Sprintf("rule %d", i+1))
		w.rules = append(w.rules, c.rule(&spec.Rules[i], i+1, jitter))
		c.where = c.where[:len(c.where)-1]
	}
	switch n := len(w.rules); {
	case n == 0 && c.spec.Default == nil:
		c.fail(spec.Place, "no rules, and the file has no default")
	case n > 0 && c.spec.Default == nil && spec.Rules[n-1].When.Set():
		c.fail(spec.Rules[n-1].When.Place, "the last rule has a condition, and the file has no default: nothing rules when it does not hold")
	case n > 0 && c.spec.Default == nil && w.rules[n-1].foresees:
		c.fail(spec.Rules[n-1].Place, "the last rule needs a forecast, and the file has no default: nothing rules while too little is known")
	}
	return w
}

func (c *compiler) dates(texts []Text) map[date]bool {
	if len(texts) == 0 {
		return nil
	}
	out := map[date]bool{}
	for _, text := range texts {
		day, err := time.Parse(time.DateOnly, text.Value)
		if err != nil {
			c.fail(text.Place, "%q is no date: write YYYY-MM-DD", text.Value)
			continue
		}
		out[dateOf(day)] = true
	}
	return out
}

var clockForm = regexp.MustCompile(`^(\d{1,2}):(\d{2})$`)

// parseClock reads H:MM or HH:MM as minutes; 24:00 included.
func parseClock(text string) (minute int, ok bool) {
	m := clockForm.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	minutes, _ := strconv.Atoi(m[2])
	minute = 60*h + minutes
	return minute, minutes < 60 && minute <= 24*60
}

func (c *compiler) clock(text Text, end bool) (minute int, ok bool) {
	minute, ok = parseClock(text.Value)
	switch {
	case !ok:
		c.fail(text.Place, "%q is no clock time: write HH:MM, 00:00 to 23:59", text.Value)
	case minute == 24*60 && !end:
		c.fail(text.Place, "a window cannot open at 24:00: write 00:00")
		ok = false
	}
	return minute, ok
}

func (c *compiler) duration(text Text, key string, otherwise time.Duration) time.Duration {
	if !text.Set() {
		return otherwise
	}
	d, err := ParseDuration(text.Value)
	if err != nil {
		c.fail(text.Place, "%s %q %v", key, text.Value, err)
		return otherwise
	}
	if d < MinWait || d > MaxWait {
		c.fail(text.Place, "%s %q is out of bounds: 1s to 7d", key, text.Value)
		return otherwise
	}
	return d
}

func (c *compiler) share(text Text, otherwise float64) float64 {
	if !text.Set() {
		return otherwise
	}
	number, percent := strings.CutSuffix(text.Value, "%")
	share, err := strconv.ParseFloat(number, 64)
	if err != nil || !percent || !(share >= 0 && share <= 100) {
		c.fail(text.Place, "jitter %q is no share: write 0%% to 100%%", text.Value)
		return otherwise
	}
	return share / 100
}

func (c *compiler) rule(spec *RuleSpec, number int, jitter float64) rule {
	r := rule{number: number, line: spec.Line, clock: -1, opening: none, reason: spec.Reason.Value, jitter: c.share(spec.Jitter, jitter)}
	if spec.When.Set() {
		r.when = c.expression(spec.When, "condition", expr.AsBool())
		r.errors = r.when != nil && mentions(r.when.tree, "errors")
	}
	switch {
	case spec.Interval.Set() && spec.Until.Set():
		c.fail(spec.Until.Place, "a rule takes an interval or an until, not both")
	case spec.Interval.Set():
		c.interval(spec.Interval, &r)
	case spec.Until.Set():
		c.until(spec.Until, &r)
	default:
		c.fail(spec.Place, "the rule has no interval and no until")
	}
	c.foreseeing(spec, &r)
	for _, e := range []*expression{r.when, r.waitExpr} {
		if e != nil {
			r.eta = r.eta || mentions(e.tree, "eta")
			r.foresees = r.foresees || r.eta || mentions(e.tree, "chance")
		}
	}
	switch {
	case r.reason != "":
	case r.when != nil:
		r.reason = r.when.text
	case r.forecast != nil:
		r.reason = forecastWord
	default:
		r.reason = "otherwise"
	}
	return r
}

func (c *compiler) until(text Text, r *rule) {
	if minute, ok := parseClock(text.Value); ok {
		r.clock = minute % (24 * 60)
		return
	}
	window, ok := c.names[text.Value]
	if !ok {
		c.fail(text.Place, "until %q is neither a clock time HH:MM nor a window%s", text.Value, Suggest(text.Value, c.windows()))
	}
	r.opening = window
}
