package ovs

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// A Vswitch is what one ovs-vswitchd said. Slices are sorted by name.
type Vswitch struct {
	Bridges []Bridge
	Unread  []state.Unread

	// Spans of the replies that list all there is, zero when they were not answered or not understood.
	ListedBridges, ListedPorts, ListedInterfaces, ListedLACP capture.Span

	byName map[string]*Port
}

// A Bridge is one bridge with its ports.
type Bridge struct {
	Name  string
	From  capture.Span
	STP   capture.Fact[bool] // stp_enable
	RSTP  capture.Fact[bool] // rstp_enable; wins over STP
	Ports []*Port

	// Controlled: a controller or fail mode "secure" rules what the bridge forwards, and not the ports' VLAN columns.
	Controlled capture.Fact[bool]
}

// A Port is a port of a bridge: one interface, or a bond of several.
type Port struct {
	Name       string
	From       capture.Span // its row
	NameFrom   capture.Span // its name there
	Bridge     string
	Interfaces []*Interface
	BondMode   capture.Fact[string] // "balance-tcp"; known "" when none is set, which means active-backup
	LACP       capture.Fact[string] // "active", "passive", "off"; known "" when none is set, which means off
	VLANs      VLANs
	Protected  capture.Fact[bool] // no frames between it and other protected ports
	Status     tree.Node          // map with stp_state
	RSTPStatus tree.Node          // map with rstp_port_state
	Config     tree.Node          // other_config
	Bond       *Bond              // nil: not reported
	members    map[string]*Member // LACP
}

// Bonded reports whether the port joins several interfaces.
func (p *Port) Bonded() bool { return len(p.Interfaces) > 1 }

// Speaks reports whether the port runs LACP; unknown when the column was not reported.
func (p *Port) Speaks() state.Tri {
	switch {
	case !p.LACP.Known():
		return state.Unknown
	case p.LACP.Value == "active" || p.LACP.Value == "passive":
		return state.Yes
	}
	return state.No
}

// Edge reports whether the rapid spanning tree takes the port for an edge port: true when it was told so. It finds that out by itself
// unless it was told not to, and does not say what it found: then it is unknown (ovs-vswitchd.conf.db(5), "rstp-port-auto-edge").
func (p *Port) Edge() capture.Fact[bool] {
	if admin := Entry(p.Config, "rstp-port-admin-edge").Str(); capture.Is(admin, "true") {
		return capture.Of(true, admin.From)
	}
	if auto := Entry(p.Config, "rstp-port-auto-edge").Str(); capture.Is(auto, "false") {
		return capture.Of(false, auto.From)
	}
	return capture.Fact[bool]{}
}

// Member returns what LACP says of an interface of the port, or nil.
func (p *Port) Member(iface string) *Member { return p.members[iface] }

// An Interface is a network device of a port.
type Interface struct {
	Name     string
	From     capture.Span
	Type     capture.Fact[string] // "" is a device of the system, "internal", "patch", "vxlan", "dpdk", …
	Driver   capture.Fact[string] // of a system device: "ixgbe", "veth", "tun"
	Admin    capture.Fact[state.Status]
	Link     capture.Fact[state.Status]
	Error    capture.Fact[string]
	Speed    capture.Fact[uint64] // bit/s
	Duplex   capture.Fact[state.Duplex]
	MTU      capture.Fact[int] // without Ethernet header
	MAC      capture.Fact[state.MAC]
	OpenFlow capture.Fact[uint64] // port number on its bridge
	Resets   capture.Fact[uint64] // changes of the link's state
	Peer     capture.Fact[string] // of a patch port: the interface at its other end
}

// Read parses what the capture holds of the replies to Commands. What was not answered stays unknown.
func Read(c *capture.Capture) *Vswitch {
	v := &Vswitch{}
	interfaces, ifacesListed := v.table(c.Reply(interfacesLine))
	ports, portsListed := v.table(c.Reply(portsLine))
	bridges, bridgesListed := v.table(c.Reply(bridgesLine))
	v.ListedInterfaces, v.ListedPorts, v.ListedBridges = ifacesListed, portsListed, bridgesListed

	ifaceOf := map[string]*Interface{}
	for _, row := range interfaces {
		if i := readInterface(row); i.Name != "" {
			ifaceOf[uuid(row.cell("_uuid"))] = i
		}
	}
	portOf := map[string]*Port{}
	for _, row := range ports {
		if p := v.readPort(row, ifaceOf); p != nil {
			portOf[uuid(row.cell("_uuid"))] = p
		}
	}
	for _, row := range bridges {
		if b := v.readBridge(row, portOf); b.Name != "" {
			v.Bridges = append(v.Bridges, b)
		}
	}
	slices.SortFunc(v.Bridges, func(a, b Bridge) int { return state.NaturalCompare(a.Name, b.Name) })
	v.byName = map[string]*Port{}
	for p := range v.Ports() {
		if v.byName[p.Name] == nil {
			v.byName[p.Name] = p
		}
	}
	v.readBonds(c.Reply(bondLine))
	v.readLACP(c.Reply(lacpLine))
	v.readStats(c.Reply(statsLine))
	return v
}

