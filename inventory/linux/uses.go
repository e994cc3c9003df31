package linux

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A way is where frames leave the machine: over a team or NIC, with a tag or (0) without.
// The zero way leads nowhere: the frames stay on the machine.
type way struct {
	over    string
	vid     state.VID
	unclear bool // they leave, or may, and how was not understood
}

// A hop is a frame sent into a device, with a tag or (0) without.
type hop struct {
	device string
	vid    state.VID
}

// out follows a frame sent into a device. Devices that are stacked in a circle lead nowhere that is understood.
func (m *machine) out(name string, vid state.VID) way {
	at := hop{name, vid}
	if w, ok := m.ways[at]; ok {
		return w
	}
	m.ways[at] = way{unclear: true} // until it is known: who comes by again went in a circle
	w := m.follow(name, vid)
	m.ways[at] = w
	return w
}

func (m *machine) follow(name string, vid state.VID) way {
	l := m.links[name]
	switch {
	case m.vswitchInternal(name) != nil:
		return m.outVswitch(m.vswitchInternal(name), vid)
	case l == nil:
		return way{}
	case l.joins():
		return way{over: name, vid: vid}
	case m.isNIC(l):
		if p := m.vswitchMember(name); p != nil {
			return way{over: p.Name, vid: vid}
		}
		if l.joined() {
			return way{over: l.Master, vid: vid}
		}
		return way{over: name, vid: vid}
	}
	switch l.Kind {
	case "vlan":
		id := l.Data.Uint("id", 12)
		if vid != 0 || !id.Known() || l.Data.Word("protocol").Value == "802.1ad" {
			return way{unclear: true} // a tag in a tag
		}
		return m.out(l.Below, state.VID(id.Value))
	case "macvlan", "macvtap", "ipvlan", "ipvtap":
		return m.out(l.Below, vid)
	case "bridge":
		return m.outBridge(l, l, vid)
	case "openvswitch":
		return way{unclear: true} // it did not say to which bridge the device leads
	case "macsec":
		return way{unclear: true}
	case "vrf":
		return way{}
	}
	return way{unclear: len(m.under[name]) > 0} // whatever it is, it has others in it
}

// outBridge follows a frame that enters a bridge from one of its ports, or (the bridge itself) from the machine.
func (m *machine) outBridge(bridge, port *link, vid state.VID) way {
	up := m.uplink(bridge)
	if up == nil {
		return way{unclear: len(m.uplinks(bridge)) > 1}
	}
	if bridge.Filters() != state.No {
		if !m.filtered || bridge.Filters() == state.Unknown || port.vlans == nil || up.vlans == nil {
			return way{unclear: true}
		}
		if vid == 0 {
			vid = port.pvid
		}
		untagged, carried := up.vlans[vid]
		if _, admitted := port.vlans[vid]; !admitted || !carried {
			return way{} // the bridge drops it
		}
		if untagged {
			vid = 0
		}
	}
	return m.out(up.Name, vid)
}

// uplinks are the ports of a bridge that lead to a NIC.
func (m *machine) uplinks(bridge *link) map[*link]bool {
	if out, ok := m.uplinked[bridge.Name]; ok {
		return out
	}
	out := map[*link]bool{}
	m.uplinked[bridge.Name] = out
	for _, l := range m.under[bridge.Name] {
		if l.SlaveKind != "bridge" || l.Kind == "macvlan" {
			continue
		}
		if w := m.out(l.Name, 0); w.over != "" || w.unclear {
			out[l] = true
		}
	}
	return out
}

// uplink is the one uplink of a bridge, nil when there is none or several.
func (m *machine) uplink(bridge *link) *link {
	ups := m.uplinks(bridge)
	for up := range ups {
		if len(ups) == 1 {
			return up
		}
	}
	return nil
}

// outVswitch follows a frame that enters a bridge of Open vSwitch from one of its ports.
func (m *machine) outVswitch(p *ovs.Port, vid state.VID) way {
	up, unclear := m.vswitchUplink(p.Bridge)
	if up == nil {
		return way{unclear: unclear}
	}
	at, ok := p.VLANs.Admits(vid)
	if !ok {
		return way{unclear: !p.VLANs.Configured.Known()}
	}
	tag, ok := up.VLANs.Sends(at)
	if !ok {
		return way{unclear: !up.VLANs.Configured.Known()}
	}
	return way{over: m.teamOf(up), vid: tag}
}

