package cli_test

import (
	"slices"
	"testing"

	"github.com/smartsync/smartsync/internal/config"
	"github.com/smartsync/smartsync/internal/notify"
)

// TestEvents holds the events that a schedule may name to those that are told.
func TestEvents(t *testing.T) {
	if !slices.Equal(config.Events, notify.Events) {
		t.Errorf("a schedule names %q, told are %q", config.Events, notify.Events)
	}
}
