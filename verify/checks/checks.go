// Package checks holds every check, one file each, named so that a listing of the folder is the catalogue.
package checks

import (
	"cmp"
	"slices"

	"uplinkcheck/verify"
)

var all []*verify.Check

// add puts a check into the catalogue while the package's variables are set up; nothing writes to it afterwards.
func add(c *verify.Check) *verify.Check {
	if slices.Contains(byVLANs, c.ID) && c.Run != nil {
		c.Run = withoutVLANs(c.Run)
	}
	all = append(all, c)
	return c
}

// All returns the catalogue, sorted by ID.
func All() []*verify.Check {
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b *verify.Check) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
