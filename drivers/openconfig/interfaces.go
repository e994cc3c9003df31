package openconfig

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var adminWords = map[string]state.Status{"UP": state.Up, "DOWN": state.Down}

var operWords = map[string]state.Status{"UP": state.Up, "DOWN": state.Down, "LOWER_LAYER_DOWN": state.Down, "NOT_PRESENT": state.Down, "DORMANT": state.Down}

var duplexWords = map[string]state.Duplex{"FULL": state.Full, "HALF": state.Half}

// kinds are the types of IANA's list (iana-if-type) that switches have.
var kinds = map[string]state.InterfaceKind{
	"ethernetCsmacd": state.Physical, "ieee8023adLag": state.Aggregate, "l3ipvlan": state.Routed, "softwareLoopback": state.Logical,
	"l2vlan": state.Logical, "tunnel": state.Logical, "propVirtual": state.Logical, "bridge": state.Logical, "other": state.Logical,
}

var protocolWords = map[string]state.AggregationProtocol{"LACP": state.LACP, "STATIC": state.Static}

// interfaces reads interfaces/interface with what augments it: ethernet, aggregation, routed-vlan.
func interfaces(p *parser, n tree.Node) {
	for i := range n.Named("interface") {
		key := name(i, "name")
		if !key.Known() {
			p.Unread(i.Span(), "an interface without a name")
			return // the list may lack others too
		}
		p.iface(i, key)
	}
	p.Switch.Listed.Interfaces, p.Switch.Listed.Aggregators = n.Span(), n.Span()
}

func (p *parser) iface(i tree.Node, key capture.Fact[string]) {
	f := p.Interface(key.Value, key.From)
	s, e := i.At("state"), i.At("ethernet", "state")
	f.Kind = kinds[bare(leaf(s, "type")).Value]
	if capture.Is(leaf(s, "management"), "true") || f.Kind == state.Physical && management(key.Value) {
		f.Kind = state.OutOfBand
	}
	f.Description = leaf(s, "description")
	f.Admin, f.Oper = word(p, s.At("admin-status"), adminWords), known(leaf(s, "oper-status"), operWords)
	if capture.Is(f.Oper, state.Down) {
		f.OperReason = bare(leaf(s, "oper-status"))
	}
	if viable := leaf(s, "forwarding-viable"); capture.Is(viable, "false") { // up, and not to be used for what it forwards
		p.Unread(viable.From, "a port is not viable for forwarding")
		f.Oper = capture.Fact[state.Status]{}
	}
	f.MTU = text.Int(leaf(s, "mtu"))
	f.Transitions = text.Uint(leaf(s, "counters", "carrier-transitions"), 64)
	if f.MAC = text.Station(leaf(e, "mac-address")); !f.MAC.Known() {
		f.MAC = text.Station(leaf(e, "hw-mac-address"))
	}
	if f.Speed = capture.Then(bare(leaf(e, "negotiated-port-speed")), speed); !f.Speed.Known() {
		f.Speed = capture.Then(bare(leaf(e, "port-speed")), speed)
	}
	if f.Duplex = known(leaf(e, "negotiated-duplex-mode"), duplexWords); !f.Duplex.Known() {
		f.Duplex = known(leaf(e, "duplex-mode"), duplexWords)
	}
	if f.Aggregator = leaf(e, "aggregate-id"); f.Aggregator.Known() {
		p.AggregationPort(f.Aggregator.Value, f.Name, key.From)
	}
	if lag := i.At("aggregation"); lag.Exists() && (f.Kind == state.Aggregate || lag.At("state").Len() > 0) {
		p.aggregation(f, lag.At("state"))
	}
	for _, part := range []string{"ethernet", "aggregation"} {
		if v := i.At(part, "switched-vlan", "state"); v.Exists() && v.Len() > 0 {
			p.ports = append(p.ports, switchport{f.Name, v})
		}
	}
	p.routed(f, i)
}

// known maps a word through words; one that is not among them is unknown.
func known[T any](f capture.Fact[string], words map[string]T) capture.Fact[T] {
	return capture.Then(bare(f), func(s string) (T, bool) { v, ok := words[s]; return v, ok })
}

// management tells the ports for management by what the vendors call them; a leaf says so only in later models.
func management(name string) bool {
	name = strings.ToLower(name)
	for _, start := range []string{"mgmt", "management", "fxp"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return slices.Contains([]string{"me0", "em0", "em1", "vme", "eth0"}, name)
}

// speed reads SPEED_10GB, SPEED_2500MB and the like, in bit/s.
func speed(s string) (uint64, bool) {
	digits, isSpeed := strings.CutPrefix(s, "SPEED_")
	for unit, factor := range map[string]uint64{"MB": 1e6, "GB": 1e9} {
		if n, ok := strings.CutSuffix(digits, unit); ok && isSpeed {
			v, err := strconv.ParseUint(n, 10, 32)
			return v * factor, err == nil && v > 0
		}
	}
	return 0, false
}

func (p *parser) aggregation(f *state.Interface, s tree.Node) {
	a := p.Aggregator(f.Name, f.From)
	a.Oper = f.Oper
	a.Protocol = word(p, s.At("lag-type"), protocolWords)
	a.MinLinks = text.Int(leaf(s, "min-links"))
	for m := range s.Named("member") {
		if member := leaf(m); member.Known() {
			p.AggregationPort(f.Name, member.Value, member.From)
		}
	}
}

// routed reads the addresses of a VLAN's routed interface and of a port for management: in routed-vlan, or in subinterfaces.
func (p *parser) routed(f *state.Interface, i tree.Node) {
	v := i.At("routed-vlan")
	places := []tree.Node{v}
	for sub := range i.At("subinterfaces").Named("subinterface") {
		places = append(places, sub)
	}
	var found []capture.Fact[netip.Prefix]
	for _, n := range places {
		for _, family := range []string{"ipv4", "ipv6"} {
			for a := range n.At(family, "addresses").Named("address") {
				if prefix := address(a.At("state")); prefix.Known() && !slices.ContainsFunc(found, func(f capture.Fact[netip.Prefix]) bool { return f.Value == prefix.Value }) {
					found = append(found, prefix)
				}
			}
		}
	}
	switch {
	case f.Kind == state.OutOfBand:
		f.Addresses = found
	case f.Kind == state.Routed || v.Exists() && v.Len() > 0:
		s := p.SVI(f.Name, f.From)
		s.VID = text.VID(leaf(v, "state", "vlan"))
		s.Addresses, s.Oper = found, f.Oper
		if len(found) > 0 {
			s.Addressed = capture.Of(true, found[0].From)
		}
	}
}

func address(s tree.Node) capture.Fact[netip.Prefix] {
	ip, bits := text.Addr(leaf(s, "ip")), text.Uint(leaf(s, "prefix-length"), 8)
	if !ip.Known() || !bits.Known() {
		return capture.Fact[netip.Prefix]{}
	}
	prefix := netip.PrefixFrom(ip.Value, int(bits.Value))
	if !prefix.IsValid() {
		return capture.Fact[netip.Prefix]{}
	}
	return capture.Of(prefix, s.Span())
}
