package kernel

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// The lines whose replies a Reader takes, and the forms to fall back on.
const (
	LinksLine       = "ip -j -d link show"
	LinksTextLine   = "ip -d link show"
	AddressLine     = "ip -j address show"
	AddressTextLine = "ip -d address show"
	BondingLine     = "head -v -n 100000 /proc/net/bonding/*" // -v heads each file, also when there is but one
	BondLine        = "cat /proc/net/bonding/%s"
	VLANsLine       = "bridge -j vlan show"
	VLANsTextLine   = "bridge vlan show"
	FDBLine         = "bridge -j fdb show"
	FDBTextLine     = "bridge fdb show"
	VRFLine         = "ip vrf show"
)

// A Reader puts what the kernel's tools say in the words of a switch. Give it replies by its methods, in any order, then call Finish.
type Reader struct {
	*state.Draft

	// OutOfBand tells the ports that are for management only. nil: there are none.
	OutOfBand func(port string) bool

	// OneTree: bridges run the kernel's own spanning tree, one for all VLANs, or none. Elsewhere a port that forwards there may be blocked in
	// a VLAN's own tree.
	OneTree bool

	// Lone is what an 802.3ad bond does while no partner answers, as this platform's kernel has it. 0: not known.
	Lone state.Fallback

	links      map[string]*Link
	names      []string     // of links, in the order of the replies
	listed     capture.Span // the reply with all links
	kinds      bool         // it tells what kind each is of
	bonds      map[string]*Bond
	vlans      []PortVLANs
	all        capture.Span // the reply with the VLANs of all ports
	structured bool         // that reply is JSON: then the links are wanted too, which tell how many bridges there are
	fdb        capture.Span // the reply with all addresses
	seen       map[place]bool
}

// NewReader returns a Reader that fills the draft.
func NewReader(d *state.Draft) *Reader {
	return &Reader{Draft: d, links: map[string]*Link{}, bonds: map[string]*Bond{}, seen: map[place]bool{}}
}

// Bonds are the names of bonds in the reply to LinksLine, for BondLine.
func Bonds(c *capture.Capture) []string { return named(c, "bond") }

// named are the names of links of a kind.
func named(c *capture.Capture, kind string) []string {
	return namesOf(c, func(l *Link) bool { return l.Kind == kind })
}

// namesOf are the names of those links in the reply to LinksLine that are wanted.
func namesOf(c *capture.Capture, wanted func(*Link) bool) (out []string) {
	r := c.Reply(LinksLine)
	if r == nil {
		return nil
	}
	root, err := tree.JSON(r)
	if err != nil {
		return nil
	}
	for n := range root.Children() {
		if l := ReadLink(n); wanted(l) && IsName(l.Name) {
			out = append(out, l.Name)
		}
	}
	return out
}

// add notes a link, and reports whether it has a name.
func (r *Reader) add(l *Link) bool {
	if !IsName(l.Name) {
		r.Unread(l.From, "a link without a name")
		return false
	}
	if old := r.links[l.Name]; old != nil {
		old.Addresses = append(old.Addresses, l.Addresses...) // it was listed before, with more details
		return true
	}
	r.links[l.Name] = l
	r.names = append(r.names, l.Name)
	return true
}

// Links reads the reply to LinksLine.
func (r *Reader) Links(root tree.Node) {
	whole := true
	for n := range root.Children() {
		whole = r.add(ReadLink(n)) && whole
	}
	if r.kinds = true; whole {
		r.listed = root.Span().Reply.Whole()
	}
}

// Addresses reads the reply to AddressLine. Its entries have all that those of links have but for the details.
func (r *Reader) Addresses(root tree.Node) {
	for n := range root.Children() {
		l := ReadLink(n)
		l.Addresses = ReadAddresses(n)
		r.add(l)
	}
}

// HasKind reports whether a link of that kind, such as "vxlan", was listed so far.
func (r *Reader) HasKind(kind string) bool {
	return slices.ContainsFunc(r.names, func(n string) bool { return r.links[n].Kind == kind })
}

