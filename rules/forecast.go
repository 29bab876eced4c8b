package rules

import (
	"strconv"
	"strings"
	"time"
)

// forecastWord is the interval that leaves the wait to the source's forecast.
const forecastWord = "forecast"

// forecast is what a rule with the interval forecast asks for.
type forecast struct {
	budget      Budget
	least, most time.Duration
}

// The bounds of a rule with the interval forecast that sets none.
const (
	DefaultPerDay = 36 // checks
	DefaultLeast  = 30 * time.Second
	DefaultMost   = 6 * time.Hour
)

// foreseeing reads what goes with the interval forecast, and with it alone.
func (c *compiler) foreseeing(spec *RuleSpec, r *rule) {
	if r.forecast == nil {
		for _, part := range []struct {
			key  string
			text Text
		}{{"budget", spec.Budget}, {"min", spec.Min}, {"max", spec.Max}} {
			if part.text.Set() {
				c.fail(part.text.Place, "%s goes with interval: forecast only", part.key)
			}
		}
		return
	}
	r.forecast.least = c.duration(spec.Min, "min", DefaultLeast)
	r.forecast.most = c.duration(spec.Max, "max", max(DefaultMost, r.forecast.least))
	if r.forecast.most < r.forecast.least {
		c.fail(spec.Max.Place, "max %s is shorter than min %s", FormatDuration(r.forecast.most), FormatDuration(r.forecast.least))
	}
	r.forecast.budget = c.budget(spec.Budget)
}

func (c *compiler) budget(text Text) Budget {
	if !text.Set() {
		return Budget{PerDay: DefaultPerDay}
	}
	if number, perDay := strings.CutSuffix(text.Value, "/day"); perDay {
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n >= 1 && n <= 2880) {
			c.fail(text.Place, "budget %q is out of bounds: 1/day to 2880/day", text.Value)
		}
		return Budget{PerDay: n}
	}
	worth, err := ParseDuration(text.Value)
	if err != nil || worth < MinWait || worth > 24*time.Hour {
		c.fail(text.Place, "budget %q is neither checks a day, such as 36/day, nor the latency that a check is worth, such as 20s", text.Value)
	}
	return Budget{Worth: worth}
}
