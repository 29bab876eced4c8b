// Package report makes what the store knows into reports: the one form in which
// the command line and the API write it as JSON.
package report

import (
	"time"

	"github.com/smartsync/smartsync/store"
)

// File is one row of the ledger.
type File struct {
	Source   string    `json:"source"`
	File     string    `json:"file"`
	Status   string    `json:"status"`
	Size     int64     `json:"size"` // bytes
	Modified time.Time `json:"modified"`
	SHA256   string    `json:"sha256"`
	Version  int       `json:"version"`
	Line     int       `json:"line"` // where it is at fault; 0: nowhere
	Reason   string    `json:"reason"`
	Detail   string    `json:"detail,omitempty"`
	Handled  time.Time `json:"handled"`
	Adopted  string    `json:"adopted,omitempty"` // size: modified is a guess; name: size is unknown as well
}

// FileOf is a row of the ledger, its instants in zone.
func FileOf(f store.File, zone *time.Location) File {
	return File{
		Source: f.Source, File: f.Key.Path, Status: string(f.Status), Size: f.Key.Size, Modified: time.Unix(f.Key.Modified, 0).In(zone),
		SHA256: f.SHA256, Version: f.Version, Line: f.Line, Reason: f.Reason, Detail: f.Detail, Handled: f.Handled.In(zone),
		Adopted: map[store.Adopted]string{store.BySize: "size", store.ByName: "name"}[f.Adopted],
	}
}

// Stats answers questions about the rounds of a store.
type Stats struct {
	Store *store.Store
	// Zone returns the time zone in which a source's instants are told; that of an
	// empty name is for what several sources share.
	Zone func(source string) *time.Location
	Most int // entries of each list in an answer, those that matter least are left out; 0: all
}

// first returns at most s.Most of the first entries.
func first[T any](s Stats, list []T) []T {
	if s.Most > 0 && len(list) > s.Most {
		return list[:s.Most]
	}
	return list
}

// newest returns at most s.Most of the last entries.
func newest[T any](s Stats, list []T) []T {
	if s.Most > 0 && len(list) > s.Most {
		return list[len(list)-s.Most:]
	}
	return list
}

// all returns what f makes of each entry; without any it is an empty list, not null.
func all[T, U any](list []T, f func(T) U) []U {
	out := make([]U, len(list))
	for i, entry := range list {
		out[i] = f(entry)
	}
	return out
}
