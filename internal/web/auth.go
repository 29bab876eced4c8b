package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	cookieName = "smartsync_session"
	sessionAge = 30 * 24 * time.Hour
)

// admit runs a route for those who may use it.
func (s *Server) admit(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch {
		case r.access == writing && s.o.Token == "":
			s.refuse(w, req, http.StatusForbidden, "without a token this only shows: set web: token in the schedule")
		case r.access != open && !s.known(req):
			s.strange(w, req)
		default:
			r.handler(w, req)
		}
	})
}

// strange sends a person to the login, and refuses a program.
func (s *Server) strange(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(w, r, "/login?to="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer realm="smartsync"`)
	s.refuse(w, r, http.StatusUnauthorized, "this needs the token: send it as Authorization: Bearer TOKEN")
}

// known tells whether the request has the token, or a cookie that a login with it
// gave. Where there is no token everybody is known.
func (s *Server) known(r *http.Request) bool {
	if s.o.Token == "" {
		return true
	}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return s.isToken(strings.TrimSpace(token))
	}
	cookie, err := r.Cookie(cookieName)
	return err == nil && s.validSession(cookie.Value)
}

// isToken compares in a time that tells nothing of the token, its length included.
func (s *Server) isToken(text string) bool {
	sum := sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(sum[:], s.key[:]) == 1
}

// session is a cookie's value: when it ends, sealed with the token. It outlives a
// restart, and no change of the token.
func (s *Server) session(ends time.Time) string {
	text := strconv.FormatInt(ends.Unix(), 10)
	seal := hmac.New(sha256.New, s.key[:])
	seal.Write([]byte("session " + text))
	return text + "." + base64.RawURLEncoding.EncodeToString(seal.Sum(nil))
}

func (s *Server) validSession(value string) bool {
	text, _, _ := strings.Cut(value, ".")
	ends, err := strconv.ParseInt(text, 10, 64)
	return err == nil && time.Unix(ends, 0).After(s.now()) &&
		subtle.ConstantTimeCompare([]byte(value), []byte(s.session(time.Unix(ends, 0)))) == 1
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, http.StatusOK, "login", "Log in", loginData{To: localPath(r.FormValue("to")), ReadOnly: s.o.Token == ""})
}

// loginData is what the login page shows.
type loginData struct {
	To       string
	ReadOnly bool
	Wrong    bool
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if wait := s.logins.take("login"); wait > 0 {
		s.tooMany(w, r, wait)
		return
	}
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "the form cannot be read")
		return
	}
	to := localPath(r.PostForm.Get("to"))
	if s.o.Token == "" || !s.isToken(r.PostForm.Get("token")) {
		s.render(w, r, http.StatusUnauthorized, "login", "Log in", loginData{To: to, Wrong: true, ReadOnly: s.o.Token == ""})
		return
	}
	s.setCookie(w, r, s.session(s.now().Add(sessionAge)), int(sessionAge/time.Second))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	s.setCookie(w, r, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// setCookie gives a cookie that comes along when a link of another site, a chat say,
// leads to a page. What a page may cause needs a POST, and guard refuses those of
// other sites.
func (s *Server) setCookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: age, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https",
	})
}

// localPath is a path of this server to go to; "/" for anything else, as a foreign
// site's address.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return u.RequestURI()
}