// VLANAware is the name of the one bridge there is, when it keeps VLANs apart by tags; "" otherwise.
func (r *Reader) VLANAware() string {
	var found *Link
	for _, n := range r.names {
		if l := r.links[n]; l.Kind == "bridge" {
			if found != nil {
				return ""
			}
			found = l
		}
	}
	if found == nil || found.Filters() != state.Yes {
		return ""
	}
	return found.Name
}

// LinksText reads "ip link show" or "ip address show" as text, best with -d.
func (r *Reader) LinksText(lines []text.Line) {
	for _, l := range linksText(lines) {
		r.add(l)
		r.kinds = r.kinds || l.Kind != ""
	}
}

// Bonding reads the reply to BondingLine, or the reply to BondLine.
func (r *Reader) Bonding(lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	reply := lines[0].Reply
	bonds, unread := ReadBonds(reply, topic.Word(BondLine, reply.Command))
	for name, b := range bonds {
		r.bonds[name] = b
	}
	for _, u := range unread {
		r.Unread(u.From, u.Why)
	}
}

// VLANs reads the reply to VLANsLine.
func (r *Reader) VLANs(root tree.Node) {
	list, unread := ReadVLANs(root)
	r.structured = true
	r.takeVLANs(list, unread, root.Span().Reply)
}

// VLANsText reads the reply to VLANsTextLine. It has no end mark, so that it is never the list of all.
func (r *Reader) VLANsText(lines []text.Line) {
	list, unread := vlansText(lines)
	r.takeVLANs(list, unread, nil)
}

func (r *Reader) takeVLANs(list []PortVLANs, unread []state.Unread, whole *capture.Reply) {
	r.vlans = append(r.vlans, list...)
	for _, u := range unread {
		r.Unread(u.From, u.Why)
	}
	if len(unread) == 0 && whole != nil {
		r.all = whole.Whole()
	}
}

// VRFs reads "ip vrf show" ("NAME TABLE") and "show vrf" of FRR ("vrf NAME id N table N"). The lists have no end mark.
func (r *Reader) VRFs(lines []text.Line) {
	for _, l := range lines {
		f := l.Fields()
		switch {
		case len(f) >= 6 && f[0].Value == "vrf" && f[2].Value == "id":
			r.VRF(f[1].Value, f[1].From)
		case len(f) == 2 && text.Uint(f[1], 32).Known():
			r.VRF(f[0].Value, f[0].From)
		}
	}
}

// entry adds a line of the forwarding database, and reports whether it was understood. dst: it leads through a tunnel.
func (r *Reader) entry(from capture.Span, address capture.Fact[string], port string, vid state.VID, words []string, dst bool) bool {
	mac := text.MAC(address)
	if !mac.Known() || !IsName(port) {
		r.Unread(from, "an address that was not understood")
		return false
	}
	e := state.MACEntry{VID: vid, MAC: mac.Value, Interface: port, From: from}
	is := func(w string) bool { return slices.Contains(words, w) }
	switch {
	case is("extern_learn") || dst && !is("permanent"):
		e.Kind = capture.Of(state.PeerLearned, from)
	case is("permanent") && mac.Value[0]&1 == 0 && !mac.Value.IsZero() && is("master"):
		e.Kind = capture.Of(state.OwnMAC, from) // of the port itself, or of the bridge
	case is("permanent"), is("static"), is("sticky"):
		e.Kind = capture.Of(state.StaticMAC, from)
	case is("master"):
		e.Kind = capture.Of(state.Dynamic, from)
	}
	key := place{port, mac.Value, vid}
	if !r.seen[key] { // a device also lists what its own filter takes
		r.seen[key] = true
		r.Switch.MACs = append(r.Switch.MACs, e)
	}
	return true
}

// A place is where an address was seen.
type place struct {
	port string
	mac  state.MAC
	vid  state.VID
}

