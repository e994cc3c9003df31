package nokia_srlinux

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// A network is a network instance.
type network struct {
	name, kind string
	vid        state.VID // of a mac-vrf
	members    []string
}

// networks are the instances of a switch. A VLAN that no port and no routed interface is in has none.
func networks(s *model.Switch) (out []network) {
	routed := []network{{name: "default", kind: "default"}, {name: "mgmt", kind: "ip-vrf", members: []string{"mgmt0.0"}}}
	for _, v := range s.VRFs {
		routed = append(routed, network{name: v.Name, kind: "ip-vrf"})
	}
	for _, v := range s.VLANs {
		n := network{name: v.Name, kind: "mac-vrf", vid: v.ID}
		if n.name == "default" {
			n.name = "vlan1"
		}
		for i := range s.Bridge {
			for _, l := range lanes(s, s.Bridge[i].Interface) {
				if l.vid == v.ID {
					n.members = append(n.members, l.name(s.Bridge[i].Interface))
				}
			}
		}
		for _, i := range s.SVIs {
			if i.VID == v.ID {
				n.members = append(n.members, i.Interface)
			}
		}
		if n.members != nil {
			out = append(out, n)
		}
	}
	for _, i := range s.SVIs {
		for k := range routed {
			if routed[k].name == i.VRF || i.VRF == "" && k == 0 {
				routed[k].members = append(routed[k].members, i.Interface)
			}
		}
	}
	return append(routed, out...)
}

func types(s *model.Switch) object {
	all := list{}
	for _, n := range networks(s) {
		all = append(all, object{"name": n.name, "type": n.kind})
	}
	return object{"network-instance": all}
}

func members(s *model.Switch) object {
	all := list{}
	for _, n := range networks(s) {
		in := list{}
		for _, m := range n.members {
			in = append(in, object{"name": m, "oper-state": operOf(s, m)})
		}
		if len(in) > 0 {
			all = append(all, object{"name": n.name, "interface": in})
		}
	}
	return object{"network-instance": all}
}

// operOf is the state of a subinterface.
func operOf(s *model.Switch, name string) string {
	for i := range s.Bridge {
		b := &s.Bridge[i]
		for _, l := range lanes(s, b.Interface) {
			if l.name(b.Interface) == name {
				return upDown(b.Oper)
			}
		}
	}
	for _, v := range s.SVIs {
		if v.Interface == name {
			return upDown(v.Oper)
		}
	}
	return "up"
}

var macTypes = map[state.MACKind]string{state.Dynamic: "learnt", state.StaticMAC: "static", state.PeerLearned: "evpn", state.OwnMAC: "irb-interface"}

func macs(s *model.Switch) object {
	all := list{}
	for _, n := range networks(s) {
		if n.kind != "mac-vrf" {
			continue
		}
		learned := list{}
		for _, m := range s.MACs {
			if m.VID != n.vid {
				continue
			}
			to := "irb-interface"
			for _, l := range lanes(s, m.Interface) {
				if l.vid == m.VID {
					to = l.name(m.Interface)
				}
			}
			learned = append(learned, object{"address": upper(m.MAC), "destination-type": "sub-interface", "type": macTypes[m.Kind], "last-update": s.Now.Format(clock),
				"destination": to})
		}
		table := object{}
		if len(learned) > 0 {
			table["mac"] = learned
		}
		all = append(all, object{"name": n.name, "bridge-table": object{"mac-table": table}})
	}
	return object{"network-instance": all}
}
