package cumulus

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

func hostname(p *parser, lines []text.Line) {
	if len(lines) == 1 && len(lines[0].Fields()) == 1 {
		p.Switch.Device.Hostname = lines[0].Whole()
	}
}

// release reads /etc/lsb-release.
func release(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		if version := l.After("DISTRIB_RELEASE="); version.Known() {
			d.Version = unquoted(version)
			d.Stacked = capture.Of(false, version.From) // there is no stacking on this platform
		}
	}
}

func unquoted(f capture.Fact[string]) capture.Fact[string] {
	f.Value = strings.Trim(f.Value, `"`)
	return f
}

// nvuePlatform reads "nv show platform": releases name its members differently.
func nvuePlatform(p *parser, root tree.Node) {
	d := &p.Switch.Device
	hardware := root
	if inner := root.At("hardware"); inner.Exists() {
		hardware = inner
	}
	d.Model = first(hardware, "product-name", "model")
	d.Serial = first(hardware, "serial-number")
}

// first returns the first of the members that has a text.
func first(n tree.Node, names ...string) capture.Fact[string] {
	for _, name := range names {
		if f := n.At(name).NonEmpty(); f.Known() {
			return f
		}
	}
	return capture.Fact[string]{}
}

// nclu reads "net show system".
func nclu(p *parser, root tree.Node) {
	d := &p.Switch.Device
	if !d.Hostname.Known() {
		d.Hostname = root.At("hostname").NonEmpty()
	}
	if version := root.At("os-version").NonEmpty(); version.Known() && !d.Version.Known() {
		d.Version, d.Stacked = version, capture.Of(false, version.From)
	}
	d.Model = root.At("platform", "model").NonEmpty()
	for tlv := range root.At("eeprom", "tlv").Children() {
		switch tlv.Name() {
		case "Serial Number":
			d.Serial = tlv.At("value").NonEmpty()
		case "Product Name":
			if !d.Model.Known() {
				d.Model = tlv.At("value").NonEmpty()
			}
		}
	}
}

// nvueInterfaces reads "nv show interface", of which only what the kernel does not tell is taken.
func nvueInterfaces(p *parser, root tree.Node) {
	for n := range root.Children() {
		if link := n.At("link"); link.Exists() {
			p.speed[n.Name()] = link
		}
	}
}

// nvueTree reads the mode of the spanning tree of NVUE's bridge: "rstp", or "pvrst".
func nvueTree(p *parser, root tree.Node) { p.rstp = root.At("mode").Text() == "rstp" }

// rstpOnly tells the releases in which a VLAN-aware bridge runs RSTP and nothing else: those before 5.4 (NVIDIA, Cumulus Linux 4.0 to 5.3
// user guides, "Spanning Tree and Rapid Spanning Tree").
func rstpOnly(version string) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return err1 == nil && err2 == nil && (major == 3 || major == 4 || major == 5 && minor < 4)
}

// finish adds speeds to the interfaces that the kernel listed, and says which bonds are multi-chassis and how the peer-link does.
func (p *parser) finish() {
	for _, i := range p.Interfaces() {
		link, ok := p.speed[i.Name]
		if !ok {
			continue
		}
		if speed := text.Speed(link.At("speed").NonEmpty()); speed.Known() && !i.Speed.Known() {
			i.Speed = speed
		}
		if duplex := tree.Word(link.At("duplex"), map[string]state.Duplex{"full": state.Full, "half": state.Half}); duplex.Known() && !i.Duplex.Known() {
			i.Duplex = duplex
		}
	}
	m := &p.Switch.MLAG
	for _, a := range p.Aggregators() {
		if a.Name == m.PeerLink.Value && m.PeerLink.Known() && !m.PeerLinkOper.Known() {
			m.PeerLinkOper = a.Oper
		}
		if !a.MLAGID.Known() && p.clagd.Known() {
			a.MLAGID = capture.Of("", p.clagd)
		}
	}
}