// FDB reads the reply to FDBLine.
func (r *Reader) FDB(root tree.Node) {
	whole := true
	for n := range root.Children() {
		var words []string
		for f := range n.At("flags").Children() {
			words = append(words, f.Text())
		}
		if n.At("master").Exists() {
			words = append(words, "master")
		}
		if s := n.At("state").Text(); s != "" {
			words = append(words, s)
		}
		vid := state.VID(n.At("vlan").Uint(12).Value)
		whole = r.entry(n.Span(), n.At("mac").NonEmpty(), n.At("ifname").Text(), vid, words, n.At("dst").Exists()) && whole
	}
	if whole {
		r.fdb = root.Span().Reply.Whole()
	}
}

// FDBText reads the reply to FDBTextLine. It has no end mark, so that it is never the list of all.
func (r *Reader) FDBText(lines []text.Line) {
	for _, l := range lines {
		f := l.Fields()
		if len(f) < 3 || f[1].Value != "dev" || !text.MAC(f[0]).Known() {
			if !l.Blank() {
				r.Unread(l.Span(), "an address that was not understood")
			}
			continue
		}
		var words []string
		vid, dst := state.VID(0), false
		for i := 3; i < len(f); i++ {
			words = append(words, f[i].Value)
			switch {
			case f[i].Value == "vlan" && i+1 < len(f):
				vid = text.VID(f[i+1]).Value
			case f[i].Value == "dst":
				dst = true
			}
		}
		r.entry(l.Span(), f[0], f[2].Value, vid, words, dst)
	}
}

// Finish fills the draft from what was read.
func (r *Reader) Finish() {
	for _, name := range r.names {
		r.iface(r.links[name])
	}
	for _, name := range r.names {
		switch l := r.links[name]; l.Kind {
		case "bond":
			r.bond(l)
		case "team":
			r.team(l)
		}
	}
	for name, b := range r.bonds {
		if l := r.links[name]; l == nil || l.Kind == "" {
			r.fileBond(name, b)
		}
	}
	r.bridges()
	r.routed()
	if r.listed.Known() {
		l := &r.Switch.Listed
		l.Interfaces, l.Aggregators, l.LACP = r.listed, r.listed, r.listed
	}
}

// kindOf tells what a link is to a switch. 0: the reply does not tell kinds.
func (r *Reader) kindOf(l *Link) state.InterfaceKind {
	switch l.Kind {
	case "":
		switch {
		case !l.Ether:
			return state.Logical
		case !r.kinds || l.Below != "":
			return 0
		case r.OutOfBand != nil && r.OutOfBand(l.Name):
			return state.OutOfBand
		}
		return state.Physical
	case "veth", "dsa": // the cable of a lab; the port of a switch chip
		return state.Physical
	case "bond", "team":
		return state.Aggregate
	case "vlan":
		if below := r.links[l.Below]; below != nil && below.Kind == "bridge" {
			return state.Routed
		}
	}
	return state.Logical
}

func (r *Reader) iface(l *Link) {
	i := r.Interface(l.Name, l.From)
	i.Kind = r.kindOf(l)
	i.Admin, i.MTU, i.MAC = l.Admin, l.MTU, l.MAC
	if l.Oper.Known() {
		i.Oper = l.Oper
	}
	i.Description = l.Alias
	master := r.links[l.Master]
	switch {
	case l.Master != "" && (l.SlaveKind == "bond" || l.SlaveKind == "team" || master != nil && (master.Kind == "bond" || master.Kind == "team")):
		i.Aggregator = capture.Of(l.Master, l.From)
	case l.Master != "" && (l.SlaveKind == "bridge" || master != nil && master.Kind == "bridge"):
		i.Bridged = capture.Of(true, l.From)
	}
	if r.listed.Known() && i.Kind == state.Physical && !i.Aggregator.Known() {
		i.Aggregator = capture.Of("", r.listed)
	}
	if r.listed.Known() && (i.Kind == state.Physical || i.Kind == state.Aggregate) && l.Master == "" && !r.under(l.Name) {
		i.Bridged = capture.Of(false, r.listed)
	}
	if i.Kind == state.OutOfBand {
		i.Addresses = l.Addresses
	}
	if s := r.slave(l.Name); s != nil && !i.Speed.Known() {
		i.Speed, i.Duplex = s.Speed, s.Duplex
	}
}

