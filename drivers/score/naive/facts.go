package naive

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Facts lists the known facts of a state by what they are about: "lag Port-Channel5 port Ethernet5 actor collecting".
func Facts(s *state.Switch) map[string]capture.Fact[string] { return flatten(s) }

type facts map[string]capture.Fact[string]

func put[T any](f facts, what string, v capture.Fact[T]) {
	if v.Known() {
		f[what] = capture.Of(norm(fmt.Sprint(v.Value)), v.From)
	}
}

// add notes one of several values: of the neighbours on one port.
func (f facts) add(what, value string, from capture.Span) {
	if old, ok := f[what]; ok {
		values := append(strings.Split(old.Value, "; "), value)
		slices.Sort(values)
		f[what] = capture.Of(strings.Join(values, "; "), old.From)
		return
	}
	f[what] = capture.Of(value, from)
}

// norm writes a value as all are compared: lower case, one space for any white space, addresses in one form.
func norm(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = s[1 : len(s)-1]
	}
	if len(s) >= 12 && strings.ContainsAny(s, ":.-") {
		if m, err := state.ParseMAC(s); err == nil {
			return m.String()
		}
	}
	return s
}

// short and long names of interfaces; units 0 of Junos and its mark for "up" are no part of a name here.
var longNames = [][2]string{{"Et", "Ethernet"}, {"Ma", "Management"}, {"Po", "Port-Channel"}, {"Vl", "Vlan"}, {"Lo", "Loopback"}, {"Vx", "Vxlan"}, {"Tu", "Tunnel"}}

func name(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(s), "*")
	for _, n := range longNames {
		if rest, ok := strings.CutPrefix(s, n[0]); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return n[1] + rest
		}
	}
	return strings.TrimSuffix(s, ".0")
}

func names(all []string) string {
	var out []string
	for _, n := range all {
		out = append(out, name(n))
	}
	slices.SortFunc(out, state.NaturalCompare)
	return strings.Join(slices.Compact(out), " ")
}

var bitNames = map[string]state.LACPBits{
	"activity": state.Activity, "short timeout": state.ShortTimeout, "aggregation": state.Aggregation, "synchronization": state.Synchronization,
	"collecting": state.Collecting, "distributing": state.Distributing, "defaulted": state.Defaulted, "expired": state.Expired,
}

// flatten lists the known facts of a state.
func flatten(s *state.Switch) facts {
	f := facts{}
	put(f, "hostname", s.Device.Hostname)
	put(f, "model", s.Device.Model)
	put(f, "serial", s.Device.Serial)
	put(f, "version", s.Device.Version)
	put(f, "chassis", s.Device.ChassisMAC)
	for _, m := range s.Members {
		put(f, "member "+m.ID+" serial", m.Serial)
		put(f, "member "+m.ID+" model", m.Model)
	}
	for _, i := range s.Interfaces {
		at := "interface " + name(i.Name)
		put(f, at+" admin", i.Admin)
		put(f, at+" oper", i.Oper)
		put(f, at+" description", i.Description)
		put(f, at+" mtu", i.MTU)
		put(f, at+" mac", i.MAC)
		put(f, at+" speed", i.Speed)
		put(f, at+" lag", i.Aggregator)
	}
	for i := range s.Aggregators {
		flattenLAG(f, &s.Aggregators[i])
	}
	flattenVLANs(f, s)
	for _, r := range s.Remotes {
		at := "lldp " + name(r.Interface)
		each := func(what string, v capture.Fact[string]) {
			if v.Known() {
				f.add(at+" "+what, norm(v.Value), v.From)
			}
		}
		id := func(i state.Identifier) (string, bool) { return i.ID, true }
		each("chassis", capture.Then(r.ChassisID, id))
		each("port", capture.Then(r.PortID, id))
		each("name", r.SystemName)
		each("description", r.SystemDescription)
		each("port description", r.PortDescription)
		for _, a := range r.ManagementAddresses {
			f.add(at+" address", a.Value.String(), a.From)
		}
	}
	for _, m := range s.MACs {
		f[fmt.Sprintf("mac %d %s", m.VID, m.MAC)] = capture.Of(norm(name(m.Interface)), m.From)
	}
	flattenMLAG(f, &s.MLAG)
	for _, v := range s.SVIs {
		for _, a := range v.Addresses {
			f.add("address "+name(v.Interface), a.Value.String(), a.From)
		}
	}
	for _, v := range s.VRFs {
		f["vrf "+v.Name] = capture.Of(names(v.Interfaces), v.From)
	}
	return f
}

func flattenLAG(f facts, a *state.Aggregator) {
	at := "lag " + name(a.Name)
	put(f, at+" protocol", a.Protocol)
	put(f, at+" oper", a.Oper)
	put(f, at+" min-links", a.MinLinks)
	put(f, at+" fallback", a.Fallback)
	var ports []string
	for _, p := range a.Ports {
		ports = append(ports, p.Name)
		at := at + " port " + name(p.Name)
		f[at] = capture.Of("member", p.From)
		put(f, at+" selected", p.Selected)
		put(f, at+" rx", p.RX)
		put(f, at+" tx", p.TX)
		for who, e := range map[string]*state.Endpoint{"actor": &p.Actor, "partner": &p.Partner} {
			at := at + " " + who
			put(f, at+" system", e.System)
			put(f, at+" system priority", e.SystemPriority)
			put(f, at+" key", e.Key)
			put(f, at+" port", e.Port)
			put(f, at+" port priority", e.PortPriority)
			for bit, mask := range bitNames {
				if has := e.State.Value.Has(mask); e.State.Known() && has != state.Unknown {
					f[at+" "+bit] = capture.Of(has.String(), e.State.From)
				}
			}
		}
	}
	f[at+" ports"] = capture.Of(names(ports), a.From)
}

func flattenVLANs(f facts, s *state.Switch) {
	var ids []state.VID
	for _, v := range s.VLANs {
		ids = append(ids, v.ID)
		put(f, fmt.Sprintf("vlan %d name", v.ID), v.Name)
		put(f, fmt.Sprintf("vlan %d active", v.ID), v.Active)
	}
	if s.Listed.VLANs.Known() {
		f["vlans"] = capture.Of(state.VIDs(ids...).String(), s.Listed.VLANs)
	}
	for _, b := range s.BridgePorts {
		at := "bridge " + name(b.Interface)
		put(f, at+" mode", b.Mode)
		put(f, at+" configured", b.Configured)
		put(f, at+" untagged", b.PVID)
		f[at] = capture.Of("present", b.From)
	}
}

func flattenMLAG(f facts, m *state.MLAG) {
	put(f, "mlag protocol", m.Protocol)
	put(f, "mlag state", m.StateWord)
	put(f, "mlag peered", m.Peered)
	put(f, "mlag role", m.Role)
	put(f, "mlag domain", m.Domain)
	put(f, "mlag system", m.SystemMAC)
	put(f, "mlag peer-link", m.PeerLink)
	put(f, "mlag peer-link oper", m.PeerLinkOper)
	put(f, "mlag peer address", m.PeerAddress)
	put(f, "mlag peer mac", m.PeerMAC)
	put(f, "mlag consistent", m.Consistent)
	for _, d := range m.Differences {
		f["mlag difference "+d.Where+" "+d.Parameter] = capture.Of(norm(d.Local+" / "+d.Peer), d.From)
	}
	for _, p := range m.Ports {
		at := "mlag port " + p.ID
		put(f, at+" local", p.Local)
		put(f, at+" peer", p.Peer)
		put(f, at+" state", p.State)
	}
}