// teamOf is the name by which the uplink port is known: its bond's, or its NIC's.
func (m *machine) teamOf(up *ovs.Port) string {
	if up.Bonded() {
		return up.Name
	}
	return m.out(up.Interfaces[0].Name, 0).over
}

// vswitchUplink returns the one port of a bridge that leads to a NIC, also through plain patch ports to another bridge. Without one,
// unclear tells whether there may be one after all.
func (m *machine) vswitchUplink(bridge string) (up *ovs.Port, unclear bool) {
	e, ok := m.exits[bridge]
	if !ok {
		m.exits[bridge] = exit{} // who comes by again finds nothing new
		e.up, e.unclear = m.findExit(bridge)
		m.exits[bridge] = e
	}
	return e.up, e.unclear
}

// An exit is the port through which a bridge of Open vSwitch leads to a NIC.
type exit struct {
	up      *ovs.Port
	unclear bool
}

func (m *machine) findExit(bridge string) (up *ovs.Port, unclear bool) {
	k := slices.IndexFunc(m.vswitch.Bridges, func(b ovs.Bridge) bool { return b.Name == bridge })
	if k < 0 {
		return nil, false
	}
	b := &m.vswitch.Bridges[k]
	if !capture.Is(b.Controlled, false) {
		return nil, true
	}
	var ups []*ovs.Port
	for _, p := range b.Ports {
		if m.isVswitchUplink(p) {
			ups = append(ups, p)
		}
	}
	if len(ups) == 0 {
		for _, p := range b.Ports {
			peer := m.patchPeer(p)
			if peer == nil {
				continue
			}
			far, doubt := m.vswitchUplink(peer.Bridge)
			unclear = unclear || doubt
			if far != nil {
				if !p.VLANs.Transparent() || !peer.VLANs.Transparent() {
					return nil, true
				}
				ups = append(ups, far)
			}
		}
	}
	if len(ups) == 1 {
		return ups[0], false
	}
	return nil, unclear || len(ups) > 1
}

func (m *machine) isVswitchUplink(p *ovs.Port) bool {
	if p.Bonded() {
		return true
	}
	if len(p.Interfaces) != 1 {
		return false
	}
	i := p.Interfaces[0]
	l := m.links[i.Name]
	return i.Type.Value == "dpdk" || l != nil && i.Type.Value == "" && (l.joins() || m.isNIC(l))
}

func (m *machine) bridgeFrom(name string) capture.Span {
	for i := range m.vswitch.Bridges {
		if m.vswitch.Bridges[i].Name == name {
			return m.vswitch.Bridges[i].From
		}
	}
	return capture.Span{}
}

func (m *machine) patchPeer(p *ovs.Port) *ovs.Port {
	if len(p.Interfaces) != 1 || p.Interfaces[0].Type.Value != "patch" {
		return nil
	}
	far, _ := m.vswitchInterface(p.Interfaces[0].Peer.Value)
	return far
}

// bridges lists the bridges that join several ways out of the machine.
func (m *machine) bridges() (out []inventory.HostBridge) {
	for _, name := range m.names {
		l := m.links[name]
		if l.Kind != "bridge" || l.Filters() != state.No || len(m.uplinks(l)) < 2 {
			continue
		}
		b := inventory.HostBridge{Name: l.Name, From: l.From}
		for _, port := range m.under[l.Name] {
			if w := m.out(port.Name, 0); m.uplinks(l)[port] && w.over != "" && !w.unclear {
				b.Ways = append(b.Ways, inventory.Way{Name: port.Name, From: port.From, Over: w.over, VID: w.vid})
			}
		}
		if len(b.Ways) > 1 {
			out = append(out, b)
		}
	}
	return out
}

// uses lists what the machine sends, and for whom.
func (m *machine) uses() []inventory.Use {
	var uses []inventory.Use
	for _, name := range m.names {
		l := m.links[name]
		uses = append(uses, m.slotUses(l)...)
		if p, _ := m.vswitchInterface(name); p != nil {
			continue // below
		}
		uses = append(uses, m.linkUses(l)...)
	}
	for p := range m.vswitch.Ports() {
		uses = append(uses, m.vswitchUses(p)...)
	}
	return uses
}

