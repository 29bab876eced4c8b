package web

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"unicode"
)

const (
	tailBytes = 48 << 10 // read from the log's end
	tailLines = 200
)

// logLine is a line of the log, and how grave it is.
type logLine struct{ Level, Text string }

func (s *Server) logPage(w http.ResponseWriter, r *http.Request) {
	if s.o.LogFile == "" {
		s.refuse(w, r, http.StatusNotFound, "the schedule says log: {file: off}: there is no log to show")
		return
	}
	lines, err := tail(s.o.LogFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.failed(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "log", "Log", lines)
}

// tail reads the last lines of a file.
func tail(path string) ([]logLine, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(0, info.Size()-tailBytes)
	text, err := io.ReadAll(io.NewSectionReader(f, from, tailBytes))
	if err != nil {
		return nil, err
	}
	if from > 0 { // the first line is a part of one
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	var out []logLine
	for _, line := range lines[max(0, len(lines)-tailLines):] {
		if line != "" {
			out = append(out, logLine{level(line), printable(line)})
		}
	}
	return out, nil
}

// level reads how grave a line is, in either form of the log.
func level(line string) string {
	for _, of := range [][3]string{{"error", " - ERROR - ", `"level":"ERROR"`}, {"warning", " - WARNING - ", `"level":"WARN"`}} {
		if strings.Contains(line, of[1]) || strings.Contains(line, of[2]) {
			return of[0]
		}
	}
	return ""
}

// printable makes what does not print a space.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