// Ports yields the ports of all bridges.
func (v *Vswitch) Ports() func(yield func(*Port) bool) {
	return func(yield func(*Port) bool) {
		for i := range v.Bridges {
			for _, p := range v.Bridges[i].Ports {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Port returns the port of that name, or nil. Names are unique over all bridges.
func (v *Vswitch) Port(name string) *Port { return v.byName[name] }

func (v *Vswitch) note(from capture.Span, why string) {
	v.Unread = append(v.Unread, state.Unread{From: from, Why: why})
}

func (v *Vswitch) table(r *capture.Reply) ([]row, capture.Span) {
	rows, why := table(r)
	switch {
	case why != "":
		v.note(r.Whole(), why)
		return nil, capture.Span{}
	case !r.Usable():
		return nil, capture.Span{}
	}
	return rows, r.Whole()
}

var statuses = map[string]state.Status{"up": state.Up, "down": state.Down}
var duplexes = map[string]state.Duplex{"full": state.Full, "half": state.Half}

func readInterface(row row) *Interface {
	return &Interface{
		Name:   row.cell("name").NonEmpty().Value,
		From:   row.from.Span(),
		Type:   row.cell("type").Str(),
		Driver: Entry(row.cell("status"), "driver_name").Str(),
		Admin:  tree.Word(row.cell("admin_state"), statuses),
		Link:   tree.Word(row.cell("link_state"), statuses),
		Error:  row.cell("error").NonEmpty(),
		Speed: capture.Then(row.cell("link_speed").Uint(64), func(n uint64) (uint64, bool) {
			return n, n > 0 // 0 is what a device without a speed has
		}),
		Duplex: tree.Word(row.cell("duplex"), duplexes),
		MTU:    capture.Then(row.cell("mtu").Uint(31), func(n uint64) (int, bool) { return int(n), true }),
		MAC: capture.Then(row.cell("mac_in_use").Str(), func(s string) (state.MAC, bool) {
			m, err := state.ParseMAC(s)
			return m, err == nil
		}),
		Resets:   row.cell("link_resets").Uint(64),
		OpenFlow: row.cell("ofport").Uint(32), // -1 when the device could not be opened
		Peer:     Entry(row.cell("options"), "peer").NonEmpty(),
	}
}

// bondModes and lacpModes are the words that the columns may hold; another one is not understood.
var bondModes = []string{"", "active-backup", "balance-slb", "balance-tcp"}
var lacpModes = []string{"", "active", "passive", "off"}

func (v *Vswitch) readPort(row row, ifaceOf map[string]*Interface) *Port {
	p := &Port{
		Name:       row.cell("name").NonEmpty().Value,
		From:       row.from.Span(),
		NameFrom:   row.cell("name").Span(),
		BondMode:   v.oneOf(row.cell("bond_mode"), bondModes),
		LACP:       v.oneOf(row.cell("lacp"), lacpModes),
		Status:     row.cell("status"),
		RSTPStatus: row.cell("rstp_status"),
		Config:     row.cell("other_config"),
		Protected:  row.cell("protected").Bool(),
	}
	if p.Name == "" {
		return nil
	}
	for ref := range items(row.cell("interfaces")) {
		if i := ifaceOf[uuid(ref)]; i != nil {
			p.Interfaces = append(p.Interfaces, i)
		} else if v.ListedInterfaces.Known() {
			v.note(ref.Span(), "port "+p.Name+" names an interface that was not listed")
		}
	}
	slices.SortFunc(p.Interfaces, func(a, b *Interface) int { return state.NaturalCompare(a.Name, b.Name) })
	var why string
	if p.VLANs, why = readVLANs(row); why != "" {
		v.note(p.From, "port "+p.Name+": "+why)
	}
	return p
}

func (v *Vswitch) oneOf(cell tree.Node, words []string) capture.Fact[string] {
	f := optional(cell)
	if f.Known() && !slices.Contains(words, f.Value) {
		v.note(f.From, "word "+f.Value+" is not known")
		return capture.Fact[string]{}
	}
	return f
}

func (v *Vswitch) readBridge(row row, portOf map[string]*Port) Bridge {
	b := Bridge{
		Name: row.cell("name").NonEmpty().Value,
		From: row.from.Span(),
		STP:  row.cell("stp_enable").Bool(),
		RSTP: row.cell("rstp_enable").Bool(),
	}
	mode, controller := optional(row.cell("fail_mode")), row.cell("controller")
	switch {
	case mode.Value == "secure":
		b.Controlled = capture.Of(true, mode.From)
	case controller.Exists() && !empty(controller):
		b.Controlled = capture.Of(true, controller.Span())
	case mode.Known() && controller.Exists():
		b.Controlled = capture.Of(false, controller.Span())
	}
	for ref := range items(row.cell("ports")) {
		if p := portOf[uuid(ref)]; p != nil {
			p.Bridge = b.Name
			b.Ports = append(b.Ports, p)
		}
	}
	slices.SortFunc(b.Ports, func(x, y *Port) int { return state.NaturalCompare(x.Name, y.Name) })
	return b
}
