package cli

import (
	"time"

	"github.com/smartsync/smartsync/sync"
)

// syncOutput is one source's part of the result of sync as JSON.
type syncOutput struct {
	Source     string            `json:"source"`
	Error      string            `json:"error,omitempty"`
	Listed     int               `json:"listed"`
	Found      int               `json:"found"`
	Files      []string          `json:"files"`
	Imported   int               `json:"imported"`
	Kept       int               `json:"kept"`
	Ignored    int               `json:"ignored"`
	Duplicates int               `json:"duplicates"`
	Rejected   []rejectionOutput `json:"rejected"`
	Pending    int               `json:"pending"`
	Skipped    int               `json:"skipped"`
	Skips      []faultedOutput   `json:"skips"` // of skipped: plain files, the first 100
	Failed     []faultedOutput   `json:"failed"`
	Bytes      int64             `json:"bytes"`
	Seconds    float64           `json:"seconds"`
}

type rejectionOutput struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

type faultedOutput struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

func syncOutputOf(o outcome) syncOutput {
	r := o.report
	out := syncOutput{
		Source: o.source.Name, Error: errorText(o.err), Listed: r.Listed, Found: len(r.Found), Files: []string{},
		Imported: r.Imported, Kept: r.Kept, Ignored: r.Ignored, Duplicates: r.Duplicates, Rejected: []rejectionOutput{},
		Pending: r.Pending, Skipped: r.Skipped, Skips: faultsOf(r.Skips), Failed: faultsOf(r.Failed), Bytes: r.Bytes, Seconds: r.Ended.Sub(r.Started).Seconds(),
	}
	for _, f := range r.Found {
		out.Files = append(out.Files, f.Name)
	}
	for _, f := range r.Rejected {
		out.Rejected = append(out.Rejected, rejectionOutput{f.Name, f.Line, f.Reason, f.Detail})
	}
	return out
}

func faultsOf(faults []sync.Fault) []faultedOutput {
	return mapOf(faults, func(f sync.Fault) faultedOutput { return faultedOutput{f.Name, f.Reason} })
}

// planOutput is one source's part of the result of sync --dry-run as JSON.
type planOutput struct {
	Source  string          `json:"source"`
	Error   string          `json:"error,omitempty"`
	Listed  int             `json:"listed"`
	Known   int             `json:"known"`
	New     []newOutput     `json:"new"`
	Skipped int             `json:"skipped"`
	Skips   []faultedOutput `json:"skips"`
	Bytes   int64           `json:"bytes"`
}

type newOutput struct {
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
}

func planOutputOf(o outcome) planOutput {
	out := planOutput{Source: o.source.Name, Error: errorText(o.err), Listed: o.plan.Listed, Known: o.plan.Known, New: []newOutput{}, Skipped: o.plan.Skipped, Skips: faultsOf(o.plan.Skips), Bytes: o.plan.Bytes}
	for _, f := range o.plan.New {
		out.New = append(out.New, newOutput{f.Name, f.Size, f.Modified.In(o.source.Zone)})
	}
	return out
}