// under reports whether something stands on a link: a VLAN interface may be in a bridge.
func (r *Reader) under(name string) bool {
	return slices.ContainsFunc(r.names, func(n string) bool { return r.links[n].Below == name })
}

func (r *Reader) slave(name string) *Slave {
	for _, b := range r.bonds {
		if s := b.Slaves[name]; s != nil {
			return s
		}
	}
	return nil
}

// Protocols are the kernel's bond modes that need an aggregator at the other end (Linux Documentation/networking/bonding.rst, "Switch
// Configuration"). The others use each link on its own, and are no aggregation of IEEE Std 802.1AX.
var Protocols = map[string]state.AggregationProtocol{
	"802.3ad": state.LACP, "balance-rr": state.Static, "balance-xor": state.Static, "broadcast": state.Static,
}

func protocol(mode capture.Fact[string]) capture.Fact[state.AggregationProtocol] {
	return capture.Then(mode, func(s string) (state.AggregationProtocol, bool) { p, ok := Protocols[s]; return p, ok })
}

func (r *Reader) bond(l *Link) {
	a := r.Aggregator(l.Name, l.From)
	a.Protocol, a.Oper = protocol(l.Data.Word("mode")), l.Oper
	a.MinLinks = text.Int(l.Data.Word("min_links"))
	file := r.bonds[l.Name]
	if file != nil && !a.MinLinks.Known() {
		a.MinLinks = file.MinLinks
	}
	isLACP := capture.Is(a.Protocol, state.LACP)
	if isLACP {
		r.alone(a, l.Data.MAC("ad_partner_mac"))
	}
	for _, name := range r.names {
		m := r.links[name]
		if m.Master != l.Name {
			continue
		}
		x := r.AggregationPort(l.Name, m.Name, m.From)
		var s *Slave
		if file != nil {
			s = file.Slaves[m.Name]
		}
		if s != nil {
			x.Churn = s.Churn()
		}
		link := m.SlaveLink()
		if !isLACP {
			SelectPlain(x, link, m.SlaveData.Word("state"))
			continue
		}
		x.Actor, x.Partner = m.Endpoints(l, s)
		SelectLACP(x, link, m.InActive(l))
		if system := text.Station(l.Data.Word("ad_actor_system")); !x.Actor.System.Known() && system.Known() {
			x.Actor.System = system
			x.Actor.SystemPriority = sixteen(l.Data.Uint("ad_actor_sys_prio", 16))
		}
	}
}

// team is a team device; how its members do, its daemon tells.
func (r *Reader) team(l *Link) {
	a := r.Aggregator(l.Name, l.From)
	a.Oper = l.Oper
	for _, name := range r.names {
		if m := r.links[name]; m.Master == l.Name {
			r.AggregationPort(l.Name, m.Name, m.From)
		}
	}
}

// alone says what an 802.3ad bond does without a partner, and whether it does so now. With one it does not.
func (r *Reader) alone(a *state.Aggregator, partner capture.Fact[state.MAC]) {
	a.FallbackActive = Alone(partner, a.Oper)
	if r.Lone != 0 {
		a.Fallback = capture.Of(r.Lone, a.Protocol.From)
	} else if a.FallbackActive.Value {
		a.FallbackActive = capture.Fact[bool]{}
	}
}

