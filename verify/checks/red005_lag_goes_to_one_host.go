package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED005: the cables of one LAG go to one host, the one that is meant.
var RED005 = add(&verify.Check{
	ID:    "RED-005",
	Title: "the cables of one LAG go to one host, the one that is meant",
	Doc: `Cables of two hosts in one LAG cut one of them off. The cables of two hosts swapped, each whole pair in the other's LAG, work and carry the wrong
VLANs: only what the hosts say of themselves, or LLDP, finds that, so without either the verdict is unknown. A new mainboard changes a host's
identity; that alone is no fault.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A14", "B"), standard.Grundschutz("NET.1.1.A15", "B")},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if who := otherDevice(l); who != "" {
			v.NotApplicable("%s leads to %s, which is no host", l.Name, who)
			return v
		}
		notWhole(&v, l)
		var seen, partner *topology.Port
		for _, p := range l.Lanes() {
			judgeOwner(&v, l, p, &seen, &partner)
		}
		return v
	}),
})

// judgeOwner compares the host on a port with the host that is meant there, and with those on the LAG's other ports.
func judgeOwner(v *verify.Verdict, l *topology.LAG, p *topology.Port, seen, partner **topology.Port) {
	if p.Member != nil && p.Member.Heard() == state.Yes {
		if q := *partner; q == nil {
			*partner = p
		} else if q.Member.Partner.System.Value != p.Member.Partner.System.Value {
			v.Fail(p.Member.Partner.System.From, "%s hears %s and %s hears %s", q, whose(q), p, whose(p)).Also(q.Member.Partner.System.From).
				Fix("find which of the cables in %s and %s is in the wrong port", q, p)
		}
	}
	if p.Link == nil || p.Link.Confidence() <= topology.Inferred && p.Link.Confidence() != topology.Contradicted {
		if p.Oper() != state.No {
			v.Unknown("%s: not known which host is there", p).Missing("LLDP, or the LACP identity that the host itself reports")
		}
		return
	}
	host := p.Link.Uplink.Host
	if to := p.DeclaredTo; to != nil && to.Host != host {
		v.Fail(first(p.Link.Evidence()), "%s leads to %s, but %s is meant to be there", p, p.Link.Uplink, to).Also(p.Declared.From).
			Fix("swap the cables of %s and %s at the switches", p.Link.Uplink, to)
		return
	}
	if x := p.Link.HeardInstead(); x != nil && p.DeclaredTo == p.Link.Uplink {
		v.Fail(x.From, "%s hears the LACP identity of %s, but %s is meant to be there", p, x.Leads, p.DeclaredTo).Also(p.Declared.From).
			Fix("find out which host is on %s: swap the cables at the switches, or correct the inventory", p)
		return
	}
	if named, from := p.Described(); named != nil && named != host && p.DeclaredTo == nil {
		v.Fail(first(p.Link.Evidence()), "%s leads to %s, but its description names %s", p, p.Link.Uplink, named.Name).Also(from).
			Fix("find out which is right: move the cable of %s, or correct the description of %s", p.Link.Uplink, p)
		return
	}
	switch q := *seen; {
	case q == nil:
		*seen = p
		leadsTo(v, p)
	case q.Link.Uplink.Host != host && q.Link.Uplink.Host.Inferred && host.Inferred:
		v.Unknown("%s leads to %s and %s to %s, of which neither is declared: they may be one", p, p.Link.Uplink, q, q.Link.Uplink).
			Missing("hosts: in the inventory, or what %s and %s call themselves in LLDP", host.Name, q.Link.Uplink.Host.Name)
	case q.Link.Uplink.Host != host:
		v.Fail(first(p.Link.Evidence()), "%s leads to %s, but %s leads to %s", p, p.Link.Uplink, q, q.Link.Uplink).Also(q.Link.Evidence()...).
			Fix("find which of the cables in %s and %s is in the wrong port", q, p)
	default:
		leadsTo(v, p)
	}
}

// leadsTo passes a port whose host is certain.
func leadsTo(v *verify.Verdict, p *topology.Port) {
	if p.Link.Confidence() == topology.Contradicted {
		v.Unknown("%s: sources disagree whether %s is there (%s)", p, p.Link.Uplink, p.Link.Says()).Missing("settle RED-008 for %s first", p.Link.Uplink)
		return
	}
	v.Pass(first(p.Link.Evidence()), "%s leads to %s", p, p.Link.Uplink)
}

// whose names the partner heard on a port, with the host it belongs to when that is known.
func whose(p *topology.Port) string {
	id := p.Member.Partner.System.Value.String()
	if p.Link != nil {
		return id + " (" + p.Link.Uplink.Host.Name + ")"
	}
	return id
}

// otherDevice names the one device that is heard on all ports of a LAG of which none leads to a host, "" when that is not so.
func otherDevice(l *topology.LAG) (who string) {
	for _, p := range l.Lanes() {
		if p.Link != nil || p.DeclaredTo != nil || len(p.Remotes) != 1 || !p.Remotes[0].SystemName.Known() {
			return ""
		}
		if name := p.Remotes[0].SystemName.Value; who == "" {
			who = name
		} else if who != name {
			return ""
		}
	}
	return who
}
