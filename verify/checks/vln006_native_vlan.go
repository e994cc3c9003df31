package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN006: the untagged VLAN of a trunk is not the default VLAN and no access port's.
var VLN006 = add(&verify.Check{
	ID:    "VLN-006",
	Title: "the untagged VLAN of a trunk is not the default VLAN and no access port's",
	Doc: `What arrives on a trunk without a tag lands in its untagged (native) VLAN. Where that is VLAN 1, it is the VLAN of every port that nobody has configured.
Where access ports are in it, whoever sits on one of them can send frames with two tags: the trunk takes the outer one off, and the frame goes on into
the VLAN of the inner one. Give trunks an untagged VLAN that nothing else uses, or none. The effective untagged VLAN counts: a trunk that drops untagged
frames passes. It warns, and fails with policy: {strict_vlans: true}. A declared network that uses VLAN 1 is the site's choice.`,
	Cites: []standard.Clause{standard.STIG("SRG-NET-000512-L2S-000012"), standard.STIG("SRG-NET-000512-L2S-000013"), standard.STIG("CISC-L2-000260"),
		standard.STIG("CISC-L2-000270"), standard.STIG("JUEX-L2-000240"), standard.STIG("JUEX-L2-000250")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		return slices.Concat(nativeOfUplinks(f), nativeOfTrunks(f))
	},
})

var nativeOfUplinks = verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
	if p := portOf(&v, u); p != nil {
		judgeTrunkNative(&v, p)
	}
	return v
})

var nativeOfTrunks = verify.Each(func(f *topology.Fabric) []*topology.Trunk { return f.Trunks }, func(t *topology.Trunk) (v verify.Verdict) {
	judgeTrunkNative(&v, t.A)
	if far := farEnd(t); far != nil {
		judgeTrunkNative(&v, far)
	} else {
		noFarEnd(&v, t)
	}
	return v
})

// noFarEnd says unknown for a cable of which only one end is known.
func noFarEnd(v *verify.Verdict, t *topology.Trunk) {
	v.Unknown("%s: not known at which port it ends", t).Missing("LLDP between the switches, or the cable under links: in the inventory")
}

func judgeTrunkNative(v *verify.Verdict, p *topology.Port) {
	if down(v, p) || linkUnknown(v, p) || vlanSettings(v, p) == nil {
		return
	}
	b := p.Bridge
	switch {
	case !b.Mode.Known() || !b.PVID.Known():
		v.Unknown("%s: VLAN mode or untagged VLAN not reported", p).Missing("the mode and the untagged (native) VLAN of %s", p)
	case b.Mode.Value == state.Access:
		v.NotApplicable("%s is an access port", p)
	case b.PVID.Value == 0:
		v.Pass(b.PVID.From, "%s drops untagged frames", p)
	case b.PVID.Value == 1 && len(p.Switch.Fabric.NetworksOf(1)) > 0:
		v.NotApplicable("VLAN 1 is declared as network %s", p.Switch.Fabric.NetworksOf(1)[0].Name)
	case b.PVID.Value == 1:
		v.Note(byPolicy(p.Switch.Fabric), b.PVID.From, "%s has the default VLAN, 1, as its untagged VLAN", p).
			Fix("give %s an untagged VLAN that nothing else uses, or let it drop untagged frames", p)
	default:
		judgeShared(v, p)
	}
}

// judgeShared looks for access ports in the untagged VLAN of a trunk.
func judgeShared(v *verify.Verdict, p *topology.Port) {
	at, s := p.Bridge.PVID, p.Switch
	in, vague := s.AccessPorts(at.Value)
	var names []string
	for _, b := range in {
		names = append(names, b.Interface)
	}
	switch {
	case len(in) > 0:
		v.Note(byPolicy(s.Fabric), at.From, "%s has untagged VLAN %d, in which %s has access ports: %s", p, at.Value, s.Name, few(names)).Also(in[0].PVID.From).
			Fix("give %s an untagged VLAN that no access port is in", p)
	case len(vague) > 0:
		v.Unknown("%s has untagged VLAN %d, and not known of %s is whether it is an access port in it: %s", p, at.Value, s.Name, few(vague)).
			Missing("the VLAN settings of %s", s.Name)
	case !s.Listed.BridgePorts.Known():
		v.Unknown("%s has untagged VLAN %d, and %s did not list all its ports with VLANs", p, at.Value, s.Name).Missing("the VLAN settings of %s", s.Name)
	default:
		v.Pass(at.From, "%s has untagged VLAN %d, in which %s has no access port", p, at.Value, s.Name).Also(s.Listed.BridgePorts)
	}
}

// byPolicy tells how a departure from good practice is noted: as a failure where the site asks for it, else as a warning.
func byPolicy(f *topology.Fabric) verify.Outcome {
	if f.Inventory.Policy.StrictVLANs {
		return verify.Fail
	}
	return verify.Warn
}

// few joins names, and counts what is left of many.
func few(names []string) string {
	const most = 4
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
