package web

import "github.com/smartsync/smartsync/engine"

// explainAnswer tells which rule holds, and why the others do not.
type explainAnswer struct {
	engine.Explanation
	Given  bool         `json:"given"`  // the state was asked for; else it is the stored one
	Paused *pauseAnswer `json:"paused"` // null: the source is not paused at that moment, or now where none was given
}

// answer explains the question's decision.
func (q question) answer() explainAnswer {
	return explainAnswer{engine.Explain(q.source.Schedule, q.source.Name, q.state, q.outcome), q.given, q.paused}
}
