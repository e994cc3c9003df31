// Package kernel reads what the Linux kernel's own tools say of links, bonds and bridges: ip, bridge and the files of /proc/net/bonding, as
// JSON and as text. Every platform that is Linux below shares it (plain Linux, Cumulus, SONiC), and so does the source for Linux
// hosts. It is no driver: Reader puts what was read in the words of a switch, and knows of no command but those.
package kernel

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A Link is a network device.
type Link struct {
	Name      string
	From      capture.Span
	Ether     bool
	Kind      string // "bond", "bridge", "vlan", "veth", "tun", ...; "" for hardware, and where the reply does not tell kinds
	SlaveKind string // what its master makes of it: "bond", "bridge", "vrf"; "" as above
	Master    string
	Below     string // the device that a VLAN interface or macvlan is on
	Data      Attrs  // what belongs to its kind
	SlaveData Attrs  // what belongs to its being in a master
	Alias     capture.Fact[string]
	MAC       capture.Fact[state.MAC] // of now: a bond gives all its members one
	Permanent capture.Fact[state.MAC] // only printed when it differs from MAC, and by newer kernels
	Admin     capture.Fact[state.Status]
	Oper      capture.Fact[state.Status]
	MTU       capture.Fact[int]
	PCI       capture.Fact[string] // its place on a bus; known "" for what the kernel makes up itself
	Addresses []capture.Fact[netip.Prefix]
}

// Filters answers whether the link is a bridge that keeps VLANs apart by 802.1Q tags: Unknown where it does not say, and where it does so by provider
// tags (802.1ad), which it adds to those.
func (l *Link) Filters() state.Tri {
	switch f, tags := l.Data.Uint("vlan_filtering", 8), l.Data.Word("vlan_protocol"); {
	case !f.Known():
		return state.Unknown
	case f.Value == 0:
		return state.No
	case tags.Known() && tags.Value != "802.1Q":
		return state.Unknown
	}
	return state.Yes
}

// Attrs are named values of a link, from JSON or from text. The zero value has none.
type Attrs struct {
	node  tree.Node
	words map[string]capture.Fact[string]
}

// nested are the names that text gives to what JSON has one level down.
var nested = map[string]string{"ad_aggregator": "aggregator", "ad_num_ports": "num_ports", "ad_actor_key": "actor_key",
	"ad_partner_key": "partner_key", "ad_partner_mac": "partner_mac"}

// Word returns the value of that name, in the words of "ip -d link" as text; unknown when it was not printed.
func (a Attrs) Word(name string) capture.Fact[string] {
	if !a.node.Exists() {
		return a.words[name]
	}
	n := a.node.At(name)
	if inner := nested[name]; inner != "" {
		n = a.node.At("ad_info", inner)
	}
	switch n.Kind() {
	case tree.String, tree.Number, tree.Bool:
		if n.Text() != "" {
			return capture.Of(n.Text(), n.Span())
		}
	}
	return capture.Fact[string]{}
}

// Uint returns the number of that name.
func (a Attrs) Uint(name string, bits int) capture.Fact[uint64] { return text.Uint(a.Word(name), bits) }

// MAC returns the address of that name; all zero is a value.
func (a Attrs) MAC(name string) capture.Fact[state.MAC] { return text.MAC(a.Word(name)) }

var operStates = map[string]state.Status{
	"UP": state.Up, "DOWN": state.Down, "LOWERLAYERDOWN": state.Down, "NOTPRESENT": state.Down, "DORMANT": state.Down, "TESTING": state.Down,
}

// ReadLink reads an entry of "ip -j -d link show".
func ReadLink(n tree.Node) *Link {
	info := n.At("linkinfo")
	l := &Link{Name: n.At("ifname").NonEmpty().Value, From: n.Span(), Ether: n.At("link_type").Text() == "ether",
		Kind: info.At("info_kind").Text(), SlaveKind: info.At("info_slave_kind").Text(), Master: n.At("master").Text(), Below: n.At("link").Text(),
		Data: Attrs{node: info.At("info_data")}, SlaveData: Attrs{node: info.At("info_slave_data")},
		Alias: n.At("ifalias").NonEmpty(),
		MAC:   text.Station(n.At("address").Str()), Permanent: text.Station(n.At("permaddr").Str()),
		Oper: tree.Word(n.At("operstate"), operStates),
		MTU:  capture.Then(n.At("mtu").Uint(31), func(v uint64) (int, bool) { return int(v), true }),
	}
	l.PCI = card(n, info)
	if flags := n.At("flags"); flags.Kind() == tree.Array {
		var words []string
		for f := range flags.Children() {
			words = append(words, f.Text())
		}
		l.flags(words, flags.Span(), n.At("operstate").Text())
	}
	return l
}

// flags takes the administrative state, and where the driver does not tell whether there is a carrier, that one too.
func (l *Link) flags(words []string, from capture.Span, operstate string) {
	l.Admin = capture.Of(state.Down, from)
	carrier := state.Down
	for _, w := range words {
		switch w {
		case "UP":
			l.Admin = capture.Of(state.Up, from)
		case "LOWER_UP":
			carrier = state.Up
		}
	}
	if operstate == "UNKNOWN" {
		l.Oper = capture.Of(carrier, from)
	}
}

