package change

import (
	"bytes"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
)

// differences says how the inventories of both sides differ, by section. Their verdicts rest on the later one.
func differences(was, is *inventory.Inventory) (out []string) {
	if same(was.File, is.File) && same(was.Over, is.Over) {
		return nil
	}
	out = append(out, "the inventories differ: both sides are judged with the later one")
	for _, x := range []struct {
		what    string
		was, is []string
	}{
		{"switches", names(was.Switches, func(s inventory.Switch) string { return s.Name }), names(is.Switches, func(s inventory.Switch) string { return s.Name })},
		{"hosts", names(was.Hosts, func(h inventory.HostEntry) string { return h.Name }), names(is.Hosts, func(h inventory.HostEntry) string { return h.Name })},
		{"pairs", names(was.Pairs, func(p inventory.Pair) string { return p.Name }), names(is.Pairs, func(p inventory.Pair) string { return p.Name })},
		{"domains", names(was.Domains, func(d inventory.Domain) string { return d.Name }), names(is.Domains, func(d inventory.Domain) string { return d.Name })},
		{"networks", names(was.Networks, vlansOf), names(is.Networks, vlansOf)},
		{"clusters", names(was.Clusters, func(c inventory.Cluster) string { return c.Name }), names(is.Clusters, func(c inventory.Cluster) string { return c.Name })},
		{"waivers", names(was.Waivers, waiverName), names(is.Waivers, waiverName)},
	} {
		if more := without(x.is, x.was); len(more) > 0 {
			out = append(out, "only the later one has the "+x.what+" "+strings.Join(more, ", "))
		}
		if less := without(x.was, x.is); len(less) > 0 {
			out = append(out, "only the earlier one has the "+x.what+" "+strings.Join(less, ", "))
		}
	}
	return out
}

func vlansOf(n inventory.Network) string { return n.Name + " (" + n.VLANs.String() + ")" }

func waiverName(w inventory.Waiver) string { return w.Check + " of " + w.Subject }

// same reports whether two files have the same bytes; two absent ones do.
func same(a, b *capture.Reply) bool {
	if a == nil || b == nil {
		return a == b
	}
	return bytes.Equal(a.Data, b.Data)
}

func names[T any](all []T, name func(T) string) (out []string) {
	for _, x := range all {
		out = append(out, name(x))
	}
	return out
}

func without(all, these []string) (out []string) {
	known := map[string]bool{}
	for _, x := range these {
		known[x] = true
	}
	for _, x := range all {
		if !known[x] {
			out = append(out, x)
		}
	}
	return out
}
