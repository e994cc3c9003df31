// Package checks holds every check, one file each, named so that a listing of the folder is the catalogue.
package checks

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/verify"
)

var all []*verify.Check

// add puts a check into the catalogue while the package's variables are set up; nothing writes to it afterwards.
func add(c *verify.Check) *verify.Check {
	if slices.Contains(byVLANs, c.ID) && c.Run != nil {
		c.Run = withoutVLANs(c.Run)
	}
	if c.Needs == nil {
		c.Needs = rests[family(c.ID)]
	}
	all = append(all, c)
	return c
}

// rests are the groups of commands that checks of a family rest on; families that are not here rest on all. Learned addresses are among
// all of them, since they help to find where an uplink ends.
var rests = map[string][]drivers.Group{
	"LAG": {drivers.Addresses, drivers.Counters},
	"RED": {drivers.Addresses, drivers.SpanningTree, drivers.Routing, drivers.Inventory},
	"CLU": {drivers.Addresses, drivers.SpanningTree, drivers.Routing, drivers.Inventory},
	"MLG": {drivers.Addresses, drivers.SpanningTree, drivers.Inventory},
	"VLN": {drivers.Addresses, drivers.SpanningTree, drivers.Routing},
	"MGT": {drivers.Addresses, drivers.SpanningTree, drivers.Routing, drivers.Inventory},
	"SEP": {drivers.Addresses, drivers.SpanningTree, drivers.Routing, drivers.Inventory},
	"SVC": {drivers.Addresses, drivers.SpanningTree, drivers.Routing, drivers.Inventory},
}

func family(id string) string {
	f, _, _ := strings.Cut(id, "-")
	return f
}

// All returns the catalogue, sorted by ID.
func All() []*verify.Check {
	out := slices.Clone(all)
	slices.SortFunc(out, func(a, b *verify.Check) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
