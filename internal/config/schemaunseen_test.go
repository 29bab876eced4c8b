package config_test

// The kinds of faults that no schema can see.
const (
	inCondition = "what an expression means"
	amongRules  = "which rules win, and which moments windows hold"
	amongParts  = "names, or two values, that belong together"
	outOfBounds = "a number's bounds, behind its unit"
	inWorld     = "what the world knows: zones, the calendar, the environment"
	inPattern   = "the grammar of a glob or an address"
	inBytes     = "what the file is made of"
)

// unseen are the bad schedules that are valid by the schema, each with the kind of
// its fault: smartsync validate sees them.
var unseen = map[string]string{
	"condition-builtin-off":        inCondition,
	"condition-call-fact":          inCondition,
	"condition-contradiction":      inCondition,
	"condition-double-quoted":      inCondition,
	"condition-duration-bad":       inCondition,
	"condition-duration-bare":      inCondition,
	"condition-duration-number":    inCondition,
	"condition-env-variable":       inCondition,
	"condition-field-unknown":      inCondition,
	"condition-found-is-none":      inCondition,
	"condition-function-bare":      inCondition,
	"condition-hour-25":            inCondition,
	"condition-in-block":           inCondition,
	"condition-in-without-list":    inCondition,
	"condition-let":                inCondition,
	"condition-method-unknown":     inCondition,
	"condition-method":             inCondition,
	"condition-minute-60":          inCondition,
	"condition-negated-text":       inCondition,
	"condition-nested":             inCondition,
	"condition-never-holds":        inCondition,
	"condition-not-boolean":        inCondition,
	"condition-now-called":         inCondition,
	"condition-one-equals":         inCondition,
	"condition-over-lines":         inCondition,
	"condition-paren-open":         inCondition,
	"condition-percent":            inCondition,
	"condition-range-of-facts":     inCondition,
	"condition-range-reversed":     inCondition,
	"condition-regex-broken":       inCondition,
	"condition-since-less":         inCondition,
	"condition-single-quoted":      inCondition,
	"condition-ternary":            inCondition,
	"condition-text-join":          inCondition,
	"condition-text-with-number":   inCondition,
	"condition-too-many-dots":      inCondition,
	"condition-two-ampersands-one": inCondition,
	"condition-two-expressions":    inCondition,
	"condition-type-in-list":       inCondition,
	"condition-unknown-name-far":   inCondition,
	"condition-unknown-name":       inCondition,
	"condition-weekday-capital":    inCondition,
	"condition-weekday-list":       inCondition,
	"condition-window-elsewhere":   inCondition,
	"condition-window-misspelt":    inCondition,
	"condition-window-other":       inCondition,
	"condition-word-or-symbol":     inCondition,
	"condition-wrong-quote":        inCondition,
	"condition-yes":                inCondition,
	"forecast-chance-duration":     inCondition,
	"forecast-chance-not-called":   inCondition,
	"interval-a-number":            inCondition,
	"interval-unknown-name":        inCondition,
	"notify-source-unknown":        amongParts,
	"set-condition":                inCondition,

	"forecast-chance-last":      amongRules,
	"forecast-last":             amongRules,
	"gap-at-the-weekend":        amongRules,
	"gap":                       amongRules,
	"gaps-many":                 amongRules,
	"last-rule-has-a-condition": amongRules,
	"no-rules":                  amongRules,
	"rule-same-condition":       amongRules,
	"rule-subsumed-by-two":      amongRules,
	"rule-subsumed":             amongRules,
	"rule-unreachable":          amongRules,
	"rules-absent":              amongRules,
	"shared-rules":              amongRules,
	"window-hidden":             amongRules,
	"window-never-opens":        amongRules,

	"forecast-max-below-min": amongParts,
	"from-equals-to":         amongParts,
	"max-error-too-short":    amongParts,
	"schedule-unknown":       amongParts,
	"source-name-case":       amongParts,
	"until-unknown-window":   amongParts,
	"window-name-twice":      amongParts,

	"forecast-budget-bounds": outOfBounds,
	"interval-eight-days":    outOfBounds,
	"interval-half-a-second": outOfBounds,
	"interval-zero":          outOfBounds,
	"log-age-short":          outOfBounds,
	"on-error-too-long":      outOfBounds,
	"timeout-too-short":      outOfBounds,

	"date-that-is-none": inWorld,
	"timezone-unknown":  inWorld,
	"variable-misnamed": inWorld,
	"variable-unset":    inWorld,

	"match-broken": inPattern,
	"url-broken":   inPattern,

	"utf-16": inBytes,
}
