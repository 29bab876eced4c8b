package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// maxBody bounds what a request may bring, in bytes.
const maxBody = 16 << 10

// headers are on every answer. No script, style or picture comes from elsewhere or
// stands in a page, and no other site may frame one.
var headers = map[string]string{
	"Content-Security-Policy":      "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
}

// foreignRequest says why a request is refused, and what may be done.
const foreignRequest = "another site sent this request, and nothing was done: use smartsync's own page; a proxy before it must pass Host on"

// guard lets in requests for this host that no foreign site sent.
func (s *Server) guard(next http.Handler) http.Handler {
	sameSite := http.NewCrossOriginProtection()
	sameSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusForbidden, foreignRequest)
	}))
	inner := sameSite.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if !s.hostAllowed(r) {
			s.refuse(w, r, http.StatusMisdirectedRequest, "this host name is not known here: add it under web: hosts in the schedule")
			return
		}
		if foreign(r) {
			s.refuse(w, r, http.StatusForbidden, foreignRequest)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// foreign tells a request for the stream of events that a script of another site
// made: a stream is no page, and nobody follows a link to it.
func foreign(r *http.Request) bool {
	return r.URL.Path == "/events" && slices.Contains([]string{"cross-site", "same-site"}, r.Header.Get("Sec-Fetch-Site"))
}

// hostAllowed tells whether the request is for a name that this server has: any
// other may be a foreign site's that was made to lead here. An address is allowed
// where it is the one that the connection came in by.
func (s *Server) hostAllowed(r *http.Request) bool {
	host := strings.ToLower(r.Host)
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if host == "localhost" || slices.Contains(s.o.Hosts, host) {
		return true
	}
	asked, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	local, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return asked.IsLoopback() || local != nil && asked.Unmap() == local.AddrPort().Addr().Unmap().WithZone("")
}
