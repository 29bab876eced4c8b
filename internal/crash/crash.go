//go:build !crashpoints

// Package crash lets a test kill the program at a named point, to prove that a
// crash there repeats work and never doubles it. Without the build tag
// crashpoints a Point does nothing and costs nothing.
package crash

// Point is where the program may be killed in a build with the tag crashpoints.
func Point(string) {}