// fileBond is a bond of which only its file was read.
func (r *Reader) fileBond(name string, b *Bond) {
	a := r.Aggregator(name, b.From)
	a.Protocol, a.Oper, a.MinLinks = protocol(b.Mode), b.Oper, b.MinLinks
	isLACP := capture.Is(a.Protocol, state.LACP)
	if isLACP {
		r.alone(a, b.Partner)
	}
	i := r.Interface(name, b.From)
	i.Kind = state.Aggregate
	if !i.Oper.Known() {
		i.Oper = b.Oper
	}
	named := b.From
	if !strings.Contains(named.Text(), name) {
		named = named.Reply.Whole() // it was asked for by its name
	}
	for _, slave := range b.slaveRows {
		s := b.Slaves[slave]
		x := r.AggregationPort(name, slave, s.From)
		x.Actor, x.Partner, x.Churn = s.Actor, s.Partner, s.Churn()
		if inActive := b.InActive(s); isLACP {
			SelectLACP(x, s.Link, inActive)
			if !x.Partner.System.Known() && capture.Is(inActive, true) { // all ports of an aggregator have its partner
				x.Partner.System = b.Partner
			}
		} else if s.Link.Known() {
			SelectPlain(x, s.Link, b.Word(slave))
			if a.Protocol.Known() && capture.Is(s.Link, state.Up) { // all links that are up are used
				x.Selected = capture.Of(state.Selected, s.Link.From)
			}
		}
		m := r.Interface(slave, s.From)
		m.Aggregator = capture.Of(name, named)
		if !m.Speed.Known() {
			m.Speed, m.Duplex = s.Speed, s.Duplex
		}
		if r.links[slave] == nil {
			m.Oper = s.Link
		}
	}
}

// bridges makes bridge ports and VLANs. Text of old tools is taken for that of the one bridge of a switch where nothing tells the links. Two bridges are two domains, whatever their VLANs are called: then the ports' member sets are
// unknown. So are those of a bridge that does not keep VLANs apart by tags.
func (r *Reader) bridges() {
	bridges := map[string]bool{}
	filtering := state.Yes
	for _, name := range r.names {
		l := r.links[name]
		master := r.links[l.Master]
		if master == nil || l.SlaveKind != "bridge" && master.Kind != "bridge" || r.kindOf(l) == state.Logical {
			continue
		}
		if !bridges[l.Master] {
			filtering = filtering.And(master.Filters())
		}
		bridges[l.Master] = true
	}
	one := r.kinds && len(bridges) == 1 && filtering == state.Yes
	if r.kinds && len(bridges) > 0 && !one {
		why := "there are several bridges, so that a VLAN is not one domain"
		if len(bridges) == 1 {
			why = "the bridge does not keep VLANs apart by 802.1Q tags"
		}
		for _, name := range slices.Sorted(maps.Keys(bridges)) {
			r.Unread(r.links[name].From, why)
		}
	}
	for _, name := range r.names {
		l := r.links[name]
		if l.SlaveKind == "bridge" && l.Kind == "vlan" {
			r.Unread(l.From, "a VLAN interface is in a bridge: which VLANs its port carries is not told by tags alone")
			continue
		}
		if l.SlaveKind == "bridge" && l.Master != "" {
			b := r.BridgePort(name, l.From)
			b.Trunking = capture.Of(state.StaticTrunking, l.From) // nothing negotiates it
			b.Protected = state.Word(r.Draft, l.SlaveData.Word("isolated"), flagWords)
			r.stp(l)
		}
	}
	if r.kinds && !one || !r.kinds && r.structured {
		return
	}
	if !r.kinds && !slices.ContainsFunc(r.vlans, func(p PortVLANs) bool { return !state.VIDs(1).Union(p.VIDs).Minus(state.VIDs(1)).Empty() }) {
		return // VLAN 1 alone is what bridges show that do not filter
	}
	for _, p := range r.vlans {
		if r.isBridge(p.Port) || r.kinds && r.links[p.Port] == nil {
			continue
		}
		r.portVLANs(p, one)
	}
	if one && r.all.Known() {
		r.Switch.Listed.VLANs = r.all
		if r.listed.Known() {
			r.Switch.Listed.BridgePorts = r.listed
		}
	}
	if one && r.fdb.Known() {
		r.Switch.Listed.MACs = r.fdb
	}
}

