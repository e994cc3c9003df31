// Package openvswitch is the driver for Open vSwitch used as a switch: our live lab's, or one on a Linux machine.
//
// What differs from other switches:
//   - There is no VLAN database: every VID exists and is active. Switch.VLANs stays empty and Listed.VLANs zero;
//     BridgePort.Members, the VLANs of the port's columns, is authoritative. Where a controller, fail mode "secure" or
//     flows of somebody's own rule the bridge, the columns do not say what is forwarded: Members is unknown then.
//   - A bond without LACP is no 802.1AX aggregator: "active-backup" and "balance-slb" use each member on its own and
//     need nothing of the other end. Its members are reported as bridge ports of their own, the idle one of an
//     active-backup bond as blocking. "balance-tcp" without LACP is a static aggregator that takes in no frame.
//   - What routes is the machine, over its internal ports: these are the SVIs, and their addresses stay unknown.
//   - There is no multi-chassis protocol: two switches may present one LACP system, and neither knows of the other.
//   - Spanning tree does not run on bonds; a bond always forwards.
package openvswitch

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/lldpd"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// Driver reads Open vSwitch over a shell.
var Driver = &drivers.Driver{
	Name:    "openvswitch",
	Title:   "Open vSwitch",
	Aliases: []string{"ovs", "ovs-bridge"},
	Privileges: "A login that may run ovs-vsctl, ovs-appctl, ovs-ofctl and lldpcli: root, or sudo without a password (sudo: true). " +
		"Without lldpcli neighbours stay unknown.",
	Access:   []drivers.Access{drivers.Exec},
	Commands: commands(),
	Refusal:  ovs.Refusal,
	Parse:    parse,
}

func commands() []drivers.Command {
	return slices.Concat(
		[]drivers.Command{
			{Line: ovs.HostnameLine, Gives: "host name"},
			{Line: ovs.VersionLine, Gives: "version of the running switch"},
		},
		ovs.Commands(false),
		[]drivers.Command{
			{Line: ovs.FlowsLine, Each: ovs.Bridges, Gives: "whether flows of somebody's own rule the bridge"},
			{Line: ovs.FDBLine, Each: ovs.Bridges, Gives: "learned addresses", Optional: true},
			{Line: lldpd.ChassisLine, Format: drivers.JSON, Gives: "own LLDP chassis identifier", Optional: true},
			{Line: lldpd.NeighboursLine, Format: drivers.JSON, Gives: "LLDP neighbours", Optional: true},
		})
}

func parse(c *capture.Capture) (*state.Switch, error) {
	s := &state.Switch{Name: c.Device, Platform: "openvswitch", MTUScope: state.MTUOfPayload, NoVLANNames: true}
	v := ovs.Read(c)
	s.Unread = v.Unread
	s.Listed.Interfaces, s.Listed.LACP = v.ListedInterfaces, v.ListedLACP
	if v.ListedBridges.Known() && v.ListedInterfaces.Known() {
		s.Listed.Aggregators, s.Listed.BridgePorts, s.Listed.SVIs = v.ListedPorts, v.ListedPorts, v.ListedPorts
	}
	s.Device.Hostname = ovs.Hostname(c)
	s.Device.Version = version(c.Reply(ovs.VersionLine))
	// One daemon on one machine that knows of no peer: the list of its bridges is all there is.
	s.Device.Stacked = capture.Of(false, v.ListedBridges)
	s.MLAG.Protocol = capture.Of(state.NoMLAG, v.ListedBridges)

	for i := range v.Bridges {
		b := &v.Bridges[i]
		own := ownFlows(c, b)
		if own != "" {
			s.Unread = append(s.Unread, state.Unread{From: b.From, Why: "bridge " + b.Name + ": " + own})
		}
		for _, p := range b.Ports {
			addPort(s, p, own == "")
		}
	}
	addSTP(s, v)
	addMACs(s, c, v)
	addLLDP(s, c)
	s.Sort()
	return s, nil
}

// versions are such as 3.3.0 and 2.17.90-dirty.
var versions = regexp.MustCompile(`^[0-9][0-9A-Za-z.+~_-]*$`)

func version(r *capture.Reply) capture.Fact[string] {
	if !r.Usable() {
		return capture.Fact[string]{}
	}
	for at, line := range r.Lines() {
		_, v, ok := strings.Cut(line, "(Open vSwitch) ")
		if ok && versions.MatchString(v) && at+len(line) < len(r.Data) {
			end := at + len(line)
			return capture.Of(v, r.Span(end-len(v), end))
		}
	}
	return capture.Fact[string]{}
}

