package etlegacy

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

const (
	guidLen  = 8 // the writer cuts the client's GUID to this
	hashLen  = 24
	noGUID   = "NOGUID00"
	botGUID  = "OMNIBOT"
	botLabel = "[BOT]"
)

// identify marks the bots, and gives every player of a file a GUID that no
// other player of it has, and that is the same in the next file: where the line's
// own does not tell players apart (every bot has the same, a client without one
// has none) the clean name does.
func identify(players []Player) {
	for i := range players {
		p := &players[i]
		p.GUID = plainGUID(p.GUID)
		p.Bot = strings.HasPrefix(p.GUID, botGUID) ||
			len(p.Clean) >= len(botLabel) && strings.EqualFold(p.Clean[:len(botLabel)], botLabel)
	}
	var vague []int
	for i := range players {
		if !isGUID(players[i].GUID) || sharesGUID(players, i) {
			vague = append(vague, i)
		}
	}
	taken := make(map[string]int, len(vague))
	for _, i := range vague {
		p := &players[i]
		id := namedGUID(p.GUID, p.Clean)
		taken[id]++
		if n := taken[id]; n > 1 { // same GUID and same name: their order is all that is left
			id = namedGUID(p.GUID, p.Clean+"\x00"+strconv.Itoa(n))
		}
		p.GUID = id
	}
}

func sharesGUID(players []Player, i int) bool {
	for j := range players {
		if j != i && players[j].GUID == players[i].GUID {
			return true
		}
	}
	return false
}

// plainGUID returns the first eight characters of a line's GUID in upper case;
// what is neither a letter nor a digit becomes '_'.
func plainGUID(s string) string {
	s = strings.TrimSpace(s)
	s = s[:min(len(s), guidLen)]
	if s == "" {
		return noGUID
	}
	if isGUID(s) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z':
			b[i] = c - 'a' + 'A'
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		default:
			b[i] = '_'
		}
	}
	return string(b)
}

// isGUID reports whether s is eight upper-case hex digits.
func isGUID(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return len(s) == guidLen
}

// namedGUID returns guid and 24 hex digits of the name's SHA-256.
func namedGUID(guid, name string) string {
	sum := sha256.Sum256([]byte(name))
	return guid + hex.EncodeToString(sum[:hashLen/2])
}

// samePlayer reports whether two players of different files are one. A GUID
// that two players share in only one of the files is told apart by name there.
func samePlayer(a, b *Player) bool {
	if len(a.GUID) > len(b.GUID) {
		a, b = b, a
	}
	if len(a.GUID) == len(b.GUID) || !strings.HasPrefix(b.GUID, a.GUID) {
		return a.GUID == b.GUID
	}
	return namedGUID(a.GUID, a.Clean) == b.GUID
}
