package sync

import "strings"

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