// flagWords are the words of a flag, in text and in JSON.
var flagWords = map[string]bool{"on": true, "true": true, "off": false, "false": false}

// isBridge tells the entry of a bridge itself. Where kinds were not told the name must do: it begins like those of bridges do.
func (r *Reader) isBridge(name string) bool {
	if l := r.links[name]; l != nil && r.kinds {
		return l.Kind == "bridge"
	}
	return strings.HasPrefix(name, "br") || strings.HasPrefix(name, "vmbr") || strings.HasPrefix(name, "docker") || strings.HasPrefix(name, "virbr")
}

func (r *Reader) portVLANs(p PortVLANs, sure bool) {
	for v := range p.VIDs.All() {
		row := r.VLAN(v, p.From)
		row.Ports = append(row.Ports, capture.Of(p.Port, p.From))
		if sure {
			row.Active = capture.Of(true, p.From) // a VLAN of a port is never suspended
		}
	}
	b := r.BridgePort(p.Port, p.From)
	if !p.Whole {
		return
	}
	b.PVID, b.Untagged = capture.Of(p.PVID, p.From), capture.Of(p.Untagged, p.From)
	b.Configured, b.Explicit = capture.Of(p.VIDs, p.From), capture.Of(true, p.From)
	switch {
	case p.VIDs.Empty(): // it may be either, with nothing on it
	case p.VIDs.Len() == 1 && p.PVID != 0 && p.VIDs == p.Untagged:
		b.Mode = capture.Of(state.Access, p.From)
	default:
		b.Mode = capture.Of(state.Trunk, p.From)
	}
	if sure {
		b.Members = capture.Of(p.VIDs, p.From)
	}
}

// stp reads the state of a port in the spanning tree of its bridge.
func (r *Reader) stp(l *Link) {
	bridge := r.links[l.Master]
	word := l.SlaveData.Word("state")
	if bridge == nil || !word.Known() {
		return
	}
	switch word.Value {
	case "blocking", "listening", "learning":
		if word.Value != "blocking" || !capture.Is(bridge.Data.Uint("stp_state", 8), 0) {
			r.Switch.STP = append(r.Switch.STP, state.STPPort{Interface: l.Name, VIDs: state.AllVIDs, State: capture.Of(state.Blocking, word.From)})
		}
	case "forwarding":
		if r.OneTree {
			r.Switch.STP = append(r.Switch.STP, state.STPPort{Interface: l.Name, VIDs: state.AllVIDs, State: capture.Of(state.Forwarding, word.From)})
		}
	}
}

// routed makes routed interfaces of the VLAN interfaces of a bridge, and VRFs.
func (r *Reader) routed() {
	vrfs := map[string]bool{}
	for _, name := range r.names {
		if l := r.links[name]; l.Kind == "vrf" {
			r.VRF(name, l.From)
			vrfs[name] = true
		}
	}
	for _, name := range r.names {
		l := r.links[name]
		if vrfs[l.Master] {
			v := r.VRF(l.Master, l.From)
			v.Interfaces = append(v.Interfaces, name)
		}
		if r.kindOf(l) != state.Routed {
			continue
		}
		svi := r.SVI(name, l.From)
		svi.VID = capture.Then(l.Data.Uint("id", 12), func(v uint64) (state.VID, bool) { return state.VID(v), state.VID(v).Valid() })
		svi.Oper = l.Oper
		for _, a := range l.Addresses {
			if !slices.ContainsFunc(svi.Addresses, func(f capture.Fact[netip.Prefix]) bool { return f.Value == a.Value }) {
				svi.Addresses = append(svi.Addresses, a)
			}
		}
		if len(svi.Addresses) > 0 {
			svi.Addressed = capture.Of(true, svi.Addresses[0].From)
		}
		if vrfs[l.Master] {
			svi.VRF = capture.Of(l.Master, l.From)
		}
	}
	if r.listed.Known() {
		r.Switch.Listed.SVIs, r.Switch.Listed.VRFs = r.listed, r.listed
	}
}
