package sync

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"
)

// hostKeys decides about a server's key by the known_hosts files. Unknown keys
// are refused, or pinned when the operator said so; changed and revoked ones are
// always refused.
type hostKeys struct {
	pinning string // the command line that pins a key, for the hint
	files   []string
	accept  bool
	db      *knownhosts.HostKeyDB // nil when there is no file yet

	shown  ssh.PublicKey // what the server showed
	known  bool          // it was known before
	pinned bool          // it has been added now
}

// newHostKeys reads the files that exist.
func newHostKeys(pin string, files []string, accept bool) (*hostKeys, error) {
	h := &hostKeys{pinning: pin, files: files, accept: accept}
	var there []string
	for _, file := range files {
		if _, err := os.Stat(file); err == nil {
			there = append(there, file)
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("read the known hosts: %w", err)
		}
	}
	if len(there) == 0 {
		return h, nil
	}
	db, err := knownhosts.NewDB(there...)
	if err != nil {
		return nil, fmt.Errorf("read the known hosts: %w", err)
	}
	h.db = db
	return h, nil
}

// algorithms returns the key types that are known of the host; none when the host
// is unknown. Asking for others would make a server's other key look changed.
func (h *hostKeys) algorithms(address string) []string {
	if h.db == nil {
		return nil
	}
	return h.db.HostKeyAlgorithms(address)
}

// check is the ssh.HostKeyCallback. Its error is an *Error of kind Refused.
func (h *hostKeys) check(address string, remote net.Addr, key ssh.PublicKey) error {
	h.shown = key
	err := error(&xknownhosts.KeyError{})
	if h.db != nil {
		err = h.db.HostKeyCallback()(address, remote, key)
	}
	var mismatch *xknownhosts.KeyError
	var revoked *xknownhosts.RevokedError
	switch {
	case err == nil:
		h.known = true
		return nil
	case errors.As(err, &revoked):
		return h.refuse("the host key %s %s is revoked by %s:%d", "ask the server's admin for its new key",
			key.Type(), ssh.FingerprintSHA256(key), revoked.Revoked.Filename, revoked.Revoked.Line)
	case !errors.As(err, &mismatch):
		return h.refuse("the host key %s %s cannot be trusted: %v", "", key.Type(), ssh.FingerprintSHA256(key), err)
	case len(mismatch.Want) > 0:
		return h.changed(key, mismatch.Want)
	case !h.accept:
		return h.refuse("the host key is unknown: %s %s",
			"if it is the server's (ask its admin), pin it: "+h.pinning,
			key.Type(), ssh.FingerprintSHA256(key))
	}
	if err := h.pin(address, key); err != nil {
		return err
	}
	h.pinned = true
	return nil
}

func (h *hostKeys) refuse(format, hint string, args ...any) error {
	return &Error{Kind: Refused, Hint: hint, Err: fmt.Errorf(format, args...)}
}

const changedHint = "do not go on before the server's admin confirms the new key by another way; " +
	"only then take the old line out of known_hosts by hand"

func (h *hostKeys) changed(key ssh.PublicKey, want []xknownhosts.KnownKey) error {
	var known []string
	for _, k := range want {
		known = append(known, fmt.Sprintf("%s:%d says %s %s", k.Filename, k.Line, k.Key.Type(), ssh.FingerprintSHA256(k.Key)))
	}
	return h.refuse("THE HOST KEY HAS CHANGED: the server shows %s %s, but %s; somebody may be in between",
		changedHint, key.Type(), ssh.FingerprintSHA256(key), strings.Join(known, ", "))
}

// otherType is the error for a server that has no key of a type that is known of
// it: to whoever logs in, that is a changed key as well.
func (h *hostKeys) otherType(address string) error {
	var known []string
	for _, k := range h.db.HostKeys(address) {
		known = append(known, k.Type())
	}
	return h.refuse("THE HOST KEY HAS CHANGED: the server has no key of the type that %s knows of it (%s); somebody may be in between",
		changedHint, strings.Join(h.files, ", "), strings.Join(known, ", "))
}

// pin adds the key to the first known_hosts file.
func (h *hostKeys) pin(address string, key ssh.PublicKey) error {
	fail := func(err error) error {
		return fmt.Errorf("pin the host key in %q: %w", h.files[0], plainFS(err))
	}
	if err := os.MkdirAll(filepath.Dir(h.files[0]), 0o700); err != nil {
		return fail(err)
	}
	f, err := os.OpenFile(h.files[0], os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	line := knownhosts.Line([]string{address}, key) + "\n"
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
			line = "\n" + line
		}
	}
	if _, err := f.WriteString(line); err != nil {
		return fail(err)
	}
	if err := f.Sync(); err != nil {
		return fail(err)
	}
	return nil
}
