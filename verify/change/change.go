// Package change says what a change did: it judges the evidence from before and from after it, and joins verdicts and facts by
// what they are about, never by their text. It is pure: equal evidence gives equal changes.
package change

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/topology"
)

// A Kind tells what an item means to whoever made the change, worst first. The zero Kind is Harm.
type Kind uint8

const (
	Harm    Kind = iota // fails and did not, is gone and should not be, or no longer survives what it survived
	Unclear             // could be told before and cannot any more
	Weaker              // not as good as before, and nothing is broken
	Moved               // otherwise than before, neither better nor worse
	Better              // as it should be, or nearer to it, and was not before
	Waived              // would be harm or unclear, and somebody accepted it
)

// Kinds are all kinds, worst first.
var Kinds = []Kind{Harm, Unclear, Weaker, Moved, Better, Waived}

// String returns the word that reports use.
func (k Kind) String() string {
	return [...]string{"harm", "unknown", "weaker", "moved", "better", "waived"}[min(k, Waived)]
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// An Item is one difference between before and after, of one subject.
type Item struct {
	Kind     Kind
	Subject  topology.Subject
	Check    string          // whose verdict changed; "" when the item is about a fact
	Severity verify.Severity // of the verdict; Info for facts
	Text     string          // what is so now, in the site's own names
	Was, Is  string          // both values in short: verdicts, or what was reported; "" when there was, or is, none
	Missing  string          // for Unclear: what would tell
	Fix      string          // for Harm and Weaker: which box, port and value to change
	Waiver   string          // for Waived: who accepted it, until when, why

	Before, After []capture.Span // the lines that say so
}

// A Change is what happened between two collections. Both are judged with the inventory of the later one, so that a verdict only
// differs where a device did: what is meant by the fabric is today's intent on both sides.
type Change struct {
	Before, After *verify.Report // without waivers: these are applied to the difference
	Inventory     []string       // how the inventory of before differed, one sentence each; empty when it did not
	Items         []Item         // worst first, then by subject

	StillFail, StillUnknown int // verdicts that were so before: not the change's doing
}

// Count returns how many items are of the kind.
func (c *Change) Count(k Kind) int {
	n := 0
	for i := range c.Items {
		if c.Items[i].Kind == k {
			n++
		}
	}
	return n
}

// ExitCode is 1 when the change did harm, 2 when it did none that is known and something cannot be told any more, else 0.
func (c *Change) ExitCode() int {
	switch {
	case c.Count(Harm) > 0:
		return 1
	case c.Count(Unclear) > 0:
		return 2
	}
	return 0
}

// Between judges both collections with these checks and returns what differs.
func Between(before, after audit.Evidence, run []*verify.Check) *Change {
	intent := *after.Inventory
	intent.Waivers = nil
	c := comparison{waivers: after.Inventory.Waivers}
	c.inventory = differences(before.Inventory, after.Inventory)
	before.Captures = named(before.Captures, after.Inventory)
	before.Inventory, after.Inventory = &intent, &intent
	c.before, c.after = audit.Decide(before, run), audit.Decide(after, run)
	c.compare()
	return &Change{Before: c.before, After: c.after, Inventory: c.inventory, Items: c.items, StillFail: c.still[verify.Fail], StillUnknown: c.still[verify.Unknown]}
}

// named returns the captures of the machines that the inventory names: what has left it is left out of the judgement on both sides.
func named(all []*capture.Capture, inv *inventory.Inventory) (out []*capture.Capture) {
	machines := machinesOf(inv)
	for _, x := range all {
		if machines[x.Device] {
			out = append(out, x)
		}
	}
	return out
}

func machinesOf(inv *inventory.Inventory) map[string]bool {
	out := map[string]bool{}
	for i := range inv.Switches {
		out[inv.Switches[i].Name] = true
	}
	for i := range inv.Hosts {
		out[inv.Hosts[i].Name] = true
	}
	return out
}

func (c *comparison) compare() {
	c.b, c.a = c.before.Fabric, c.after.Fabric
	c.index()
	c.devices()
	c.verdicts()
	c.survivals()
	c.switches()
	c.pairs()
	c.hosts()
	c.uplinks()
	c.lags()
	c.trunks()
	c.roles()
	slices.SortStableFunc(c.items, func(x, y Item) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.Subject.Kind, y.Subject.Kind),
			state.NaturalCompare(x.Subject.Name, y.Subject.Name), cmp.Compare(x.Check, y.Check))
	})
}
