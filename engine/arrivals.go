package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/smartsync/smartsync/rules"
)

// Arrival is a file and the moment it appeared.
type Arrival struct {
	At   time.Time
	Name string // the line it was read from
}

// maxShownLine bounds how much of a bad line an error shows, in characters.
const maxShownLine = 80

// stampLength is the length of YYYY-MM-DD-HHMMSS.
const stampLength = 17

// ReadArrivals reads one arrival a line: an RFC 3339 moment, or a file name that
// starts with YYYY-MM-DD-HHMMSS, a wall clock in zone (in a gap the first instant
// after it, in a repeated hour the first of the two). Empty lines and lines that
// start with # are skipped; a line that was there before counts once. Lines may be
// in any order, and moments later than now are taken as they are: the result is
// sorted by time. Every line that is no moment is in the error, with name and its
// number, up to 20 of them; a line of 64 KiB ends the reading.
func ReadArrivals(r io.Reader, name string, zone *time.Location) ([]Arrival, error) {
	var arrivals []Arrival
	var faults []error
	seen := map[string]bool{}
	scanner := bufio.NewScanner(r)
	line := 1
	for ; scanner.Scan(); line++ {
		text := strings.TrimSpace(strings.TrimPrefix(scanner.Text(), "\uFEFF"))
		if text == "" || text[0] == '#' || seen[text] {
			continue
		}
		seen[text] = true
		at, err := parseArrival(text, zone)
		if err != nil {
			if faults = append(faults, fmt.Errorf("%s:%d: %w", name, line, err)); len(faults) == 20 {
				faults = append(faults, errors.New("and perhaps more"))
				break
			}
			continue
		}
		arrivals = append(arrivals, Arrival{at, text})
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		faults = append(faults, fmt.Errorf("%s:%d: the line is too long: no file name and no moment is", name, line))
	} else if err != nil {
		faults = append(faults, fmt.Errorf("%s:%d: %w", name, line, err))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return SortArrivals(arrivals), nil
}

// SortArrivals sorts arrivals by time, in place, and returns them.
func SortArrivals(arrivals []Arrival) []Arrival {
	slices.SortStableFunc(arrivals, func(a, b Arrival) int { return a.At.Compare(b.At) })
	return arrivals
}

// StampOf reads the YYYY-MM-DD-HHMMSS that a file's name starts with, a wall clock
// in zone.
func StampOf(name string, zone *time.Location) (at time.Time, ok bool) {
	if len(name) < stampLength {
		return time.Time{}, false
	}
	wall, err := time.Parse("2006-01-02-150405", name[:stampLength])
	return rules.Wall(wall, zone), err == nil
}

func parseArrival(text string, zone *time.Location) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.In(zone), nil
	}
	if at, ok := StampOf(text, zone); ok {
		return at, nil
	}
	if runes := []rune(text); len(runes) > maxShownLine {
		text = string(runes[:maxShownLine]) + "…"
	}
	return time.Time{}, fmt.Errorf("%q is no arrival: write an RFC 3339 moment, or a file name that starts with YYYY-MM-DD-HHMMSS", text)
}