// card reads the address on the PCI bus, on another bus the device's name. iproute2 prints it since version 5.12; what is hardware and
// has none may have come from an older one, and what the kernel makes up itself is on no bus.
func card(n, info tree.Node) capture.Fact[string] {
	if at := n.At("parentdev").NonEmpty(); at.Known() {
		return at
	}
	if kind := info.At("info_kind").NonEmpty(); kind.Known() {
		return capture.Of("", kind.From)
	}
	return capture.Fact[string]{}
}

// ReadAddresses reads the addresses of an entry of "ip -j address show". Link-local ones of IPv6 are left out: every link that is up has one.
func ReadAddresses(n tree.Node) (out []capture.Fact[netip.Prefix]) {
	for a := range n.At("addr_info").Children() {
		local, bits := a.At("local"), a.At("prefixlen").Uint(8)
		prefix := capture.Then(local.Str(), func(s string) (netip.Prefix, bool) {
			addr, err := netip.ParseAddr(s)
			return netip.PrefixFrom(addr, int(bits.Value)), err == nil && bits.Known() && int(bits.Value) <= addr.BitLen()
		})
		if prefix.Known() && !isLinkLocal(prefix.Value) {
			out = append(out, prefix)
		}
	}
	return out
}

func isLinkLocal(p netip.Prefix) bool { return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() }

var linkHead = regexp.MustCompile(`^\d+: ([^\s:@]+)(?:@([^\s:]+))?: <([A-Z0-9_,-]*)> mtu (\d+)(.*)$`)

// linksText reads "ip -d address show" and "ip -d link show" as text: a head for each link, then lines that are indented. Details of kinds are
// only there with -d.
func linksText(lines []text.Line) (out []*Link) {
	var l *Link
	for _, line := range lines {
		if m := line.Match(linkHead); m != nil {
			l = &Link{Name: m[1].Value, From: line.Span(), Below: m[2].Value, MTU: text.Int(m[4])}
			if l.Below == "NONE" {
				l.Below = ""
			}
			words := pairs(m[5])
			l.Oper = capture.Then(words["state"], func(s string) (state.Status, bool) { v, ok := operStates[s]; return v, ok })
			l.flags(strings.Split(m[3].Value, ","), m[3].From, words["state"].Value)
			l.Master = words["master"].Value
			out = append(out, l)
			continue
		}
		if l == nil {
			continue
		}
		l.readText(line)
	}
	return out
}

// readText reads a line below the head of a link. A pair may be broken over lines, and then begins one.
func (l *Link) readText(line text.Line) {
	f := line.Fields()
	if len(f) == 0 {
		return
	}
	first := f[0].Value
	switch {
	case strings.HasPrefix(first, "link/") && len(f) > 1:
		l.Ether = first == "link/ether"
		l.MAC = text.Station(f[1])
		for i, w := range f {
			if w.Value == "permaddr" && i+1 < len(f) {
				l.Permanent = text.Station(f[i+1])
			}
		}
	case (first == "inet" || first == "inet6") && len(f) > 1:
		if p := text.Prefix(f[1]); p.Known() && !isLinkLocal(p.Value) {
			l.Addresses = append(l.Addresses, p)
		}
	case first == "alias":
		l.Alias = line.After("alias ")
	case strings.HasSuffix(first, "_slave") && strings.TrimSuffix(first, "_slave") != "":
		l.SlaveKind = strings.TrimSuffix(first, "_slave")
		l.SlaveData.words = pairsOf(f[1:])
	case first == "ad_partner_oper_port_state" && l.SlaveKind == "bond":
		for k, v := range pairsOf(f) {
			l.SlaveData.words[k] = v
		}
	case kinds[first]:
		l.Kind = first
		l.Data.words = pairsOf(f[1:])
	}
}

// kinds are the words that begin the line of a link's kind.
var kinds = map[string]bool{"bond": true, "bridge": true, "vlan": true, "veth": true, "vrf": true, "vxlan": true, "team": true, "tun": true, "dummy": true,
	"macvlan": true, "macvtap": true, "ipvlan": true, "gre": true, "gretap": true, "ipip": true, "sit": true, "geneve": true, "bareudp": true, "dsa": true, "openvswitch": true}

// pairs splits "a 1 b 2" into names and values.
func pairs(f capture.Fact[string]) map[string]capture.Fact[string] {
	if !f.Known() {
		return nil
	}
	return pairsOf(text.Line{Reply: f.From.Reply, At: int(f.From.Start), Text: f.Value}.Fields())
}

func pairsOf(f []capture.Fact[string]) map[string]capture.Fact[string] {
	out := map[string]capture.Fact[string]{}
	for i := 0; i+1 < len(f); i++ {
		if _, seen := out[f[i].Value]; !seen {
			out[f[i].Value] = f[i+1]
		}
	}
	return out
}

// IsName reports whether something can be called so: garbled bytes are no name.
func IsName(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// octet reads the state of an LACP port.
func octet(f capture.Fact[uint64]) capture.Fact[state.LACPState] {
	return capture.Then(f, func(v uint64) (state.LACPState, bool) { return state.WholeLACPState(uint8(v)), true })
}

func sixteen(f capture.Fact[uint64]) capture.Fact[uint16] {
	return capture.Then(f, func(v uint64) (uint16, bool) { return uint16(v), true })
}

func whole(n capture.Fact[uint64]) capture.Fact[string] {
	return capture.Then(n, func(v uint64) (string, bool) { return strconv.FormatUint(v, 10), true })
}