// slotUses are the virtual functions of a NIC that the machine does not use itself: a guest may have any of them. One without a VLAN of its
// own sends as its guest likes, with tags or without.
func (m *machine) slotUses(nic *link) (uses []inventory.Use) {
	if !m.isNIC(nic) {
		return nil
	}
	for _, s := range nic.slots {
		own := slices.ContainsFunc(m.names, func(name string) bool {
			l := m.links[name]
			return l != nic && l.Kind == "" && s.mac.Known() && !s.mac.Value.IsZero() && (l.MAC.Value == s.mac.Value || l.Permanent.Value == s.mac.Value)
		})
		if own {
			continue
		}
		u := inventory.Use{Name: s.name, From: s.from, Over: nic.Name, Kind: inventory.GuestPort}
		if s.vid.Value != 0 {
			u.VIDs, u.Tags = state.VIDs(state.VID(s.vid.Value)), state.No
		}
		uses = append(uses, u)
	}
	return uses
}

// linkUses are the uses of one kernel device.
func (m *machine) linkUses(l *link) []inventory.Use {
	bridge := m.links[l.Master]
	switch {
	case l.Kind == "bridge":
		uses := m.passage(l)
		if len(l.Addresses) > 0 {
			uses = append(uses, m.use(l, inventory.HostInterface, m.out(l.Name, 0))...)
		}
		return uses
	case bridge != nil && bridge.Kind == "bridge":
		if m.uplinks(bridge)[l] {
			return nil // its uses are the bridge's
		}
		return m.guest(bridge, l)
	case l.Master != "" && l.SlaveKind != "vrf":
		return nil
	case l.Kind == "macvtap" || l.Kind == "ipvtap":
		return m.use(l, inventory.GuestPort, m.out(l.Name, 0))
	case l.Kind == "vlan" || len(l.Addresses) > 0:
		return m.use(l, inventory.HostInterface, m.out(l.Name, 0))
	}
	return nil
}

// use is one thing that sends one VLAN; nothing when its frames stay on the machine, or where they leave is not understood.
func (m *machine) use(l *link, kind inventory.UseKind, w way) []inventory.Use {
	if w.unclear {
		m.lost(l.From, l.Name)
	}
	if w.over == "" {
		return nil
	}
	u := inventory.Use{Name: l.Name, From: l.From, Over: w.over, Kind: kind, VIDs: state.VIDs(w.vid), Untagged: w.vid == 0, Addresses: l.Addresses, MTU: l.MTU}
	if kind == inventory.HostInterface {
		u.Source = l.MAC
	}
	return []inventory.Use{u}
}

// lost notes something that sends, of which it is not understood where that leaves the machine.
func (m *machine) lost(from capture.Span, name string) {
	m.unclear = true
	why := name + ": where its frames leave the machine is not understood"
	if !m.noted[why] {
		m.noted[why] = true
		m.note(from, why)
	}
}

// passage is what a bridge lets through to its uplink.
func (m *machine) passage(bridge *link) []inventory.Use {
	up := m.uplink(bridge)
	if up == nil || up.Kind == "vlan" {
		return nil
	}
	u := inventory.Use{Name: bridge.Name, From: bridge.From, Over: m.out(up.Name, 0).over, Kind: inventory.TrunkPort}
	switch {
	case bridge.Filters() == state.No:
		u.VIDs, u.Untagged = state.AllVIDs, true
	case up.vlans != nil && bridge.Filters() == state.Yes:
		u.VIDs, u.Untagged = up.sends()
	default:
		return nil
	}
	return []inventory.Use{u}
}

// sends is what leaves a port of a filtering bridge: the tagged VLANs, and whether there is an untagged one.
func (l *link) sends() (tagged state.VIDSet, untagged bool) {
	var vids []state.VID
	for v, bare := range l.vlans {
		if bare {
			untagged = true
		} else {
			vids = append(vids, v)
		}
	}
	return state.VIDs(vids...), untagged
}

// guest is a port of a bridge at which a virtual machine or container plugs in. What it sends untagged, it needs. Of its tagged
// VLANs that is known only when somebody picked them: a port that has all of its bridge's was left as it was.
func (m *machine) guest(bridge, l *link) []inventory.Use {
	uses := m.use(l, inventory.GuestPort, m.outBridge(bridge, l, 0))
	for i := range uses {
		uses[i].Tags = m.passesTags(bridge)
	}
	if bridge.Filters() != state.Yes || m.uplink(bridge) == nil {
		return uses
	}
	var tagged []state.VID
	over := ""
	for v := range l.vlans {
		if v == l.pvid {
			continue
		}
		if w := m.outBridge(bridge, l, v); w.over != "" && w.vid != 0 {
			tagged, over = append(tagged, w.vid), w.over
		}
	}
	if len(tagged) == 0 {
		return uses
	}
	u := inventory.Use{Name: l.Name, From: l.From, Over: over, Kind: inventory.GuestPort, VIDs: state.VIDs(tagged...), Tags: state.Yes, MTU: l.MTU}
	all, _ := m.uplink(bridge).sends()
	if all.Minus(u.VIDs).Minus(state.VIDs(l.pvid)).Empty() {
		u.Kind, u.Guest = inventory.TrunkPort, true
	}
	return append(uses, u)
}

