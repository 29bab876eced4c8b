package etlegacy_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/smartsync/smartsync/internal/etlegacy"
)

const (
	round1 = "2031-03-04-210000-mp_quarry-round-1.txt"
	round2 = "2031-03-04-211200-mp_quarry-round-2.txt"
	header = `^1Test^7 server\mp_quarry\legacy3\1\1\2\12:00\7:31`
)

// line writes a player's line in the newest layout. values are tab fields by
// number; those not named are 0. weapons are "hits shots kills deaths heads" by id.
func line(guid, name string, weapons map[int]string, values map[int]float64) string {
	mask, numbers := 0, ""
	for id := range etlegacy.Weapons {
		if w, ok := weapons[id]; ok {
			mask |= 1 << id
			numbers += w + " "
		}
	}
	fields := make([]string, 38)
	for i := range fields {
		fields[i] = strconv.FormatFloat(values[i], 'f', decimals(i), 64)
	}
	return fmt.Sprintf("%s\\%s\\0\\1\\%d %s\t%s", guid, name, mask, numbers, strings.Join(fields, "\t"))
}

func decimals(field int) int {
	if field == 8 || field >= 21 && field <= 26 {
		return 1
	}
	return 0
}

// file joins lines under the header.
func file(lines ...string) string {
	return header + "\n" + strings.Join(lines, "\n") + "\n"
}

func mustParse(t testing.TB, name, text string) *etlegacy.Round {
	t.Helper()
	r, err := etlegacy.Parse(name, []byte(text))
	if err != nil {
		t.Fatalf("parse %s: %v\n%s", name, err, text)
	}
	return r
}

// refused returns why text is no stats file.
func refused(t *testing.T, name, text string) *etlegacy.Rejection {
	t.Helper()
	r, err := etlegacy.Parse(name, []byte(text))
	rejection, ok := errors.AsType[*etlegacy.Rejection](err)
	if !ok || r != nil {
		t.Fatalf("parse gives %v, %v; want a rejection\n%.300s", r, err, text)
	}
	return rejection
}
