package etlegacy

// maxNumber bounds every number of a file, both ways. The engine's own counters
// are far smaller; sums of a file's numbers stay far from overflow.
const maxNumber = 1_000_000_000

// parseInt reads decimal digits with an optional '-'. Anything else ("+1",
// "1_000", "0x10", "1.0", "") is no number; nor is what exceeds maxNumber.
func parseInt(s string) (int, bool) {
	digits := s
	if len(s) > 0 && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 10 {
		return 0, false
	}
	n := 0
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, false
		}
		n = n*10 + int(d)
	}
	if n > maxNumber {
		return 0, false
	}
	if len(digits) < len(s) {
		n = -n
	}
	return n, true
}

// parseDecimal reads decimal digits with an optional '-' and an optional point
// with up to six digits after it. NaN, Inf, exponents and hex are no numbers.
func parseDecimal(s string) (float64, bool) {
	point := len(s)
	for i := range len(s) {
		if s[i] == '.' {
			point = i
			break
		}
	}
	whole, ok := parseInt(s[:point])
	if !ok {
		return 0, false
	}
	if point == len(s) {
		return float64(whole), true
	}
	frac := s[point+1:]
	if len(frac) == 0 || len(frac) > 6 {
		return 0, false
	}
	// Digits and power are both exact in a float64, so one division rounds right.
	digits, power := max(whole, -whole), 1
	for i := range len(frac) {
		d := frac[i] - '0'
		if d > 9 {
			return 0, false
		}
		digits, power = digits*10+int(d), power*10
	}
	v := float64(digits) / float64(power)
	if s[0] == '-' {
		v = -v
	}
	return v, true
}
