package service

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, good := range []string{"smartsync", "smartsync-2", "a", "S.1_x", strings.Repeat("a", 64)} {
		if err := CheckName(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "-x", ".x", "a b", "a/b", "../x", "a@b", "ä", "a\n", strings.Repeat("a", 65)} {
		if err := CheckName(bad); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", bad, err)
		}
		if _, err := (Manager{Name: bad}).Status(); !errors.Is(err, ErrName) {
			t.Errorf("status of %q: %v", bad, err)
		}
	}
}
