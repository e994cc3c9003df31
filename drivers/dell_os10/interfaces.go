package dell_os10

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var duplexWords = map[string]state.Duplex{"full": state.Full, "half": state.Half}

// interfacesXML reads "show interface | display-xml".
func (p *parser) interfacesXML(root tree.Node) {
	for n := range root.All("interface") {
		name := n.At("name").NonEmpty()
		if !name.Known() || !n.At("oper-status").Exists() {
			continue
		}
		i := p.named(name.Value, n.Span())
		p.operates(i, state.Word(p.Draft, n.At("oper-status").NonEmpty(), statusWords))
		i.Admin = state.Word(p.Draft, n.At("admin-status").NonEmpty(), statusWords)
		i.Description, i.MAC = n.At("description").NonEmpty(), text.MAC(n.At("phys-address").NonEmpty())
		i.MTU = text.Int(n.At("mtu").NonEmpty())
		if speed := n.At("speed").Uint(64); speed.Value > 0 { // 0 is what a port without a link prints
			i.Speed = speed
		}
		if capture.Is(i.Oper, state.Up) {
			i.Duplex = tree.Word(n.At("duplex"), duplexWords)
		}
		p.address(i, text.Prefix(n.At("ipv4-info", "addr").NonEmpty()))
		if mode := n.At("mode"); bridged(i.Kind) {
			b := &portConfig{from: n.Span(), access: vlanNamed(n.At("untagged-vlan").NonEmpty())}
			switch mode.Text() {
			case "MODE_L2":
				b.mode = capture.Of(state.Access, mode.Span())
				p.ports[i.Name] = b
			case "MODE_L2HYBRID":
				b.mode = capture.Of(state.Trunk, mode.Span())
				p.ports[i.Name] = b
			}
		}
		p.interfacesListed(n.Span().Reply)
	}
}

func (p *parser) interfacesListed(r *capture.Reply) {
	p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = r.Whole(), r.Whole()
}

// named returns an interface, and whatever else one of that name is.
func (p *parser) named(name string, from capture.Span) *state.Interface {
	i := p.Interface(name, from)
	i.Kind = kindOf(name)
	if i.Kind == state.Routed {
		p.SVI(name, from).VID = vlanNamed(capture.Of(name, from))
	}
	return i
}

// vlanNamed is the number of a VLAN by the name of its interface.
func vlanNamed(f capture.Fact[string]) capture.Fact[state.VID] {
	f.Value = strings.TrimPrefix(f.Value, "vlan")
	return text.VID(f)
}

func (p *parser) operates(i *state.Interface, oper capture.Fact[state.Status]) {
	i.Oper = oper
	switch i.Kind {
	case state.Routed:
		p.SVI(i.Name, i.From).Oper = oper
	case state.Aggregate:
		p.Aggregator(i.Name, i.From).Oper = oper
	}
}

// address notes an address; a port with one routes.
func (p *parser) address(i *state.Interface, prefix capture.Fact[netip.Prefix]) {
	switch {
	case !prefix.Known():
	case i.Kind == state.Routed:
		svi := p.SVI(i.Name, i.From)
		svi.Addresses = append(svi.Addresses, prefix)
		svi.Addressed = capture.Of(true, prefix.From)
	case i.Kind == state.OutOfBand:
		i.Addresses = append(i.Addresses, prefix)
	case bridged(i.Kind):
		i.Bridged = capture.Of(false, prefix.From)
	}
}

var (
	headLine    = regexp.MustCompile(`^(Ethernet|Port-channel|Vlan|Management|Loopback|Virtual-network|Null) ?(\d\S*) is (up|down|administratively down), line protocol is (up|down)\b`)
	headLike    = regexp.MustCompile(`^[A-Za-z]\S* ?\d?\S* is .*, line protocol is `)
	partLine    = regexp.MustCompile(`^\s*Port is part of Port-channel ?(\d+)$`)
	hardware    = regexp.MustCompile(`^\s*(?:Hardware is .*, address is|Address is) +([0-9a-fA-F:.]+),?(?: .*)?$`)
	leastLinks  = regexp.MustCompile(`^\s*Minimum number of links to bring Port-channel up is (\d+)$`)
	mtuLine     = regexp.MustCompile(`^\s*MTU +(\d+) bytes\b.*$`)
	speedLine   = regexp.MustCompile(`^\s*LineSpeed +(\d+ ?[KMG]?\w*)\b.*$`)
	addressLine = regexp.MustCompile(`^\s*Internet address is +([0-9.]+/\d+)\b.*$`)
)

// interfaces reads "show interface".
func (p *parser) interfaces(lines []text.Line) {
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return headLike.MatchString(l.Text) })
	for _, s := range sections {
		head := s[0].Match(headLine)
		if head == nil { // what follows is nothing of the one before
			p.Unread(s[0].Span(), "an interface in a form that we do not know")
			continue
		}
		full, _ := names.Full(head[1].Value + head[2].Value)
		i := p.named(full, s[0].Span())
		p.operates(i, state.Word(p.Draft, head[4], statusWords))
		i.Admin = capture.Then(head[3], func(s string) (state.Status, bool) { // "down" may mean either
			return map[string]state.Status{"up": state.Up, "administratively down": state.Down}[s], s != "down"
		})
		for _, l := range s[1:] {
			key, value, _ := l.KeyValue()
			m := l.Match(partLine)
			switch {
			case m != nil:
				p.AggregationPort("port-channel"+m[1].Value, full, l.Span())
				i.Aggregator = capture.Of("port-channel"+m[1].Value, l.Span())
			case key == "Description":
				i.Description = value
			case l.Match(hardware) != nil:
				i.MAC = text.MAC(l.Match(hardware)[1])
			case i.Kind == state.Aggregate && l.Match(leastLinks) != nil:
				p.Aggregator(full, s[0].Span()).MinLinks = text.Int(l.Match(leastLinks)[1])
			case l.Match(mtuLine) != nil:
				i.MTU = text.Int(l.Match(mtuLine)[1])
			case l.Match(speedLine) != nil:
				i.Speed = capture.Then(text.Speed(l.Match(speedLine)[1]), func(v uint64) (uint64, bool) { return v, v > 0 && capture.Is(i.Oper, state.Up) })
			case l.Match(addressLine) != nil:
				p.address(i, text.Prefix(l.Match(addressLine)[1]))
			}
		}
	}
	if len(sections) > 0 && len(p.Switch.Unread) == before {
		p.interfacesListed(lines[0].Reply)
	}
}
