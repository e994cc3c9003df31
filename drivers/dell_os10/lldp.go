package dell_os10

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var (
	subtypeWord = regexp.MustCompile(`^(.*?) ?(?:\(\d+\))?$`)
	subtypes    = map[string]state.Subtype{"chassis component": state.ChassisComponent, "interface alias": state.InterfaceAlias, "port component": state.PortComponent,
		"mac address": state.MACAddress, "network address": state.NetworkAddress, "interface name": state.InterfaceName, "agent circuit id": state.AgentCircuitID,
		"locally assigned": state.Local, "local": state.Local}
)

// subtype is the kind of an identifier, as "Mac address (4)" or mac-address.
func subtype(s string) state.Subtype {
	return subtypes[strings.ToLower(strings.ReplaceAll(subtypeWord.ReplaceAllString(strings.TrimSpace(s), "$1"), "-", " "))]
}

// afterDescription are what follows a description of several lines, besides capabilities.
var afterDescription = map[string]bool{"Remote Max Frame Size": true, "Remote Aggregation Status": true, "Remote Management Address (IPv4)": true,
	"Remote Management Address (IPv6)": true}

// lldp reads "show lldp neighbors detail". The local port stands behind who the neighbour is.
func (p *parser) lldp(lines []text.Line) {
	begins := func(l text.Line) bool { key, _, _ := l.KeyValue(); return key == "Remote Chassis ID Subtype" }
	sections, read := text.Sections(lines, begins), 0
	for _, s := range sections {
		x := state.RemoteSystem{Protocol: state.LLDP, From: s[0].Span()}
		var chassis, port state.Subtype
		described := -1
		for n, l := range s {
			key, value, _ := l.KeyValue()
			if described >= 0 {
				if !strings.HasSuffix(key, "System Capabilities") && !afterDescription[key] {
					continue
				}
				x.SystemDescription, described = text.Paragraph(s[described:n]), -1
			}
			switch key {
			case "Remote Chassis ID Subtype":
				chassis = subtype(value.Value)
			case "Remote Chassis ID":
				x.ChassisID = text.Identifier(value, chassis)
			case "Remote Port Subtype":
				port = subtype(value.Value)
			case "Remote Port ID":
				x.PortID = text.Identifier(value, port)
			case "Remote Port Description":
				x.PortDescription = advertised(value)
			case "Local Port ID":
				x.Interface = names.Of(value).Value
			case "Remote TTL":
				x.TTL = text.Int(value)
			case "Remote System Name":
				x.SystemName = advertised(value)
			case "Remote Management Address (IPv4)", "Remote Management Address (IPv6)":
				if a := text.Addr(value); a.Known() {
					x.ManagementAddresses = append(x.ManagementAddresses, a)
				}
			case "Remote System Desc":
				if value.Known() {
					described = n
				}
			case "Remote Port Vlan ID":
				x.PVID = text.VID(value)
			}
		}
		if x.Interface == "" {
			p.Unread(x.From, "a neighbour without its local port")
			continue
		}
		*p.Remote(x.Interface, state.LLDP, x.From) = x
		read++
	}
	if read > 0 && read == len(sections) {
		p.Switch.Listed.Remotes = lines[0].Reply.Whole()
	}
}

// advertised drops the words that stand for what the neighbour did not send.
func advertised(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		return s, !strings.EqualFold(s, "not advertised") && !strings.EqualFold(s, "not received")
	})
}

// lldpXML reads "show lldp neighbors | display-xml". Identifiers are in Base64, whatever they are.
func (p *parser) lldpXML(root tree.Node) {
	for n := range root.All("interface") {
		local := n.At("name").NonEmpty()
		for info := range n.At("lldp-rem-neighbor-info").Named("info") {
			if !local.Known() {
				continue
			}
			x := p.Remote(local.Value, state.LLDP, info.Span())
			x.ChassisID = identifier(info.At("rem-lldp-chassis-id").NonEmpty(), subtype(info.At("rem-lldp-chassis-id-subtype").Text()))
			x.PortID = identifier(info.At("rem-lldp-port-id").NonEmpty(), subtype(info.At("rem-lldp-port-subtype").Text()))
			x.SystemName, x.SystemDescription = info.At("rem-system-name").NonEmpty(), info.At("rem-system-desc").NonEmpty()
			x.PortDescription = info.At("rem-port-desc").NonEmpty()
			x.TTL, x.PVID = text.Int(info.At("rem-ttl").NonEmpty()), text.VID(info.At("rem-port-vlan-id").NonEmpty())
		}
		p.Switch.Listed.Remotes = n.Span().Reply.Whole()
	}
}

// identifier is what Base64 stands for: an address has six bytes, all else is text.
func identifier(f capture.Fact[string], kind state.Subtype) capture.Fact[state.Identifier] {
	return capture.Then(f, func(s string) (state.Identifier, bool) {
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
		if kind == state.MACAddress {
			if err != nil || len(raw) != len(state.MAC{}) {
				return state.Identifier{}, false
			}
			return state.Identifier{Subtype: kind, ID: state.MAC(raw).String()}, true
		}
		id := strings.TrimRight(string(raw), "\x00")
		return state.Identifier{Subtype: kind, ID: id}, err == nil && id != "" && utf8.ValidString(id) && !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' })
	})
}
