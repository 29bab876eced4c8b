package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed template static
var embedded embed.FS

var (
	statics = loadStatics() // by name
	marks   = markStatics() // of their content
	pages   = parsePages()
)

// pageNames are the templates beside the layout.
var pageNames = []string{"now", "day", "explain", "files", "players", "log", "login", "message"}

var contentTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func loadStatics() map[string][]byte {
	out := map[string][]byte{}
	names, err := fs.Glob(embedded, "static/*")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		if out[path.Base(name)], err = embedded.ReadFile(name); err != nil {
			panic(err)
		}
	}
	return out
}

func markStatics() map[string]string {
	out := map[string]string{}
	for name, text := range statics {
		sum := sha256.Sum256(text)
		out[name] = hex.EncodeToString(sum[:6])
	}
	return out
}

func parsePages() map[string]*template.Template {
	out := map[string]*template.Template{}
	for _, name := range pageNames {
		out[name] = template.Must(template.New("layout.html").Funcs(functions).ParseFS(embedded, "template/layout.html", "template/"+name+".html"))
	}
	return out
}

// page is what the layout shows around a page's data.
type page struct {
	Title, Path string
	LoggedIn    bool // by a cookie that can be given back
	CanCheck    bool
	ReadOnly    bool // for everybody: there is no token
	LogFile     bool
	Version     string
	Data        any
}

// render answers with a page, whole or not at all.
func (s *Server) render(w http.ResponseWriter, r *http.Request, code int, name, title string, data any) {
	known := s.o.Token != "" && s.known(r)
	var b bytes.Buffer
	if err := pages[name].Execute(&b, page{
		Title: title, Path: r.URL.Path, LoggedIn: known, CanCheck: known, ReadOnly: s.o.Token == "",
		LogFile: s.o.LogFile != "", Version: s.o.Version, Data: data,
	}); err != nil {
		s.o.Log.Error(fmt.Sprintf("❌ The page %q cannot be shown: %v", name, err))
		http.Error(w, "this page cannot be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // the client may be gone
}

// refuse answers that something is not to be had, as the client reads it.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, code int, why string) {
	if strings.HasPrefix(r.URL.Path, "/api/") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		writeJSON(w, code, apiError{why})
		return
	}
	s.render(w, r, code, "message", http.StatusText(code), why)
}

// failed answers that the store, say, could not be read. What went wrong is for
// the log.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil { // the client waits still
		s.o.Log.Error(fmt.Sprintf("❌ %s cannot be shown: %v", r.URL.Path, err))
	}
	s.refuse(w, r, http.StatusInternalServerError, "this cannot be read just now: the log tells why")
}

// apiError is an answer that is none.
type apiError struct {
	Error string `json:"error"`
}

func writeJSON(w http.ResponseWriter, code int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "this answer cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(text, '\n')) // the client may be gone
}

// static answers with an embedded file. Its address changes with its content.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	text, ok := statics[name]
	if !ok {
		s.refuse(w, r, http.StatusNotFound, "there is no such file")
		return
	}
	w.Header().Set("Content-Type", contentTypes[path.Ext(name)])
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = w.Write(text) // the client may be gone
}
