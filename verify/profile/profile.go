// Package profile holds every profile, one file each: a document, or a reader's questions, as clauses with the checks that decide them.
// Ids and titles of clauses are in package standard, in one table.
package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

var all []*verify.Profile

// add puts a profile into the list while the package's variables are set up; nothing writes to it afterwards.
func add(p *verify.Profile) *verify.Profile {
	all = append(all, p)
	return p
}

// All returns every profile, sorted by name.
func All() []*verify.Profile {
	return slices.SortedFunc(slices.Values(all), func(a, b *verify.Profile) int { return cmp.Compare(a.Name, b.Name) })
}

// Names returns the names of all profiles, sorted.
func Names() (out []string) {
	for _, p := range All() {
		out = append(out, p.Name)
	}
	return out
}

// Find returns the profile of that name in any case, or nil.
func Find(name string) *verify.Profile {
	for _, p := range all {
		if strings.EqualFold(p.Name, name) {
			return p
		}
	}
	return nil
}

// ids expands ranges of check ids: "MGT-001..003" is MGT-001, MGT-002, MGT-003.
func ids(words ...string) (out []string) {
	for _, w := range words {
		from, to, isRange := strings.Cut(w, "..")
		group, first, _ := strings.Cut(from, "-")
		if !isRange {
			to = first
		}
		var lo, hi int
		fmt.Sscan(strings.TrimLeft(first, "0"), &lo)
		fmt.Sscan(strings.TrimLeft(to, "0"), &hi)
		for n := lo; n <= hi; n++ {
			out = append(out, fmt.Sprintf("%s-%03d", group, n))
		}
	}
	return out
}

// clause is a demand whose title says what it asks for.
func clause(c standard.Clause, beyond string, checks ...string) verify.Demand {
	return verify.Demand{Clause: c, Checks: ids(checks...), Beyond: beyond}
}

// question is a demand in our words, derived from the clause.
func question(c standard.Clause, asks, beyond string, checks ...string) verify.Demand {
	return verify.Demand{Clause: c, Asks: asks, Checks: ids(checks...), Beyond: beyond}
}