// ownFlows returns why the VLAN columns do not say what the bridge forwards, "" when they do: it stands alone and has
// the one flow, "all: NORMAL", that a bridge begins with.
func ownFlows(c *capture.Capture, b *ovs.Bridge) string {
	switch {
	case !b.Controlled.Known():
		return "whether a controller rules it was not reported"
	case b.Controlled.Value:
		return "a controller rules what it forwards: VLAN columns of its ports may not"
	}
	r := c.Reply(strings.Replace(ovs.FlowsLine, "%s", b.Name, 1))
	if !r.Usable() {
		return "its number of flows was not reported"
	}
	for at, line := range r.Lines() {
		if at+len(line) >= len(r.Data) {
			continue
		}
		for _, word := range strings.Fields(line) {
			if n, ok := strings.CutPrefix(word, "flow_count="); ok {
				if n == "1" {
					return ""
				}
				return "it has flows of its own: VLAN columns of its ports may not say what it forwards"
			}
		}
	}
	return "its number of flows was not understood"
}

// addPort adds the interfaces of a port and what it is to the bridge. normal: the bridge forwards by the VLAN columns.
func addPort(s *state.Switch, p *ovs.Port, normal bool) {
	aggregator, from := "", p.From
	protocol := p.Protocol()
	if len(p.Interfaces) > 0 && (!protocol.Known() || protocol.Value != 0) {
		aggregator, from = p.Name, p.NameFrom
		s.Aggregators = append(s.Aggregators, newAggregator(p, protocol))
	}
	for _, i := range p.Interfaces {
		one := newInterface(i)
		if one.Kind == 0 && i.Type.Known() {
			s.Unread = append(s.Unread, state.Unread{From: i.Type.From, Why: "interface type " + i.Type.Value + " is not known"})
		}
		if protocol.Known() {
			one.Aggregator = capture.Of(aggregator, from)
		}
		s.Interfaces = append(s.Interfaces, one)
		if i.Type.Value == "internal" {
			s.SVIs = append(s.SVIs, ownInterface(p, i))
		}
		if aggregator == "" {
			s.BridgePorts = append(s.BridgePorts, bridgePort(i.Name, p, normal))
		}
	}
	if aggregator != "" {
		s.BridgePorts = append(s.BridgePorts, bridgePort(p.Name, p, normal))
		if p.Bonded() {
			s.Interfaces = append(s.Interfaces, state.Interface{Name: p.Name, From: p.From, Kind: state.Aggregate,
				Oper: p.Oper(), MTU: smallestMTU(p), Bridged: capture.Of(true, p.From)})
		}
	}
}

// smallestMTU is that of a bond, which has none of its own: any frame may go over any member. Unknown when one is.
func smallestMTU(p *ovs.Port) (mtu capture.Fact[int]) {
	for _, i := range p.Interfaces {
		if !i.MTU.Known() {
			return capture.Fact[int]{}
		}
		if !mtu.Known() || i.MTU.Value < mtu.Value {
			mtu = i.MTU
		}
	}
	return mtu
}

// ownInterface is an interface of the machine itself in the bridge. A tag puts it into one VLAN; without one it may be in any. Its
// addresses are the machine's, which Open vSwitch does not know.
func ownInterface(p *ovs.Port, i *ovs.Interface) state.SVI {
	svi := state.SVI{Interface: i.Name, From: i.From, Oper: i.Link}
	if capture.Is(p.VLANs.Mode, state.Access) {
		svi.VID = p.VLANs.PVID
	}
	if capture.Is(i.Admin, state.Down) {
		svi.Oper = i.Admin
	}
	return svi
}

func newInterface(i *ovs.Interface) state.Interface {
	kind := kinds[i.Type.Value]
	if !i.Type.Known() {
		kind = 0
	}
	return state.Interface{
		Name: i.Name, From: i.From, Kind: kind,
		Admin: i.Admin, Oper: i.Link, OperReason: i.Error,
		Speed: i.Speed, Duplex: i.Duplex, MTU: i.MTU, MAC: i.MAC,
		Bridged: capture.Of(true, i.From), Transitions: i.Resets,
	}
}

// kinds are the types of an interface. A device of the system takes a cable, or is where a guest plugs in.
var kinds = map[string]state.InterfaceKind{
	"": state.Physical, "system": state.Physical, "tap": state.Physical, "netdev": state.Physical,
	"dpdk": state.Physical, "dpdkvhostuser": state.Physical, "dpdkvhostuserclient": state.Physical,
	"afxdp": state.Physical, "afxdp-nonpmd": state.Physical,
	"internal": state.Routed,
	"patch":    state.Logical, "vxlan": state.Logical, "geneve": state.Logical, "gre": state.Logical, "ip6gre": state.Logical,
	"erspan": state.Logical, "ip6erspan": state.Logical, "stt": state.Logical, "lisp": state.Logical,
	"gtpu": state.Logical, "bareudp": state.Logical, "srv6": state.Logical,
}

func newAggregator(p *ovs.Port, protocol capture.Fact[state.AggregationProtocol]) state.Aggregator {
	a := state.Aggregator{Name: p.Name, From: p.From, Protocol: protocol, Oper: p.Oper(),
		// There is no minimum: one enabled member is enough.
		MinLinks: capture.Of(1, p.From),
		// Nor is there any multi-chassis protocol.
		MLAGID: capture.Of("", p.From)}
	if capture.Is(protocol, state.LACP) {
		a.Fallback, a.FallbackActive = p.Fallback()
	}
	for _, i := range p.Interfaces {
		a.Ports = append(a.Ports, p.AggregationPort(i))
	}
	return a
}

