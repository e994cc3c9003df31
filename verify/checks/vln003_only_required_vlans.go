package checks

import (
	"slices"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN003: uplinks carry only VLANs that the host needs.
var VLN003 = add(&verify.Check{
	ID:    "VLN-003",
	Title: "uplinks carry only VLANs that the host needs",
	Doc: `Every further VLAN on a hypervisor's trunk is a network that a misconfigured or hostile guest may reach, and broadcast load for nothing. The configured
list counts. It warns, and fails with policy: {strict_vlans: true} for hosts whose networks are declared. That no traffic was seen does not make a VLAN
unneeded: what is needed is what networks: and the host's own port groups say.`,
	Cites:    []standard.Clause{standard.STIG("ESXI-06-000068"), standard.Grundschutz("NET.3.1.A1", "B"), standard.Grundschutz("NET.1.1.A24", "S"), standard.PCI("1.2.7")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || vlanSettings(&v, p) == nil {
			return v
		}
		switch {
		case !p.Bridge.Configured.Known():
			v.Unknown("%s: allowed VLANs not reported", p).Missing("the VLAN settings of %s", p)
		case len(u.Host.Required) == 0 && !slices.ContainsFunc(u.Host.Uses, func(x inventory.Use) bool { return x.Kind != inventory.TrunkPort }):
			v.Unknown("%s: nothing says which VLANs it needs", u).Missing("networks: and clusters: in the inventory, or a source that reports the host's port groups")
		default:
			judgeSurplus(&v, u, p)
		}
		return v
	}),
})

func judgeSurplus(v *verify.Verdict, u *topology.Uplink, p *topology.Port) {
	need := needed(u)
	wanted := need.vids
	for _, r := range need.loose {
		wanted = wanted.Union(r.Network.VLANs)
	}
	have := p.Bridge.Configured
	how := verify.Warn
	if u.Host.Fabric.Inventory.Policy.StrictVLANs && len(u.Host.Required) > 0 {
		how = verify.Fail
	}
	if surplus := have.Value.Minus(wanted); !surplus.Empty() {
		v.Note(how, have.From, "%s allows VLAN %s, which %s does not need (it needs %s)", p, surplus, u, wanted).
			Fix("allow only VLAN %s on %s", wanted, p)
		return
	}
	v.Pass(have.From, "%s allows only what %s needs: %s", p, u, have.Value)
}