// passesTags answers whether tags that a guest sets itself leave the machine whatever they are. A bridge that keeps VLANs apart lets
// out what its port was given, and that is a use of its own; one that does not passes any, unless a VLAN interface puts a tag of its own
// round them.
func (m *machine) passesTags(bridge *link) state.Tri {
	switch up := m.uplink(bridge); {
	case bridge.Filters() == state.Yes, up != nil && up.Kind == "vlan":
		return state.No
	case bridge.Filters() == state.Unknown || up == nil:
		return state.Unknown
	}
	return state.Yes
}

// vswitchUses are the uses of one port of Open vSwitch.
func (m *machine) vswitchUses(p *ovs.Port) []inventory.Use {
	if m.isVswitchUplink(p) {
		return m.vswitchPassage(p)
	}
	if len(p.Interfaces) != 1 || m.patchPeer(p) != nil {
		return nil
	}
	i := p.Interfaces[0]
	l := m.links[i.Name]
	if l == nil {
		l = &link{Link: kernel.Link{Name: i.Name}}
	}
	kind := inventory.GuestPort
	switch i.Type.Value {
	case "internal":
		kind = inventory.HostInterface
		// Each bridge has a port of its own name; unless somebody tagged it or gave it an address it sends nothing.
		if p.Name == p.Bridge && p.VLANs.Mode.Value != state.Access && len(l.Addresses) == 0 {
			return nil
		}
	case "", "system", "tap", "dpdkvhostuser", "dpdkvhostuserclient":
	default:
		return nil // a tunnel
	}
	up, unclear := m.vswitchUplink(p.Bridge)
	u := inventory.Use{Name: p.Name, From: p.From, Kind: kind, Addresses: l.Addresses, MTU: l.MTU}
	if !u.MTU.Known() {
		u.MTU = i.MTU
	}
	if kind == inventory.HostInterface {
		u.Source = l.MAC
	}
	switch {
	case up == nil && !unclear:
		return nil
	case up == nil || !p.VLANs.Configured.Known() || !up.VLANs.Configured.Known():
		m.lost(m.bridgeFrom(p.Bridge), "bridge "+p.Bridge)
		return nil
	}
	u.Over = m.teamOf(up)
	return m.tags(u, p, up)
}

// tags says with which tags the frames of a port leave over the uplink.
func (m *machine) tags(u inventory.Use, p, up *ovs.Port) []inventory.Use {
	var uses []inventory.Use
	if at, ok := p.VLANs.Admits(0); ok {
		if tag, ok := up.VLANs.Sends(at); ok {
			bare := u
			bare.VIDs, bare.Untagged = state.VIDs(tag), tag == 0
			if u.Kind == inventory.GuestPort {
				bare.Tags = state.No // what the port lets out with a tag of the guest's is a use of its own
			}
			uses = append(uses, bare)
		}
	}
	if p.VLANs.Mode.Value != state.Trunk {
		return uses
	}
	set := p.VLANs.Configured.Value.Minus(state.VIDs(p.VLANs.PVID.Value)).Intersect(up.VLANs.Configured.Value)
	u.VIDs, u.Untagged = set.Minus(up.VLANs.Untagged.Value), !set.Intersect(up.VLANs.Untagged.Value).Empty()
	if u.Kind == inventory.GuestPort {
		u.Tags = state.Yes
	}
	if !capture.Is(p.VLANs.Explicit, true) {
		if u.Kind == inventory.HostInterface {
			return uses // VLAN interfaces on it are listed themselves
		}
		u.Kind, u.Guest = inventory.TrunkPort, true
	}
	if u.VIDs.Empty() && !u.Untagged {
		return uses
	}
	return append(uses, u)
}

// vswitchPassage is what the uplink port of a bridge lets through.
func (m *machine) vswitchPassage(up *ovs.Port) []inventory.Use {
	if !up.VLANs.Configured.Known() {
		return nil
	}
	_, bare := up.VLANs.Admits(0)
	return []inventory.Use{{Name: up.Bridge, From: up.From, Over: m.teamOf(up), Kind: inventory.TrunkPort,
		VIDs: up.VLANs.Configured.Value.Minus(up.VLANs.Untagged.Value), Untagged: bare}}
}