func bridgePort(name string, p *ovs.Port, normal bool) state.BridgePort {
	b := state.BridgePort{Interface: name, From: p.From, Mode: p.VLANs.Mode, Configured: p.VLANs.Configured, Explicit: p.VLANs.Explicit}
	if normal { // and nothing negotiates: the columns are the configuration
		b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
		b.Members, b.PVID, b.Untagged = p.VLANs.Configured, p.VLANs.PVID, p.VLANs.Untagged
		b.Protected = p.Protected
	}
	return b
}

var stpStates = map[string]state.STPState{
	"forwarding": state.Forwarding, "Forwarding": state.Forwarding,
	"blocking": state.Blocking, "listening": state.Blocking, "learning": state.Blocking, "disabled": state.Blocking,
	"Discarding": state.Blocking, "Learning": state.Blocking, "Disabled": state.Blocking,
}

// stpReserve are the port roles that tell that a port waits to take over. A root or designated port that is blocked is on its
// way to forwarding, or is held back: nobody knows which.
var stpReserve = map[string]bool{"Alternate": true, "Backup": true, "alternate": true, "backup": true}

// addSTP lists what spanning tree, or an active-backup bond, keeps from forwarding. The table is whole when every port
// of a bridge with spanning tree said its state; bonds and the machine's own interfaces are outside of it.
func addSTP(s *state.Switch, v *ovs.Vswitch) {
	whole := v.ListedPorts.Known() && v.ListedInterfaces.Known()
	for i := range v.Bridges {
		b := &v.Bridges[i]
		if !b.STP.Known() || !b.RSTP.Known() {
			whole = false
			continue
		}
		for _, p := range b.Ports {
			whole = addBlocked(s, p, b.RSTP.Value, b.STP.Value) && whole
		}
	}
	if whole {
		s.Listed.STP = v.ListedBridges
		if len(s.STP) > 0 {
			s.Listed.STP = v.ListedPorts
		}
	}
}

func addBlocked(s *state.Switch, p *ovs.Port, rstp, stp bool) (known bool) {
	if p.Bonded() {
		return addIdle(s, p)
	}
	if !rstp && !stp || len(p.Interfaces) == 1 && p.Interfaces[0].Type.Value == "internal" {
		return true
	}
	from, key, role, off := p.Status, "stp_state", "stp_role", "stp-enable"
	if rstp {
		from, key, role, off = p.RSTPStatus, "rstp_port_state", "rstp_port_role", "rstp-enable"
	}
	if left := ovs.Entry(p.Config, off).Str(); capture.Is(left, "false") { // it takes no part, and forwards (ovs-vswitchd.conf.db(5))
		s.STP = append(s.STP, state.STPPort{Interface: p.Name, VIDs: state.AllVIDs, State: capture.Of(state.Forwarding, left.From)})
		return true
	}
	word := tree.Word(ovs.Entry(from, key), stpStates)
	if word.Known() {
		t := state.STPPort{Interface: p.Name, VIDs: state.AllVIDs, State: word}
		if rstp {
			t.Edge = p.Edge()
		}
		if word.Value == state.Blocking {
			t.Alternate = tree.Word(ovs.Entry(from, role), stpReserve)
		}
		s.STP = append(s.STP, t)
	}
	return word.Known()
}

// addIdle lists the members of an active-backup bond that are not the active one: what arrives on them is dropped.
func addIdle(s *state.Switch, p *ovs.Port) (known bool) {
	if p.Speaks() == state.Yes {
		return true
	}
	if !p.BondMode.Known() || p.Speaks() == state.Unknown {
		return false
	}
	if p.BondMode.Value == "balance-slb" || p.BondMode.Value == "balance-tcp" {
		return true
	}
	if p.Bond == nil || !p.Bond.Active.Known() {
		return false
	}
	for _, i := range p.Interfaces {
		if i.Name != p.Bond.Active.Value {
			idle := p.Bond.Active.From
			s.STP = append(s.STP, state.STPPort{Interface: i.Name, VIDs: state.AllVIDs, State: capture.Of(state.Blocking, idle),
				Alternate: p.Bond.Enabled[i.Name]})
		}
	}
	return true
}

func addLLDP(s *state.Switch, c *capture.Capture) {
	id, unread := lldpd.Chassis(c.Reply(lldpd.ChassisLine))
	s.Unread = append(s.Unread, unread...)
	s.Device.ChassisMAC = capture.Then(id, state.Identifier.MAC)
	s.Remotes, s.Listed.Remotes, unread = lldpd.Neighbours(c.Reply(lldpd.NeighboursLine))
	s.Unread = append(s.Unread, unread...)
}
