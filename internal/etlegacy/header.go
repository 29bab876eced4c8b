package etlegacy

import (
	"fmt"
	"math"
	"strings"
)

const (
	headerFields  = 8   // at least; the ninth is optional
	maxHeaderText = 256 // bytes of a field
	maxHours      = 24  // a longer time is no round's
)

// parseHeader reads the first line. Only a line with too few or too long
// fields is refused: a value that says nothing becomes the one that means so.
func parseHeader(line string) (Header, error) {
	fields := strings.SplitN(line, `\`, headerFields+2)
	if len(fields) < headerFields {
		return Header{}, fmt.Errorf("header has %d fields, not %d", len(fields), headerFields)
	}
	for _, f := range fields[:headerFields] {
		if len(f) > maxHeaderText {
			return Header{}, fmt.Errorf("header field %q is longer than %d bytes", shorten(f), maxHeaderText)
		}
	}
	h := Header{
		Hostname:  fields[0],
		Map:       fields[1],
		Config:    fields[2],
		Round:     side(fields[3], 1),
		Defender:  side(fields[4], 1),
		Winner:    side(fields[5], 0),
		TimeLimit: clock(fields[6]),
		Actual:    clock(fields[7]),
	}
	if len(fields) > headerFields {
		h.PlayTime = playTime(fields[8])
	}
	return h, nil
}

// side reads 1 or 2; anything else is unknown.
func side(s string, unknown int) int {
	switch s {
	case "1":
		return 1
	case "2":
		return 2
	}
	return unknown
}

// clock reads "M:SS", or minutes with a point as in "20.00", as seconds;
// anything else is 0.
func clock(s string) int {
	minutes, seconds, ok := strings.Cut(s, ":")
	if !ok {
		m, ok := parseDecimal(s)
		if !ok || m < 0 || m > maxHours*60 || !strings.Contains(s, ".") {
			return 0
		}
		return int(math.Round(m * 60))
	}
	m, okM := parseInt(minutes)
	sec, okS := parseInt(seconds)
	if !okM || !okS || len(seconds) != 2 || m < 0 || m > maxHours*60 || sec < 0 || sec > 59 {
		return 0
	}
	return m*60 + sec
}

// playTime reads the ninth field: the newest writer's is in milliseconds, older
// ones' in seconds, and no round lasts 10,000 seconds nor less than 10. What is
// not above 0 is unknown.
func playTime(s string) int {
	v, ok := parseDecimal(s)
	if !ok || v <= 0 {
		return 0
	}
	if v > 10_000 {
		v /= 1000
	}
	return int(math.Round(v))
}
