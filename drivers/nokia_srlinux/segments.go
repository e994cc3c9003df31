package nokia_srlinux

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var (
	segmentName = regexp.MustCompile(`^Name\s+: (\S+)$`)
	pair        = regexp.MustCompile(`^(\S.*?)\s*: (\S+)(?:\s+(\S.*?)\s*: (\S+))?$`)
	esiForm     = regexp.MustCompile(`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){9}$`)
)

var esiModes = map[string]state.ESIMode{"all-active": state.AllActive, "single-active": state.SingleActive}

// segment gives an aggregator its Ethernet segment.
func (p *parser) segment(aggregator, esi capture.Fact[string], mode capture.Fact[state.ESIMode]) {
	if !aggregator.Known() || !esiForm.MatchString(esi.Value) {
		return
	}
	if kindOf(aggregator.Value) == state.Aggregate {
		a := p.Aggregator(aggregator.Value, aggregator.From)
		a.ESI, a.ESIMode = capture.Of(strings.ToLower(esi.Value), esi.From), mode
	}
	p.Switch.MLAG.Protocol = capture.Of(state.EVPNESI, esi.From)
}

// ethernetSegments reads /system/network-instance/protocols/evpn/ethernet-segments.
func (p *parser) ethernetSegments(n tree.Node) {
	whole := true
	for instance := range items(at(n, "bgp-instance")) {
		for x := range items(at(instance, "ethernet-segment")) {
			esi := at(x, "esi").NonEmpty()
			mode := word(p, at(x, "multi-homing-mode"), esiModes)
			port := at(x, "interface")
			whole = whole && (port.Exists() || !esi.Known())
			if name := port.NonEmpty(); name.Known() { // a list since release 23
				p.segment(name, esi, mode)
			}
			for i := range items(port) {
				p.segment(at(i, "ethernet-interface").NonEmpty(), esi, mode)
			}
		}
	}
	if whole {
		p.segments = n.Span()
	}
}

// segmentText reads "show system network-instance ethernet-segments detail".
func segmentText(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(segmentName) != nil }) {
		said := map[string]capture.Fact[string]{}
		for _, l := range s {
			if m := l.Match(pair); m != nil {
				said[m[1].Value] = m[2]
				if m[3].Known() {
					said[m[3].Value] = m[4]
				}
			}
		}
		mode := said["Oper Multi-homing"]
		if !mode.Known() {
			mode = said["Multi-homing"]
		}
		p.segment(said["Interface"], said["ESI"], state.Word(p.Draft, mode, esiModes))
	}
}
