package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED001: uplinks end on at least two chassis.
var RED001 = add(&verify.Check{
	ID:    "RED-001",
	Title: "uplinks end on at least two chassis",
	Doc: `All uplinks on one switch make that switch the host's single point of failure, however many links there are. Counted are chassis and control
planes that the uplinks were mapped to, never LACP system ids or LLDP chassis ids: a pair shows one of the former, a stack one of the latter. A
stack has several chassis and one control plane, which reloads as a whole: it warns, unless the inventory says policy: {stack_is_redundant: true}.
A fabric extender is lost with its switch; one that hangs on two switches is a box of its own, and two links to it are no two chassis.
Only uplinks that forward count, and only mappings that two sources or both ends confirm let it pass.`,
	Cites: []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A9", "S"), standard.Grundschutz("SYS.1.5.A20", "E"),
		standard.Grundschutz("NET.1.1.A13", "B"), standard.Grundschutz("NET.1.1.A17", "S"), standard.Grundschutz("NET.3.1.A26", "E"),
		standard.Grundschutz("SYS.1.1.A28", "E"), standard.NIST("800-125B", "path redundancy")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if exempt(&v, h) {
			return v
		}
		judgeChassis(&v, h)
		return v
	}),
})

func hosts(f *topology.Fabric) []*topology.Host { return f.Hosts }

// exempt says n/a for hosts that are declared single-homed or out of service.
func exempt(v *verify.Verdict, h *topology.Host) bool {
	switch {
	case h.Entry == nil:
		return false
	case h.Entry.Maintenance:
		v.NotApplicable("%s is declared out of service", h.Name)
	case h.Entry.SingleHomed:
		v.NotApplicable("%s is declared single-homed", h.Name)
	default:
		return false
	}
	return true
}

func judgeChassis(v *verify.Verdict, h *topology.Host) {
	planes, chassis := map[string]bool{}, map[topology.Chassis]bool{}
	var spans []capture.Span
	var where, unclear []string
	weakest := topology.Proven
	for _, u := range h.Uplinks {
		if u.Serves() == state.No {
			continue // it forwards nothing, wherever it ends; a host that was not asked is no objection: the partner bits hold its side
		}
		p := u.Mapped()
		if p == nil || u.Confidence() < topology.Strong {
			unclear = append(unclear, u.NIC.Name+" ("+u.Confidence().String()+")")
			if p == nil {
				continue
			}
		}
		forwards := p.InService().And(p.Unblocked())
		if forwards.Answer == state.No {
			continue
		}
		if forwards.Answer == state.Unknown && u.Confidence() >= topology.Strong {
			unclear = append(unclear, u.NIC.Name+" (not known whether it forwards)")
			continue
		}
		if u.Confidence() < topology.Strong {
			continue
		}
		weakest = min(weakest, u.Confidence())
		c, ok := p.Chassis()
		plane := p.Switch.Name
		switch x := p.Extender; {
		case x != nil && x.Shared() != state.No && !ok:
			unclear = append(unclear, u.NIC.Name+" (on "+x.String()+", and which other switches it hangs on was not reported)")
			continue
		case x != nil && x.Shared() != state.No:
			plane = c.Switch
			spans = append(spans, x.Lines...)
		case !ok:
			unclear = append(unclear, u.NIC.Name+" (stack member not reported)")
		}
		planes[plane], chassis[c] = true, true
		where = append(where, u.NIC.Name+" on "+p.String())
		spans = append(spans, u.Link.Evidence()...)
	}
	v.Resting(weakest)
	concludeChassis(v, h, planes, chassis, where, unclear, spans)
}

func concludeChassis(v *verify.Verdict, h *topology.Host, planes map[string]bool, chassis map[topology.Chassis]bool, where, unclear []string, spans []capture.Span) {
	var from capture.Span
	if len(spans) > 0 {
		from = spans[0]
	}
	text := strings.Join(where, ", ")
	switch {
	case len(planes) >= 2:
		v.Pass(from, "%s: %s", h.Name, text).Also(spans...)
	case len(h.Uplinks) == 0:
		v.Unknown("%s: no uplink of it is known", h.Name).Missing("the uplinks of %s: collect it, or write them down under uplinks: of it", h.Name)
	case slices.ContainsFunc(h.Uplinks, func(u *topology.Uplink) bool {
		return u.Confidence() == topology.Contradicted && slices.Contains(unclear, u.NIC.Name+" ("+u.Confidence().String()+")")
	}):
		v.Unknown("%s: not all uplinks are mapped and known to forward: %s", h.Name, strings.Join(unclear, ", ")).Also(spans...).
			Missing("which source is right: settle RED-008 for the uplinks of %s first", h.Name)
	case len(unclear) > 0:
		v.Unknown("%s: not all uplinks are mapped and known to forward: %s", h.Name, strings.Join(unclear, ", ")).Also(spans...).
			Missing("a second source for each: LLDP or LACP state from %s itself, or mac: and port: in the inventory", h.Name)
	case !h.ListsNICs():
		v.Unknown("%s did not list all its NICs; known are %s", h.Name, text).Also(spans...).Missing("the whole list of NICs of %s", h.Name)
	case len(chassis) >= 2 && h.Fabric.Inventory.Policy.StackIsRedundant:
		v.Pass(from, "%s: %s: one stack, which the policy accepts", h.Name, text).Also(spans...)
	case len(chassis) >= 2:
		v.Warn(from, "%s: several chassis of one stack, which reloads as a whole: %s", h.Name, text).Also(spans...).
			Fix("move one uplink of %s to a switch outside the stack, or accept stacks by policy: {stack_is_redundant: true}", h.Name)
	case len(where) == 0:
		v.Fail(outOfService(h), "%s: no uplink forwards", h.Name).Fix("bring the uplinks of %s into service: see RED-007", h.Name)
	default:
		box := "switch"
		for c := range chassis {
			if h.Fabric.SwitchNamed(c.Switch) == nil {
				box = "fabric extender, " + c.Switch
			}
		}
		v.Fail(from, "%s: every uplink that forwards ends on one %s: %s", h.Name, box, text).Also(spans...).
			Fix("move one uplink of %s to the other switch of the pair", h.Name)
	}
}

// outOfService returns the line that says that an uplink does not forward.
func outOfService(h *topology.Host) capture.Span {
	for _, u := range h.Uplinks {
		if c := u.InService(); c.Answer == state.No {
			return c.Evidence()
		}
		if p := u.Mapped(); p != nil {
			if c := p.InService().And(p.Unblocked()); c.Answer == state.No {
				return c.Evidence()
			}
		}
	}
	return capture.Span{}
}
