package etlegacy

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxFile and MaxPlayers bound a stats file: a real one is about 2 KiB.
const (
	MaxFile    = 1 << 20 // bytes
	MaxPlayers = 256
)

// Parse reads one stats file; name is its name without a folder. The error is
// a *Rejection: a file is read whole or not at all.
//
// Lines end in LF or CRLF, blank ones are skipped, and bytes that are not UTF-8
// (and NUL) become U+FFFD. After the header every line must be a player's, and
// all of them have the same number of tab fields, for one writer wrote them.
// The last line may lack its end; a file's only player needs all 38 fields then.
// So a file that was cut in the middle of a line is refused, unless the cut is
// inside the line's very last number. A cut between two lines cannot be seen.
//
// Missing fields are 0, and so are those from 28 on in a line of fewer than 33,
// where their meaning is not known; what exceeds 38 fields is ignored.
func Parse(name string, data []byte) (*Round, error) {
	n, ok := ParseName(name)
	switch {
	case !ok:
		return nil, &Rejection{Reason: "name is not a stats file's"}
	case n.Endstats:
		return nil, &Rejection{Reason: "awards file, not a stats file"}
	case len(data) > MaxFile:
		return nil, &Rejection{Reason: fmt.Sprintf("file is larger than %d bytes", MaxFile)}
	}
	text := decode(data)
	lines := strings.Count(text, "\n") // one more than players, or so
	round := &Round{Name: n, Players: make([]Player, 0, min(lines, MaxPlayers))}
	number, haveHeader := 0, false
	for line := range strings.Lines(text) {
		number++
		body := strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(body) == "" {
			continue
		}
		var err error
		if !haveHeader {
			round.Header, err = parseHeader(body)
			haveHeader = true
		} else {
			err = round.add(body, !strings.HasSuffix(line, "\n"))
		}
		if err != nil {
			return nil, &Rejection{Line: number, Reason: err.Error()}
		}
	}
	switch {
	case !haveHeader:
		return nil, &Rejection{Reason: "file is empty"}
	case len(round.Players) == 0:
		return nil, &Rejection{Reason: "no player"}
	}
	round.Tabs = min(round.Tabs, tabFields)
	identify(round.Players)
	return round, nil
}

// decode returns data as valid text. Each bad byte becomes one U+FFFD; so does
// NUL, which databases refuse. A byte order mark at the start goes.
func decode(data []byte) string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) && bytes.IndexByte(data, 0) < 0 {
		return string(data)
	}
	return strings.ReplaceAll(string([]rune(string(data))), "\x00", string(unicode.ReplacementChar))
}

// add reads a player's line; unended says that it has no end of line.
func (r *Round) add(line string, unended bool) error {
	if len(r.Players) == MaxPlayers {
		return fmt.Errorf("more than %d players", MaxPlayers)
	}
	p, tabs, err := parsePlayer(line)
	if err != nil {
		return err
	}
	switch {
	case len(r.Players) > 0 && tabs != r.Tabs:
		return fmt.Errorf("player line has %d tab fields, the ones before have %d", tabs, r.Tabs)
	case len(r.Players) == 0 && unended && tabs < tabFields:
		return fmt.Errorf("player line is cut off after %d tab fields", tabs)
	}
	r.Tabs = tabs
	r.Players = append(r.Players, p)
	return nil
}

// shorten keeps a quoted text readable.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
