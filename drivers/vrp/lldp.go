package vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var neighbourItem = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z/ ]*?(?:\(PVID\))?)\s*:(.*)$`)

// subtypes are the words for the kinds of identifiers, without blanks; releases write them in several ways.
var subtypes = map[string]state.Subtype{
	"chassiscomponent": state.ChassisComponent, "interfacealias": state.InterfaceAlias, "portcomponent": state.PortComponent, "macaddress": state.MACAddress,
	"networkaddress": state.NetworkAddress, "networkaddress(ipv4)": state.NetworkAddress, "interfacename": state.InterfaceName, "agentcircuitid": state.AgentCircuitID,
	"local": state.Local, "locallyassigned": state.Local, "localassigned": state.Local, "localassigned(local)": state.Local,
}

// An identity is one of a neighbour's identifiers: its kind may stand in a line of its own before it, or behind it.
type identity struct {
	kind capture.Fact[string]
	id   capture.Fact[string]
}

func (i identity) identifier(d *state.Draft) capture.Fact[state.Identifier] {
	word := capture.Then(i.kind, func(s string) (string, bool) { s = strings.ReplaceAll(s, " ", ""); return s, s != "" })
	kind := state.Word(d, word, subtypes).Value
	if kind == state.MACAddress && !text.MAC(i.id).Known() {
		return capture.Fact[state.Identifier]{}
	}
	return text.Identifier(i.id, kind)
}

// split reads "000f-0055-0002/MAC address" and "GigabitEthernet1/0/1/Interface name".
func split(f capture.Fact[string]) identity {
	k := strings.LastIndex(f.Value, "/")
	if k < 0 {
		return identity{id: f}
	}
	part := func(i, j int) capture.Fact[string] {
		s := strings.TrimSpace(f.Value[i:j])
		at := i + strings.Index(f.Value[i:j], s)
		return capture.Of(s, f.From.Reply.Span(int(f.From.Start)+at, int(f.From.Start)+at+len(s)))
	}
	return identity{part(k+1, len(f.Value)), part(0, k)}
}

// Neighbour reads the items about one LLDP neighbour of a port. What a neighbour sends may hold line breaks, so each item is taken from the
// first line that has it. A neighbour counts once both its identifiers, which every LLDP frame has, were printed.
func Neighbour(d *state.Draft, local string, lines []text.Line) bool {
	if len(lines) == 0 {
		return false
	}
	x := state.RemoteSystem{Interface: local, Protocol: state.LLDP, From: lines[0].Span()}
	var chassis, port identity
	for k, l := range lines {
		m := l.Match(neighbourItem)
		if m == nil {
			continue
		}
		value := Known(m[2])
		switch strings.ToLower(strings.Join(strings.Fields(m[1].Value), " ")) {
		case "chassis type", "chassis id subtype", "chassis id type":
			first(&chassis.kind, value)
		case "chassis id":
			first(&chassis.id, value)
		case "chassisid/subtype":
			if !chassis.id.Known() {
				chassis = split(value)
			}
		case "port id type", "port id subtype":
			first(&port.kind, value)
		case "port id":
			first(&port.id, value)
		case "portid/subtype":
			if !port.id.Known() {
				port = split(value)
			}
		case "port description":
			first(&x.PortDescription, value)
		case "system name":
			first(&x.SystemName, value)
		case "system description":
			if !x.SystemDescription.Known() {
				x.SystemDescription = description(value, lines[k+1:])
			}
		case "time to live":
			if !x.TTL.Known() {
				x.TTL = text.Int(value)
			}
		case "management address", "management address value":
			if a := text.Addr(value); a.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, a)
			}
		case "port vlan id(pvid)":
			if !x.PVID.Known() {
				x.PVID = text.VID(value)
			}
		}
	}
	if !chassis.id.Known() || !port.id.Known() {
		d.Unread(lines[0].Span(), "a neighbour without both identifiers")
		return false
	}
	x.ChassisID, x.PortID = chassis.identifier(d), port.identifier(d)
	if !x.ChassisID.Known() || !x.PortID.Known() {
		d.Unread(lines[0].Span(), "an identifier that is none of its kind")
	}
	d.Switch.Remotes = append(d.Switch.Remotes, x)
	return true
}

func first(to *capture.Fact[string], f capture.Fact[string]) {
	if !to.Known() {
		*to = f
	}
}

// description is a description of several lines, up to the capabilities or addresses that follow it. Without those it may be cut short.
func description(f capture.Fact[string], rest []text.Line) capture.Fact[string] {
	if !f.Known() {
		return f
	}
	for _, l := range rest {
		if s := strings.TrimSpace(l.Text); strings.HasPrefix(s, "System capabilities") || strings.HasPrefix(s, "Management address") {
			return f
		} else if s != "" {
			f.Value += "\n" + s
			f.From = l.Reply.Span(int(f.From.Start), l.At+len(l.Text))
		}
	}
	return capture.Fact[string]{}
}

// Local reads what a device says of itself to its neighbours: its chassis and its name. What it says of its ports comes behind.
func Local(d *state.Draft, lines []text.Line) {
	dev := &d.Switch.Device
	for _, l := range lines {
		m := l.Match(neighbourItem)
		if m == nil {
			continue
		}
		switch value := Known(m[2]); strings.ToLower(m[1].Value) {
		case "chassis id":
			if !dev.ChassisMAC.Known() {
				dev.ChassisMAC = text.Station(value)
			}
		case "system name":
			first(&dev.Hostname, value)
			return
		}
	}
}
