package sync

import (
	"encoding/binary"
	"io"
	"sync/atomic"
)

// gauge reads an sftp server's answers and counts their bytes and the names in
// them, so that a listing without end is ended before it fills the memory, and
// one that only drips is told from one that is long.
type gauge struct {
	r       io.Reader
	bytes   atomic.Int64 // of all answers
	from    atomic.Int64 // bytes when the listing began
	names   atomic.Int64 // in the listing
	listing atomic.Bool

	head []byte // of the present packet, at most headSize
	left int    // bytes of it to come
}

// headSize are the bytes of an answer that tell what it is: length, kind, id and,
// in a packet of names, their count.
const (
	headSize  = 13
	kindNames = 104
)

// Read implements io.Reader. Past the bounds of a listing it is errFlood.
func (g *gauge) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.bytes.Add(int64(n))
	g.count(p[:n])
	if g.listing.Load() && g.flooded() {
		return 0, errFlood
	}
	return n, err
}

// begin starts the count of a listing, end ends it.
func (g *gauge) begin() {
	g.from.Store(g.bytes.Load())
	g.names.Store(0)
	g.listing.Store(true)
}

func (g *gauge) end() { g.listing.Store(false) }

// flooded reports whether the last listing went past its bounds.
func (g *gauge) flooded() bool {
	return g.bytes.Load()-g.from.Load() > maxListing || g.names.Load() > maxEntries
}

// count follows the packets: a length, then as many bytes.
func (g *gauge) count(p []byte) {
	for len(p) > 0 {
		if len(g.head) < headSize && (g.left > 0 || len(g.head) < 4) {
			g.head = append(g.head, p[0])
			p = p[1:]
			g.grown()
		} else {
			n := min(g.left, len(p))
			g.left -= n
			p = p[n:]
		}
		if g.left == 0 && len(g.head) >= 4 {
			g.head = g.head[:0]
		}
	}
}

// grown looks at the head after each of its bytes.
func (g *gauge) grown() {
	switch n := len(g.head); {
	case n == 4:
		g.left = int(binary.BigEndian.Uint32(g.head))
	case n > 4:
		g.left--
		if n == headSize && g.head[4] == kindNames {
			g.names.Add(int64(binary.BigEndian.Uint32(g.head[9:])))
		}
	}
}
