package rules

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The shortest and the longest wait that a schedule may ask for.
const (
	MinWait = time.Second
	MaxWait = 7 * 24 * time.Hour
)

var units = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "m": time.Minute,
	"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

// ParseDuration reads a duration such as 90s, 5m, 1h30m or 2d: numbers, each
// with a unit of ms, s, m, h, d (24 h) or w (7 d).
func ParseDuration(text string) (time.Duration, error) {
	rest, total := text, time.Duration(0)
	if rest == "" {
		return 0, errors.New("is empty")
	}
	for rest != "" {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
		if n == 0 {
			return 0, errors.New("is not a duration such as 90s, 5m, 1h30m or 2d")
		}
		value, err := strconv.ParseFloat(rest[:n], 64)
		if err != nil {
			return 0, errors.New("is not a duration such as 90s, 5m, 1h30m or 2d")
		}
		number := rest[:n]
		rest = rest[n:]
		if spaced := strings.TrimLeft(rest, " "); spaced != rest && strings.TrimLeft(spaced, "smhdw") != spaced {
			return 0, fmt.Errorf("has a space: write %s%c", number, spaced[0])
		}
		u := len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz"))
		if u == 0 {
			return 0, fmt.Errorf("has no unit: write %ss for seconds or %sm for minutes", number, number)
		}
		unit, ok := units[rest[:u]]
		if !ok {
			return 0, fmt.Errorf("has an unknown unit %q: use s, m, h or d", rest[:u])
		}
		part := value * float64(unit)
		if part > math.MaxInt64/4 {
			return 0, errors.New("is too long")
		}
		if total += time.Duration(part); total > math.MaxInt64/4 {
			return 0, errors.New("is too long")
		}
		rest = rest[u:]
	}
	return total, nil
}

// FormatDuration writes a duration the way a schedule does: 90s, 5m, 1h30m, 2d.
func FormatDuration(d time.Duration) string {
	if d%time.Second != 0 {
		return d.String()
	}
	if d < 0 {
		return "-" + FormatDuration(-d)
	}
	var b strings.Builder
	for _, u := range []string{"d", "h", "m", "s"} {
		if n := d / units[u]; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u)
			d -= n * units[u]
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}
