//go:build crashpoints && linux

package crash_test

import (
	"fmt"
	"testing"
)

// TestUndisturbed checks what all others are compared with: the files of an
// evening come to what they were invented for.
func TestUndisturbed(t *testing.T) {
	for _, way := range []string{directory, sftp} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, way, "etlegacy", evening()...)
			s.mustSync(t)
			db := openClean(t, s.dir)
			for query, want := range map[string]string{
				"SELECT status AS s, count(*) AS n FROM files GROUP BY 1 ORDER BY 1":            "[map[n:1 s:duplicate] map[n:1 s:ignored] map[n:26 s:imported] map[n:1 s:rejected]]",
				"SELECT count(*) AS n FROM matches":                                             "[map[n:12]]",
				"SELECT count(DISTINCT round_id) AS n FROM player_rounds WHERE mode = 'orphan'": "[map[n:1]]",
				"SELECT count(*) > 500 AS n FROM weapon_rounds":                                 "[map[n:1]]",
				"SELECT count(*) AS n FROM checks WHERE error = ''":                             "[map[n:1]]",
			} {
				if got := fmt.Sprint(db.rows(query)); got != want {
					t.Errorf("%s: %s, want %s", query, got, want)
				}
			}
			s.whole(t, undisturbed(t, "etlegacy", s.files))
		})
	}
}
