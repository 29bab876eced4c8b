package sync

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Kind says what a caller may do about an Error.
type Kind int

// The kinds of an Error.
const (
	Other     Kind = iota // asking again changes nothing by itself
	Temporary             // the network or the server; asking later may help
	Refused               // the login or the host key
)

// Error is why a check, or a step of it, failed. It never holds a secret.
type Error struct {
	Kind Kind
	Op   string // with its object: `connect game.example:22`
	Hint string // what to do next; empty when there is nothing to say
	Err  error
}

// Error returns the operation, its object and what went wrong.
func (e *Error) Error() string {
	if e.Op == "" {
		return e.Err.Error()
	}
	return strings.Join([]string{e.Op, e.Err.Error()}, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// asError returns err as an *Error with op before it.
func asError(op string, kind Kind, err error) *Error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return &Error{Kind: kind, Op: op, Err: err}
	}
	if e.Op == "" {
		return &Error{Kind: e.Kind, Op: op, Err: e.Err, Hint: e.Hint}
	}
	return &Error{Kind: e.Kind, Op: op, Err: e, Hint: e.Hint}
}

// whole returns the error of a whole operation: an *Error as it is, for it says
// what it was about, any other with the operation before it.
func whole(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Op: fmt.Sprintf(format, args...), Err: err}
}

// printable returns what a server says so that it may be shown: quoted when there
// is anything in it that a terminal would act upon.
func printable(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}
