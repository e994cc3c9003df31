package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP011: a host serves networks of several zones only where that was decided.
var SEP011 = add(&verify.Check{
	ID:    "SEP-011",
	Title: "a host serves networks of several zones only where that was decided",
	Doc: `Guests of different protection on one hypervisor are kept apart by that hypervisor alone: one flaw in it joins the zones. That may be accepted, but
somebody must have decided it. Declare mixed_zones: true for the cluster or under policy: where it was, or give each zone hosts of its own. What counts
are the guest networks that a host must offer and those that its guests were seen to use.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A15", "S"), standard.Grundschutz("SYS.1.5.A8", "S")},
	Severity: verify.Medium,
	Run: verify.Each(hostsOfZones, func(h *topology.Host) (v verify.Verdict) {
		judgeZones(&v, h)
		return v
	}),
})

// hostsOfZones are all hosts where guest networks of two zones are declared, none otherwise.
func hostsOfZones(f *topology.Fabric) []*topology.Host {
	zones := map[string]bool{}
	for _, n := range f.Networks {
		if n.Role == inventory.Guest && n.Zone != "" {
			zones[n.Zone] = true
		}
	}
	if len(zones) < 2 {
		return nil
	}
	return f.Hosts
}

func judgeZones(v *verify.Verdict, h *topology.Host) {
	var zones, names []string
	var from []capture.Span
	for _, r := range h.Required {
		n := r.Network
		if n.Role != inventory.Guest || n.Zone == "" || slices.Contains(zones, n.Zone) {
			continue
		}
		zones, names = append(zones, n.Zone), append(names, n.Zone+" ("+n.Name+")")
		from = append(from, r.From, n.From)
	}
	if decision := decided(h); len(zones) > 1 && decision.Known() {
		v.Pass(decision, "%s serves the zones %s, as was decided", h.Name, strings.Join(names, " and ")).Also(from...)
		return
	}
	switch {
	case len(zones) > 1:
		v.Warn(first(from), "%s serves the zones %s, and no decision for that is declared", h.Name, strings.Join(names, " and ")).Also(from...).
			Fix("give each zone hosts of its own, or declare mixed_zones: true for the cluster of %s if that was decided", h.Name)
	case !h.Listed.Uses.Known():
		v.Unknown("%s did not report what its guests use", h.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
	default:
		v.Pass(h.Listed.Uses, "%s serves no two zones", h.Name).Also(from...)
	}
}

// decided returns the line that declares that mixed zones were decided for the host, zero when there is none.
func decided(h *topology.Host) capture.Span {
	for _, c := range h.Clusters {
		if c.MixedZones {
			return c.From
		}
	}
	if capture.Is(h.Fabric.Inventory.Policy.MixedZones, true) {
		return h.Fabric.Inventory.Policy.MixedZones.From
	}
	return capture.Span{}
}
